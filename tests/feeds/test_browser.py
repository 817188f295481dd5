"""A feed, the page on following and the documentation of open data in a real browser."""

import pytest
import time_machine
from django.core.management import call_command

from tests.browser import DESKTOP, PHONE, SMALL_PHONE, visitor
from tests.conftest import STORY_TIME

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
PAGES = ["/hai-phong/feed.atom", "/hai-phong/theo-doi/", "/du-lieu/"]


@pytest.fixture
def told(divisions):
    with time_machine.travel(STORY_TIME):
        call_command("load_story", verbosity=0)
        yield


def test_they_fit_every_screen_and_ask_nobody_else(browser, live_server, told, subtests):
    for size in (SMALL_PHONE, PHONE, DESKTOP):
        with visitor(browser, live_server.url, size, touch=size is not DESKTOP) as resident:
            for address in [*PAGES, *(f"/en{page}" for page in PAGES)]:
                resident.faults.clear()
                with subtests.test(f"{size['width']} px {address}"):
                    resident.open(address)
                    assert resident.overflow == 0
                    assert resident.faults == []


def test_a_feed_is_shown_with_its_style_and_without_what_is_for_machines(
    browser, live_server, told
):
    with visitor(browser, live_server.url, PHONE) as resident:
        page = resident.open("/hai-phong/feed.atom")
        assert page.evaluate("document.documentElement.localName") == "feed"
        shown = "e => getComputedStyle(document.querySelector(e)).display"
        for element, display in {
            "entry": "block", "entry > title": "block", "entry > id": "none", "updated": "none",
        }.items():  # fmt: skip
            assert page.evaluate(shown, element) == display, element
        font = "getComputedStyle(document.documentElement).fontFamily"
        assert "Be Vietnam Pro" in page.evaluate(font)
        link = page.locator("entry a").first
        assert link.bounding_box()["height"] >= 44
        link.click()
        assert page.locator("h1").count() == 1


def test_a_ward_s_feed_is_two_steps_from_the_page(browser, live_server, told):
    with visitor(browser, live_server.url, PHONE) as resident:
        page = resident.open("/hai-phong/theo-doi/")
        page.select_option("#feed-ward", label="xã Tú Sơn, huyện Kiến Thụy")
        page.click("#feed form button")
        page.wait_for_url("**/feed.atom?ward=*")
        assert "xã Tú Sơn" in page.evaluate("document.querySelector('feed > title').textContent")
        assert page.evaluate("document.querySelectorAll('entry').length") == 2
        assert resident.faults == []


def test_targets_are_large_enough_for_a_thumb(browser, live_server, told):
    small = """() => [...document.querySelectorAll('main :is(a, button, select, summary)')]
        .filter(e => e.checkVisibility() && !e.closest('p, li'))
        .filter(e => e.getBoundingClientRect().height < 44)
        .map(e => e.textContent)"""
    with visitor(browser, live_server.url, PHONE, touch=True) as resident:
        for address in ("/du-lieu/", "/hai-phong/theo-doi/"):
            assert resident.open(address).evaluate(small) == [], address
