"""What caches between us and readers are told: of the moment, of every kind of page, and never of
what is for one reader."""

import pytest
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from portal.web.page_cache import content
from portal.web.page_cache.between import headers_for
from portal.web.page_cache.declaring import declared_at
from portal.web.page_cache.page import Page
from tests.audit.content import make
from tests.audit.kinds import PREFIXES, At
from tests.audit.public_pages import FILES, PAGES
from tests.audit.staff_pages import PAGES as STAFF_PAGES
from tests.conftest import STORY_TIME
from tests.kept_pages import ask, cache_in_front

NOON = 1_700_000_000
FAR = NOON + 1000


def told(
    *, until=FAR, at=NOON + 0.5, status="200 OK", province="hai-phong", is_usual=True, headers=()
):
    with time_machine.travel(at, tick=False):
        page = Page(status, [("Content-Type", "text/html"), *headers], b"x", until=until)
        return dict(headers_for(page, province, is_usual=is_usual))


def kept_for(until: float) -> tuple[str, str, str]:
    """s-maxage, stale-while-revalidate, and what nginx is told."""
    headers = told(until=until)
    _public, _browser, shared, meanwhile, _error = headers["Cache-Control"].split(", ")
    return shared, meanwhile, headers["X-Accel-Expires"]


# --- for how long


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (FAR, ("s-maxage=1", "stale-while-revalidate=1", f"@{NOON}")),
        (NOON + 3, ("s-maxage=1", "stale-while-revalidate=1", f"@{NOON}")),
        (NOON + 2.9, ("s-maxage=1", "stale-while-revalidate=0", f"@{NOON}")),
        # Told at the end of this second, it would hold too long.
        (NOON + 1.9, ("s-maxage=0", "stale-while-revalidate=0", "0")),
        (NOON - 5, ("s-maxage=0", "stale-while-revalidate=0", "0")),
    ],
)
def test_no_cache_has_a_page_longer_than_the_clock_lets_it_hold(until, expected):
    assert kept_for(until) == expected


def test_it_is_said_anew_every_second():
    page = Page("200 OK", [], b"", until=NOON + 5)
    said = []
    for second in (0.0, 0.9, 1.0, 3.0, 4.0):
        with time_machine.travel(NOON + second, tick=False):
            said.append(dict(headers_for(page, None, is_usual=True))["X-Accel-Expires"])
    assert said == [f"@{NOON}", f"@{NOON}", f"@{NOON + 1}", f"@{NOON + 3}", "0"]


def test_nginx_keeps_a_page_under_its_usual_address_only():
    page = Page("200 OK", [], b"", until=FAR)
    with time_machine.travel(NOON, tick=False):
        said = [dict(headers_for(page, None, is_usual=usual)) for usual in (True, False, True)]
    assert [headers["X-Accel-Expires"] for headers in said] == [f"@{NOON}", "0", f"@{NOON}"]
    assert {"s-maxage=1" in headers["Cache-Control"] for headers in said} == {True}


def test_what_is_to_be_forgotten_together_is_named():
    assert told()["Surrogate-Key"] == "province-hai-phong portal"
    assert told()["Cache-Tag"] == "province-hai-phong,portal"
    assert told(province=None)["Surrogate-Key"] == "country portal"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "410 Gone"])
def test_of_errors_nothing_is_said(status):
    assert told(status=status) == {}


def test_a_view_that_has_said_it_itself_is_believed():
    assert told(headers=[("Cache-Control", "public, max-age=60")]) == {}


# --- of every kind of page


@pytest.fixture
def cache(db, monkeypatch):
    """In the transaction of the test, whose connection must not be closed between requests."""
    declared_at.cache_clear()
    monkeypatch.setattr(content, "close_old_connections", lambda: None)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield cache_in_front()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def test_every_kind_of_page_that_is_kept_says_so_and_no_other(cache, divisions):
    made = vars(make())
    kept, others = 0, 0
    with time_machine.travel(STORY_TIME, tick=False):
        for name, kind in {**PAGES, **FILES}.items():
            if not isinstance(kind, At):
                continue
            for prefix in PREFIXES.values() if name in PAGES else [""]:
                address = prefix + kind.address.format(**made)
                answer = ask(cache, address, HTTP_ACCEPT_ENCODING="br")
                said = answer.headers.get("cache-control", "")
                if "max-age=300" in said:
                    # Pictures say themselves for how long they hold.
                    assert "surrogate-key" not in answer.headers, address
                    continue
                path = address.partition("?")[0]
                is_file = path.endswith((".csv", ".json", ".geojson"))
                if not is_file and not any(path == known for known, _query in cache.memory.slots):
                    assert "s-maxage" not in said, address
                    assert "surrogate-key" not in answer.headers, address
                    others += 1
                    continue
                kept += 1
                if "surrogate-key" not in answer.headers:
                    # A search at an address of which other pages are kept.
                    assert not said, address
                    continue
                assert said == (
                    "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=86400"
                ), address
                slug = address.removeprefix("/en").split("/")[1]
                of_province = slug in {"hai-phong", "binh-duong", "da-nang", "can-tho", "ha-noi"}
                scope = f"province-{slug}" if of_province else "country"
                assert answer.headers["surrogate-key"] == f"{scope} portal", address
                assert answer.headers.get("vary", "Accept-Encoding") == "Accept-Encoding", address
                etag = answer.headers.get("etag")
                if etag:
                    again = ask(cache, address, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=etag)
                    assert again.code == 304
                    for header in ("cache-control", "surrogate-key", "x-accel-expires", "etag"):
                        assert again.headers[header] == answer.headers[header], address
                    assert again.headers.get("vary") == answer.headers.get("vary"), address
    assert kept > 80
    assert others > 20


def test_what_staff_see_is_kept_by_nobody(cache, divisions):
    made = vars(make())
    for kind in STAFF_PAGES.values():
        if isinstance(kind, At):
            answer = ask(cache, kind.address.format(**made))
            assert answer.headers["cache-control"] == "no-store", kind.address
            assert "surrogate-key" not in answer.headers, kind.address
