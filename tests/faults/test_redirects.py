"""Whatever is asked or posted, nobody is led to another host."""

import logging
import random
from collections import Counter
from urllib.parse import quote

import pytest
from django.core.cache import cache, caches
from lxml import html

from portal.publishing.models import AccountEvent
from tests import factories
from tests.accounts.conftest import CODE, INDEX, LOGIN, Browser, code_of
from tests.faults.hostile import EVIL, Request
from tests.faults.redirects import leads_elsewhere
from tests.faults.test_bad_officers import Trial
from tests.faults.test_bad_requests import answer
from tests.kept_pages import cache_in_front

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
ELSEWHERE = (
    f"//{EVIL}", f"///{EVIL}", f"////{EVIL}/%2e%2e", f"\\\\{EVIL}", f"/\\{EVIL}", f"\\/{EVIL}",
    f"https://{EVIL}", f"https:{EVIL}", f"https:/{EVIL}", f"http:///{EVIL}",
    f"HTTPS://{EVIL}/admin/", f"//testserver@{EVIL}", f"//{EVIL}#testserver",
    f"//{EVIL}?testserver", f"//{EVIL}\\@testserver", f"http://testserver.{EVIL}",
    f"http://testserver:80@{EVIL}/", f"http://testserver\\.{EVIL}", f"/\t/{EVIL}", f"\t//{EVIL}",
    f" //{EVIL}", f"\x00//{EVIL}", f"\x1f//{EVIL}", f"/\n/{EVIL}", f"\r\nLocation: //{EVIL}",
    f"/x\r\n\r\n<a href=//{EVIL}>", f"%2f%2f{EVIL}", f"%5c%5c{EVIL}", f"/%09/{EVIL}",
    f"/%2e%2e//{EVIL}", f"/..//{EVIL}", f"/.//{EVIL}", f"./..//{EVIL}", f"@{EVIL}", f".{EVIL}",
    "//evil。example", "//ｅｖｉｌ.example", f"//{EVIL}:80", f"//{EVIL}%00", f";//{EVIL}",
    f"javascript://{EVIL}/%0aalert(1)", f"data:text/html,<a href=//{EVIL}>", f"ftp://{EVIL}",
    "//[::ffff:1.2.3.4]", f"\u2028//{EVIL}", f"\u3000//{EVIL}", f"\ufeff//{EVIL}",
    f"//{EVIL}/admin/",
)  # fmt: skip
PLACES = (
    "/Q/{code}{evil}", "/Q/{evil}", "{evil}/Q/{code}", "/Q/{code}/{evil}", "/Q/{code}/2{evil}",
    "/q/{code}/2E{evil}", "/Q/{code}?{name}={evil}", "/Q/{code}/1?{name}={evil}", "{evil}",
    "/en{evil}", "/en/{evil}", "{evil}/en/", "/hai-phong{evil}", "/hai-phong?{name}={evil}",
    "/hai-phong{evil}/", "/hai-phong/dia-diem?{name}={evil}", "{evil}/hai-phong",
    "/favicon.ico?{name}={evil}", "/hai-phong/dia-diem/{code}/?{name}={evil}",
    "/hai-phong/theo-doi?{name}={evil}", "/admin{evil}", "/xac-minh?{name}={evil}",
    "/kiem-tra?{name}={evil}", "/admin?{name}={evil}", "/admin/{evil}",
    "/admin/login/?{name}={evil}", "/admin/logout/?{name}={evil}", "/admin/code/?{name}={evil}",
    "/admin/jsi18n/?{name}={evil}", "/admin/r/1/1/?{name}={evil}", "/en/admin/?{name}={evil}",
    "/hai-phong/theo-doi.png?{name}={evil}", "/Q/{code}.png?{name}={evil}", "/static{evil}",
    "/hai-phong/theo-doi/email/?{name}={evil}", "/theo-doi/huy/x/?{name}={evil}", "/sw.js{evil}",
)  # fmt: skip
NAMES = (
    "next", "url", "r", "return", "returnUrl", "redirect", "redirect_to", "to", "continue", "dest",
    "ban", "ma", "lang", "language", "_changelist_filters", "_to_field", "code", "page", "q", "u",
)  # fmt: skip


