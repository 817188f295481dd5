"""Officers' words are words: whatever they write, nothing of it runs in a reader's browser."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.urls import reverse

from alerts.models import Guidance
from portal.publishing.models.publishable import Publishable
from portal.publishing.roles import APPROVER
from tests import factories, states
from tests.browser import DESKTOP, Visitor, visitor
from tests.faults.payloads import payloads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

# Heard before any script of a page: a payload that runs, a dialog, and one that the policy stops,
# because it had become markup.
HEARD = """
window.heard = [];
window.ran = number => window.heard.push(`ran ${number}`);
window.RAN = window.ran;
window.alert = window.confirm = window.prompt = text => window.heard.push(`dialog ${text}`);
document.addEventListener("securitypolicyviolation", event =>
    window.heard.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
NEVER_WRITTEN = {"code", "search_text", "unit_path", "external_id", "number", "origin", "slug"}
NEVER_WRITTEN |= {"destination", "follow_code", "seat_rows"}
# What each of these becomes in the map, the check and the search of the browser.
LISTS = (
    "/", "/en/", "/hai-phong/", "/en/hai-phong/", "/hai-phong/dia-diem/", "/hai-phong/dinh-chinh/",
    "/hai-phong/thong-bao/", "/hai-phong/ca-benh/", "/hai-phong/chuyen-bay/", "/chuyen-bay/",
    "/tim-kiem/?q=script", "/hai-phong/theo-doi/", "/kiem-tra/",
)  # fmt: skip


def guidance(of: Any, **values: Any) -> Guidance:
    return factories.publish(Guidance(province=of, **{"by": "CDC", "points": "Ở nhà"} | values))


MAKERS = {**{kind: make for kind, (make, _change) in states.KINDS.items()}, "lời khuyên": guidance}


def words(model: type[Publishable]) -> list[Any]:
    """The fields in which officers write what they like."""
    return [
        field
        for field in model._meta.fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in NEVER_WRITTEN
    ]


def written(of: Any, texts: list[str]) -> Iterator[tuple[Publishable, int]]:
    """Published entries of all kinds in turn with `texts` in their fields, and how many in each."""
    waiting = iter(texts)
    for number, (kind, make) in enumerate(itertools.cycle(MAKERS.items())):
        values = {"number": f"VN{number}"} if kind == "chuyen-bay" else {}
        plain = make(of, **values)
        fields = {}
        for field in words(type(plain)):
            text = next(waiting, None)
            if text is not None:
                fields[field.name] = text[: field.max_length]
        if not fields:
            return
        note = fields.pop("public_note", "")
        yield factories.correct(plain, note or "Sửa", **fields), len(fields) + bool(note)


def look(reader: Visitor, addresses: list[str]) -> list[str]:
    heard = []
    for address in addresses:
        page = reader.open(address)
        page.wait_for_timeout(50)
        heard += [f"{address}: {what}" for what in page.evaluate("window.heard")]
    return heard


def suggested(reader: Visitor, text: str) -> list[str]:
    """What is heard while the check suggests places whose names have `text` in them."""
    page = reader.open("/kiem-tra/")
    page.locator("[data-field=what]").first.fill(text)
    page.locator("[role=option]").first.wait_for()
    return page.evaluate("window.heard")


def test_nothing_that_officers_write_runs(browser, live_server, hai_phong, client, times, tell):
    texts = payloads(times(60, 500))
    stored, addresses, admin = 0, list(LISTS), []
    for entry, count in written(hai_phong, texts):
        stored += count
        if hasattr(entry, "get_absolute_url"):
            addresses += [entry.get_absolute_url(), f"/en{entry.get_absolute_url()}"]
        label = f"admin:{entry._meta.app_label}_{entry._meta.model_name}"
        admin += [
            reverse(f"{label}_changelist"),
            reverse(f"{label}_change", args=[entry.pk]),
            reverse(f"{label}_history", args=[entry.pk]),
        ]
    assert stored == len(texts)
    client.force_login(factories.officer("approver", APPROVER, hai_phong))
    with visitor(browser, live_server.url, DESKTOP) as reader:
        reader.context.add_init_script(HEARD)
        reader.context.set_default_timeout(60_000)
        heard = look(reader, list(dict.fromkeys(addresses)))
        heard += suggested(reader, "ran")
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        reader.context.add_cookies([cookie])
        heard += look(reader, list(dict.fromkeys(admin)))
    tell(
        "texts of officers that try to become scripts",
        injected=len(texts),
        observed=f"{len(addresses) + len(set(admin))} pages read, heard: {heard[:5] or 'nothing'}",
        lost=len(heard),
    )
