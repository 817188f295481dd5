"""What the page of a province in an outbreak costs a resident: bytes, movement, time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser import DESKTOP, PHONE, wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("site")]

# Thirty places, a notice that covers eight of them, a flight, cases.
OUTBREAK = ("/da-nang/", "/en/da-nang/")
MOST_BYTES = 45 * 1024
# A slow mobile network: 400 ms for a round trip, 400 kbit/s.
SLOW = {
    "offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000,
}  # fmt: skip
MOST_SECONDS = 3.0
FONTS_ARE_THERE = "[...document.fonts].filter(font => font.status === 'loaded').length >= 2"
# All that has moved since the page began to load, as Chromium counts it (0.1 is "good").
SHIFTS = """() => new Promise(resolve => {
    const shifts = [];
    new PerformanceObserver(list => shifts.push(...list.getEntries().map(
        ({value, sources}) => [value, sources.map(({node}) => node?.parentElement?.outerHTML)])))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(shifts), 500);
})"""
# When each of the largest texts so far was on the screen, in ms, and whether it says what to do.
PAINTS = """() => new Promise(resolve => {
    new PerformanceObserver(list => resolve(list.getEntries().map(
        ({element, startTime}) => [startTime, Boolean(element?.closest(".action"))])))
        .observe({type: "largest-contentful-paint", buffered: true});
})"""


@contextmanager
def first_visit(browser: Browser, size: dict[str, int]) -> Iterator[Page]:
    """Somebody who was never here: nothing is in their browser's cache."""
    context = browser.new_context(viewport=size)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("address", OUTBREAK)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_the_first_view_is_light_and_asks_nobody_else(address, size, browser, site):
    addresses: dict[str, str] = {}
    transferred: dict[str, int] = {}

    def sent(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        transferred[addresses[event["requestId"]]] = event["encodedDataLength"]

    with first_visit(browser, size) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", sent)
        devtools.on("Network.loadingFinished", finished)
        page.goto(site + address, wait_until="networkidle")
        assert page.locator("#locations li.row").count() == 30
    assert set(addresses.values()) == set(transferred)  # all of it is counted
    assert all(url.startswith(f"{site}/") for url in transferred)
    assert any(".css" in url for url in transferred)
    assert any(".woff2" in url for url in transferred)
    assert sum(transferred.values()) <= MOST_BYTES, transferred


@pytest.mark.parametrize("address", OUTBREAK)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_nothing_moves_while_it_loads_nor_when_the_fonts_come_late(address, size, browser, site):
    with first_visit(browser, size) as page:
        page.goto(site + address, wait_until="networkidle")
        assert page.evaluate(SHIFTS) == []
    on_their_way: list[Route] = []
    with first_visit(browser, size) as page:
        page.route("**/*.woff2", lambda route: on_their_way.append(route))
        page.goto(site + address, wait_until="commit")
        page.locator("#rule").wait_for()  # the last section: it is read in another font already
        page.wait_for_timeout(500)
        assert len(on_their_way) == 2
        assert not page.evaluate(FONTS_ARE_THERE)
        for font in on_their_way:
            font.continue_()
        wait_until(page, FONTS_ARE_THERE)
        assert page.evaluate(SHIFTS) == []


@pytest.mark.parametrize("address", ["/kiem-tra/", "/en/kiem-tra/"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_nothing_moves_when_the_form_of_the_check_comes_late(address, size, browser, site):
    on_its_way: list[Route] = []
    with first_visit(browser, size) as page:
        page.route("**/js/check/page*.js", lambda route: on_its_way.append(route))
        page.goto(site + address, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_timeout(500)
        assert page.locator("#check").is_hidden()
        for script in on_its_way:
            script.continue_()
        page.locator("#about-list", has_text="/").wait_for()
        assert page.evaluate(SHIFTS) == []


@pytest.mark.parametrize("address", OUTBREAK)
def test_what_to_do_is_soon_readable_on_a_slow_network(address, browser, site):
    with first_visit(browser, PHONE) as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", SLOW)
        page.goto(site + address, wait_until="load")
        paints = page.evaluate(PAINTS)
    seconds = min((at / 1000 for at, is_action in paints if is_action), default=None)
    assert seconds is not None, paints
    assert seconds <= MOST_SECONDS
