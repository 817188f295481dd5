"""Sending on and checking, in a real browser: with and without scripts, on small screens."""

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import expect

from alerts.models import Notice
from locations.models import ExposureLocation
from tests.browser import DESKTOP, PHONE, SMALL_PHONE, visitor
from tests.conftest import STORY_TIME
from tests.scanning import opened, scan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
COPY = "#h-share ~ p button"


@pytest.fixture
def story(divisions):
    with time_machine.travel(STORY_TIME):
        call_command("load_story", verbosity=0)
        yield


def test_sending_on_and_checking(browser, live_server, story, subtests):
    notice = Notice.objects.filter(province__slug="hai-phong").get()
    place = ExposureLocation.objects.filter(province__slug="hai-phong").first()
    base = live_server.url
    with subtests.test("screens"):
        every_screen_shows_it(browser, base, notice, place)
    with subtests.test("copying"):
        the_words_are_copied(browser, base, notice, granted=True)
    with subtests.test("copying without permission"):
        the_words_are_copied(browser, base, notice, granted=False)
    with subtests.test("without JavaScript"):
        nothing_needs_javascript(browser, base, notice)
    with subtests.test("by keyboard"):
        a_code_is_checked_by_keyboard(browser, base, place)


def every_screen_shows_it(browser, base, notice, place):
    addresses = [
        "/xac-minh/",
        f"/xac-minh/?ma={place.code}/1",
        "/xac-minh/?ma=http://" + "a." * 100 + "vn/",
        "/xac-minh/?ma=" + "W" * 12,
        f"{place.get_absolute_url()}?lan=1",
        f"{notice.get_absolute_url()}?lan=9",
    ]
    for size in (SMALL_PHONE, PHONE, DESKTOP):
        with visitor(browser, base, size, touch=size is not DESKTOP) as resident:
            for address in [*addresses, *(f"/en{one}" for one in addresses)]:
                page = resident.open(address)
                assert resident.overflow == 0, (size, address)
                for target in page.locator("main button:visible, main a.button:visible").all():
                    box = target.bounding_box()
                    assert box is not None
                    assert box["height"] >= 44, address
            assert resident.faults == []


def the_words_are_copied(browser, base, notice, *, granted: bool):
    with visitor(browser, base, PHONE, touch=True) as resident:
        if granted:
            resident.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = resident.open(notice.get_absolute_url())
        button = page.locator(COPY)
        expect(button).to_be_visible()
        button.click()
        expect(page.locator(".share [role=status]")).to_have_text("Đã sao chép.")
        words = page.locator("#share-text").input_value()
        assert f"/Q/{notice.code}/1" in words
        if granted:
            assert page.evaluate("navigator.clipboard.readText()") == words
        assert resident.faults == []


def nothing_needs_javascript(browser, base, notice):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(base + notice.get_absolute_url())
    expect(page.locator(COPY)).to_be_hidden()
    expect(page.locator("#share-text")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải ảnh để gửi qua Zalo").click()
    assert waiting.value.suggested_filename == f"hai-phong-{notice.code}-1.png"
    picture = opened(waiting.value.path().read_bytes())
    assert scan(picture).endswith(f"/Q/{notice.code}/1")
    page.goto(f"{base}/Q/{notice.code}/1")
    expect(page.locator("main .status").first).to_contain_text("Đúng:")
    context.close()


def a_code_is_checked_by_keyboard(browser, base, place):
    with visitor(browser, base, DESKTOP) as resident:
        page = resident.open("/en/xac-minh/")
        page.get_by_label("Code or address").focus()
        page.keyboard.type(f" {place.code.lower()} ")
        page.keyboard.press("Enter")
        expect(page.locator("#answer .verdict")).to_contain_text("Right:")
        page.get_by_role("link", name="Open the page").click()
        expect(page).to_have_url(f"{base}/en{place.get_absolute_url()}")
        assert resident.faults == []
