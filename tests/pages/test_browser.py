"""The pages in a real browser, as residents see them."""

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import expect

from alerts.models import CaseAnnouncement, Notice
from locations.models import ExposureLocation, Flight, Province
from locations.qr.pictures import province_code_url
from tests.browser import DESKTOP, PHONE, SMALL_PHONE, visitor
from tests.conftest import STORY_TIME
from tests.scanning import scan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture
def hai_phong(divisions) -> Province:
    """Hải Phòng at the time of the story, with the story and a hotline."""
    with time_machine.travel(STORY_TIME):
        call_command("load_story", verbosity=0)
        province = Province.objects.get(slug="hai-phong")
        province.hotlines.create(label="CDC Hải Phòng", number="0225 123 456")
        yield province


def test_pages_fit_every_screen_and_ask_nobody_else(browser, live_server, hai_phong, subtests):
    entries = [
        model.objects.filter(province=hai_phong).first().get_absolute_url()
        for model in (ExposureLocation, Flight, CaseAnnouncement, Notice)
    ]
    lists = ["/hai-phong/dia-diem/", "/hai-phong/dia-diem/?from=31/02/2021&q=x"]
    pages = ["/", "/hai-phong/", "/hai-phong/theo-doi/", "/tim-kiem/?q=hop", *lists, *entries]
    for size in (SMALL_PHONE, PHONE, DESKTOP):
        with visitor(browser, live_server.url, size, touch=size is not DESKTOP) as resident:
            for address in [*pages, *(f"/en{page}" for page in pages)]:
                resident.faults.clear()
                with subtests.test(f"{size['width']} px {address}"):
                    resident.open(address)
                    assert resident.overflow == 0
                    assert resident.faults == []
    with subtests.test("a phone"):
        what_a_phone_shows(browser, live_server.url)
    with subtests.test("a desk"):
        what_a_desk_shows(browser, live_server.url, hai_phong)
    with subtests.test("without JavaScript"):
        without_javascript(browser, live_server.url)


def what_a_phone_shows(browser, base: str) -> None:
    """What to do within the first screen, whom to call by a tap, and a button for Zalo."""
    for prefix in ("", "/en"):
        with visitor(browser, base, PHONE, touch=True) as resident:
            page = resident.open(f"{prefix}/hai-phong/")
            action = page.locator("article.notice .action").first
            box = action.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= PHONE["height"]
            call = page.locator("article.notice a.call").first
            assert call.get_attribute("href") == "tel:0225123456"
            assert call.bounding_box()["height"] >= 44  # a thumb's width
            follow = page.locator("#follow")
            expect(follow.locator("a.button")).to_be_visible()
            expect(follow.locator("a.button")).to_have_attribute("href", "https://zalo.me/")
            expect(follow.locator("img")).to_be_hidden()


def what_a_desk_shows(browser, base: str, province: Province) -> None:
    """The code to scan, which a camera reads from the screen."""
    with visitor(browser, base, DESKTOP) as resident:
        page = resident.open("/hai-phong/")
        follow = page.locator("#follow")
        expect(follow.locator(".by-tap")).to_be_hidden()
        picture = follow.locator("img")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert scan(resident.picture()) == province_code_url(province, "theo-doi")


def without_javascript(browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{base}/hai-phong/dia-diem/")
    page.locator("input[name=q]").last.fill("dai hop")
    page.locator("form.filter button").first.click()
    expect(page.locator("li.row h3")).to_have_text(["xã Đại Hợp"])
    page.locator("li.row h3 a").click()
    expect(page.locator("h1")).to_have_text("xã Đại Hợp")
    context.close()
