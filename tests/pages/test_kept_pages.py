"""Public pages as the page cache answers them, before Django itself."""

import time
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections
from django.db.utils import OperationalError
from django.urls import get_resolver
from django.utils import timezone

from alerts.models import CaseAnnouncement, Notice
from locations.models import ExposureLocation, Flight
from portal import clock
from portal.web.compression import JSON
from portal.web.page_cache import content
from portal.web.page_cache.content import BELIEVED
from portal.web.page_cache.declaring import declared_at
from tests import factories
from tests.kept_pages import ask, at_once, cache_in_front

TIMES = ("kept", "uncached")
SAID_TO_CACHES = {"cache-control", "x-accel-expires", "x-made-at", "surrogate-key", "cache-tag"}


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


@pytest.fixture
def addresses(story) -> list[str]:
    """One of every kind of page that is kept, in both languages."""
    entries = [
        model.objects.public().first()
        for model in (Notice, ExposureLocation, Flight, CaseAnnouncement)
    ]
    paths = [
        "/",
        "/hai-phong/",
        "/hai-phong/dia-diem/",
        "/hai-phong/dia-diem/?status=all",
        "/hai-phong/thong-bao/",
        "/hai-phong/ca-benh/",
        "/hai-phong/dinh-chinh/",
        "/hai-phong/theo-doi/",
        "/hai-phong/ban-do.json",
        "/hai-phong/feed.atom",
        "/hai-phong/cap.atom",
        "/chuyen-bay/",
        "/feed.atom",
        "/kiem-tra/",
        "/kiem-tra/data.json",
        "/xac-minh/",
        "/tim-kiem/",
        "/du-lieu/",
        *(entry.get_absolute_url() for entry in entries),
        f"{entries[0].get_absolute_url()}?lan=1",
    ]
    images = ["/hai-phong/theo-doi.svg", "/hai-phong/trang.png", f"/Q/{entries[0].code}"]
    return [*paths, *(f"/en{path}" for path in paths), *images]


def settle():
    """Until the version that was asked for is no longer believed."""
    time.sleep(BELIEVED)