def complaints(code: int, headers: dict[str, str], page: bytes) -> list[str]:
    """What of an answer leads elsewhere, by itself or when somebody clicks."""
    told = [
        headers[name] for name in ("location", "refresh", "content-location") if name in headers
    ]
    found = [target for target in told if leads_elsewhere(target)]
    if "html" in headers.get("content-type", "") and EVIL.encode() in page:
        links = [link for _element, _name, link, _at in html.fromstring(page).iterlinks()]
        found += [link for link in links if EVIL in link and leads_elsewhere(link)]
    return found + [f"{code}"] * (code >= 500)


def test_addresses_that_lead_elsewhere(hai_phong, times, tell, caplog):
    caplog.set_level(logging.CRITICAL)
    code = factories.location(hai_phong).code
    cache.clear()
    application = cache_in_front()
    chance = random.Random(20210326)
    codes: Counter[int] = Counter()
    wrong = []
    count = times(400, 4_000)
    for number in range(count):
        evil, name = ELSEWHERE[number % len(ELSEWHERE)], chance.choice(NAMES)
        safe = chance.choice(("", "/:?#[]@!$&'()*+,;=%\\"))
        place = chance.choice(PLACES)
        asked = place.format(code=code, evil=quote(evil, safe=safe), name=name)
        path, _mark, query = asked.partition("?")
        status, headers, page = answer(application, Request("GET", path, query, b""))
        codes[status] += 1
        given = {key.lower(): value for key, value in headers}
        wrong += [f"{asked}: {what}" for what in complaints(status, given, page)]
    assert not wrong, "\n".join(wrong[:20])
    assert sum(codes[one] for one in (301, 302)) > count // 20
    tell(
        "addresses that would lead to another host",
        injected=count,
        observed=f"{codes[301] + codes[302]} redirects, 0 to another host",
        lost=len(wrong),
    )


def forget_counts() -> None:
    """So many from one network would be refused: that is looked at elsewhere."""
    for name in ("default", "of this process"):
        caches[name].clear()


@pytest.mark.django_db
def test_sign_in_that_leads_elsewhere(approver, author, times, tell, caplog):
    """`next` at every step: the password, the code, and what is asked for while outside."""
    caplog.set_level(logging.CRITICAL)
    factories.phone(approver)
    steps = inside = 0
    wrong: list[str] = []
    for evil in ELSEWHERE[:: times(6, 1)]:
        for name in NAMES[:: times(10, 4)]:
            steps += 4
            forget_counts()
            is_inside, found = signing_in(approver, name, evil)
            inside += is_inside
            wrong += [f"{name}={evil!r}: {what}" for what in found]
            wrong += [f"{name}={evil!r}: {what}" for what in changing(author, name, evil)]
    assert not wrong, "\n".join(wrong[:20])
    assert inside == steps / 4
    tell(
        "sign-ins and forms that would lead to another host",
        injected=steps,
        observed=f"{AccountEvent.objects.count()} records, 0 to another host",
        lost=len(wrong),
    )


def signing_in(officer, name: str, evil: str) -> tuple[bool, list[str]]:
    """Whether the officer came in, and where else the answers lead."""
    browser = Browser()
    asked = {name: evil}
    with Trial(browser):
        answers = [
            browser.post(f"{LOGIN}?{name}={quote(evil)}", {
                "username": officer.username, "password": factories.PASSWORD, **asked}),
            browser.post(f"{CODE}?{name}={quote(evil)}", {**asked, "code": code_of(officer)}),
        ]  # fmt: skip
        inside = browser.get(INDEX).status_code == 200
    return inside, led(answers)


def changing(officer, name: str, evil: str) -> list[str]:
    browser = Browser().sign_in(officer)
    with Trial(browser):
        words = {"old_password": factories.PASSWORD, "new_password1": evil, "new_password2": evil}
        answers = [
            browser.post(f"/admin/password_change/?{name}={quote(evil)}", {**words, name: evil}),
            browser.post(f"/admin/logout/?{name}={quote(evil)}", {name: evil}),
        ]
    return led(answers)


def led(answers) -> list[str]:
    return [
        what
        for one in answers
        for what in complaints(
            one.status_code, {key.lower(): value for key, value in one.items()}, one.content
        )
    ]