def without_length(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br", "gzip, deflate, br, zstd"])
def test_kept_pages_are_those_of_django_byte_for_byte(encoding, cache, addresses):
    django = get_wsgi_application()
    for address in addresses:
        for _time in TIMES:
            kept = ask(cache, address, HTTP_ACCEPT_ENCODING=encoding)
        answer = ask(django, address, HTTP_ACCEPT_ENCODING=encoding)
        if kept.headers.get("content-encoding") == "br" and JSON.match(
            kept.headers["content-type"]
        ):
            # The same data in fewer bytes.
            assert len(kept.body) <= len(answer.body), address
            kept, answer = (
                replace(one, body=brotli.decompress(one.body), headers=without_length(one.headers))
                for one in (kept, answer)
            )
        assert (kept.status, kept.body) == (answer.status, answer.body), address
        added = {"etag"} if kept.code == 200 and "etag" not in answer.headers else set()
        added |= {"content-length"} - answer.headers.keys()
        if "cache-control" not in answer.headers:  # pictures say themselves for how long they hold
            added |= SAID_TO_CACHES
        assert kept.headers.keys() - added == answer.headers.keys(), address
        assert all(kept.headers[name] == value for name, value in answer.headers.items()), address
    assert sorted(cache.application.asked) == sorted(addresses), "each was made once"


def test_head_and_what_is_known_are_answered_from_memory(cache, addresses):
    for address in addresses:
        got = ask(cache, address, HTTP_ACCEPT_ENCODING="br")
        head = ask(cache, address, "HEAD", HTTP_ACCEPT_ENCODING="br")
        assert (head.status, head.headers, head.body) == (got.status, got.headers, b""), address
        if got.code != 200:
            continue
        known = ask(
            cache, address, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=got.headers["etag"]
        )
        assert (known.code, known.body) == (304, b""), address
        assert known.headers["etag"] == got.headers["etag"]
        assert "content-security-policy" in known.headers
        assert ask(cache, address, HTTP_IF_NONE_MATCH='"other"').code == 200
    assert len(cache.application.asked) == len(addresses)


def test_a_kept_page_has_no_cookie_and_the_headers_of_security(cache, story):
    for _time in TIMES:
        answer = ask(cache, "/hai-phong/", HTTP_ACCEPT_ENCODING="gzip")
    assert "set-cookie" not in answer.headers
    assert "nonce" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_officers_read_the_same_pages_and_nothing_of_theirs_is_kept(cache, client, author, story):
    client.force_login(author)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    assert ask(cache, "/hai-phong/", HTTP_COOKIE=cookie).body == ask(cache, "/hai-phong/").body
    for address in ("/admin/", "/admin/login/", "/en/admin/", "/admin/locations/exposurelocation/"):
        ask(cache, address, HTTP_COOKIE=cookie)
        ask(cache, address)
    assert all("/admin/" not in path for path, _query in cache.memory.slots)


NEVER = [
    "/healthz",
    "/readyz",
    "/admin/",
    "/theo-doi/xac-nhan/x/",
    "/theo-doi/thay-doi/x/",
    "/theo-doi/huy/x/",
    "/hai-phong/theo-doi/email/",
    "/hai-phong/theo-doi/email/da-gui/",
]


@pytest.mark.parametrize("path", NEVER)
def test_what_is_for_one_person_or_for_the_operator_is_not_declared(path):
    declared_at.cache_clear()
    assert get_resolver().resolve(path)
    assert declared_at(path) is None


def test_strings_of_campaigns_lead_to_the_one_page(cache, story):
    plain = ask(cache, "/hai-phong/")
    for number in range(50):
        answer = ask(cache, f"/hai-phong/?fbclid=Iw{number}&zarsrc={number}")
        assert answer.body == plain.body
    assert cache.application.asked == ["/hai-phong/"]


def test_a_search_is_made_for_each_reader_and_is_right(cache, story):
    address = "/hai-phong/dia-diem/?q=khong-co-gi&fbclid=1"
    assert ask(cache, address).body == ask(get_wsgi_application(), address).body
    assert not cache.memory.slots


def test_a_withdrawal_is_seen_when_the_version_is_no_longer_believed(cache, story_time, location):
    [place, listing, home] = [location.get_absolute_url(), "/hai-phong/", "/"]
    assert 'class="row location"' in ask(cache, listing).text
    assert "withdrawn" not in ask(cache, place).text
    ask(cache, home)
    factories.withdraw(location)
    settle()
    assert 'class="status withdrawn"' in ask(cache, place).text
    assert 'class="row location"' not in ask(cache, listing).text
    ask(cache, home)
    assert len(cache.application.asked) == 6


def test_an_embargo_ends_to_the_moment(cache, story_time, hai_phong):
    opens = clock.now() + timedelta(seconds=30)
    ask(cache, "/hai-phong/")
    factories.location(hai_phong, name="Chợ Hàng", publish_from=opens)
    settle()
    assert "Chợ Hàng" not in ask(cache, "/hai-phong/").text
    story_time.move_to(opens - timedelta(milliseconds=10))
    assert "Chợ Hàng" not in ask(cache, "/hai-phong/").text
    made = len(cache.application.asked)
    story_time.move_to(opens)
    assert "Chợ Hàng" in ask(cache, "/hai-phong/").text
    assert len(cache.application.asked) == made + 1


def test_what_expires_is_not_shown_a_moment_longer(cache, story_time, hai_phong):
    ends = clock.now() + timedelta(seconds=20)
    factories.location(hai_phong, name="Chợ Hàng", expires_at=ends)
    story_time.move_to(ends - timedelta(milliseconds=10))
    assert "Chợ Hàng" in ask(cache, "/hai-phong/").text
    story_time.move_to(ends)
    assert "Chợ Hàng" not in ask(cache, "/hai-phong/").text


def test_the_moments_are_right_on_a_moved_clock(cache, hai_phong, monkeypatch, story_time):
    moved = timedelta(days=-3, seconds=7)
    monkeypatch.setattr(clock, "offset", lambda: moved)
    ends = clock.now() + timedelta(seconds=20)
    factories.location(hai_phong, name="Chợ Hàng", expires_at=ends, on=(clock.today(),))
    settle()
    assert "Chợ Hàng" in ask(cache, "/hai-phong/").text
    story_time.shift(19)
    assert "Chợ Hàng" in ask(cache, "/hai-phong/").text
    story_time.shift(1)
    assert "Chợ Hàng" not in ask(cache, "/hai-phong/").text


def test_days_are_counted_anew_at_midnight(cache, story_time, location):
    story_time.move_to(timezone.localtime(clock.now()).replace(hour=23, minute=59, second=50))
    before = ask(cache, location.get_absolute_url()).text
    story_time.shift(9)
    assert ask(cache, location.get_absolute_url()).text == before
    story_time.shift(1)
    assert ask(cache, location.get_absolute_url()).text != before


def test_a_loaded_division_is_seen(cache, story_time, location, settings):
    ask(cache, location.get_absolute_url())
    from locations.models import Division

    Division.objects.filter(pk=location.ward_id or "2004-31").update(name="Sai Tên")
    call_command("load_divisions", verbosity=0)
    settle()
    ask(cache, location.get_absolute_url())
    assert len(cache.application.asked) == 2


def test_a_new_and_an_unknown_address(cache, story_time, hai_phong, location):
    assert ask(cache, "/hai-phong/dia-diem/ABCDEF/").code == 404
    assert ask(cache, "/khong-co/").code == 404
    assert not cache.memory.slots
    code = f"/Q/{location.code}"
    assert ask(cache, code).headers["location"] == location.get_absolute_url()
    assert ask(cache, code).code == 302
    assert cache.application.asked.count(code) == 1


@pytest.mark.django_db(transaction=True)
class TestWithThreads:
    @pytest.fixture
    def cache(self, hai_phong):
        declared_at.cache_clear()
        return cache_in_front()

    def test_fifty_readers_make_a_changed_page_once(self, cache, hai_phong):
        ask(cache, "/hai-phong/")
        factories.location(hai_phong)
        settle()
        answers = at_once([lambda: ask(cache, "/hai-phong/", HTTP_ACCEPT_ENCODING="br")] * 50)
        assert {answer.code for answer in answers} == {200}
        assert len({answer.body for answer in answers}) == 1
        assert len(cache.application.asked) == 2

    def test_readers_while_officers_publish_are_never_behind(self, cache, hai_phong):
        """A place is published every now and then; each reader sees all that was approved
        BELIEVED before he asked."""
        approved = [(0.0, "")]
        late, reads = [], []

        def publish():
            for number in range(6):
                time.sleep(0.15)
                factories.location(hai_phong, name=f"Chợ số {number} hết")
                approved.append((time.monotonic(), f"Chợ số {number} hết"))
            approved.append((float("inf"), ""))

        def read():
            while approved[-1][0] != float("inf"):
                began = time.monotonic()
                text = ask(cache, "/hai-phong/").text
                reads.append(1)
                late.extend(name for at, name in approved if at <= began - BELIEVED
                            and name not in text)  # fmt: skip

        found = at_once([publish, *[read] * 4])
        assert found == [None] * 5
        assert not late
        assert len(reads) > 3 * len(cache.application.asked)

    def test_a_database_that_is_gone_leaves_the_last_page(self, cache, hai_phong, monkeypatch):
        ask(cache, "/hai-phong/")
        time.sleep(BELIEVED)

        def refuse(*args, **kwargs):
            raise OperationalError("the database is away")

        connection = connections["default"]
        monkeypatch.setattr(type(connection), "cursor", refuse)
        answer = ask(cache, "/hai-phong/")
        assert answer.code == 200
        assert "banner last-good" in answer.text
        monkeypatch.undo()
        time.sleep(1.1)
        assert "banner last-good" not in ask(cache, "/hai-phong/").text
