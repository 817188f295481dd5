"""The pages in a real browser: as residents see them, and the whole way of an officer's notice."""

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Page, expect

from alerts.models import CaseAnnouncement, Notice
from locations.models import ExposureLocation, Flight, Province
from portal.pages.follow import code_url
from portal.publishing.models.publishable import State
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.browser import DESKTOP, PHONE, SMALL_PHONE, Visitor, chromium, visitor
from tests.conftest import STORY_TIME
from tests.scanning import scan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop makes Django take this thread for an asynchronous program.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield browser


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
        page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth)")
        assert scan(resident.picture()) == code_url(province, "theo-doi")


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


# --- an officer's notice, from the first word to its withdrawal


def sign_in(person: Visitor, username: str) -> None:
    page = person.open("/admin/login/?next=/admin/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(factories.PASSWORD)
    page.locator("[type=submit]").click()
    expect(page.locator("#user-tools")).to_contain_text(username)


def choose(page: Page, field: str, typed: str, offered: str) -> None:
    """Types into a field that offers what it finds, and takes the offer."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").last.fill(typed)
    page.locator(".select2-results__option", has_text=offered).first.click()


def approve(person: Visitor, title: str) -> None:
    page = person.open("/admin/publishing/revision/?state__exact=submitted")
    page.get_by_role("link", name=title).first.click()
    page.locator("[name=_approve]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_a_place_is_written_approved_corrected_and_withdrawn(browser, live_server, hai_phong):
    factories.officer("tac-gia", AUTHOR, hai_phong)
    factories.officer("nguoi-duyet", APPROVER, hai_phong)
    base = live_server.url
    with (
        visitor(browser, base, DESKTOP) as author,
        visitor(browser, base, DESKTOP) as approver,
        visitor(browser, base, PHONE, touch=True) as resident,
    ):
        # Written, with its windows on the same form, and submitted.
        sign_in(author, "tac-gia")
        page = author.open("/admin/locations/exposurelocation/add/")
        expect(page.locator("#id_province option:checked")).to_have_text("Hải Phòng")
        page.locator("#id_name").fill("Chợ Cố Đạo")
        page.locator("#id_kind").select_option("market")
        page.locator("#id_address").fill("Đường Đằng Hải")
        choose(page, "ward", "dang giang", "Đằng Giang")
        page.locator("#id_action").fill("Gọi trung tâm y tế quận.")
        page.locator("#id_windows-0-starts_on").fill("24/03/2021")
        page.locator("#id_windows-0-starts_time").fill("22:00")
        page.locator("#id_windows-0-ends_on").fill("25/03/2021")
        page.locator("#id_windows-0-ends_time").fill("00:30")
        page.locator("#windows-group .add-row a").click()
        page.locator("#id_windows-1-starts_on").fill("23/03/2021")
        page.locator("#id_windows-1-ends_on").fill("23/03/2021")
        page.locator("[name=_submit]").last.click()
        expect(page.locator(".messagelist .success")).to_be_visible()
        form = page.url
        place = ExposureLocation.objects.get(name="Chợ Cố Đạo")
        assert place.state == State.SUBMITTED
        address = place.get_absolute_url()
        resident.open(address, status=404)

        # The author cannot let it through; a colleague looks at it and does.
        page.goto(f"{base}/admin/publishing/revision/")
        page.get_by_role("link", name="Chợ Cố Đạo").first.click()
        expect(page.locator("[name=_approve]")).to_have_count(0)
        sign_in(approver, "nguoi-duyet")
        approver.open(f"/admin/locations/exposurelocation/{place.pk}/preview/")
        expect(approver.page.locator("h1")).to_have_text("Chợ Cố Đạo")
        expect(approver.page.locator("p.when")).to_have_count(2)
        approve(approver, "Chợ Cố Đạo")

        # Residents see it, first in the list.
        page = resident.open("/hai-phong/")
        row = page.locator("#locations li.row").first
        expect(row.locator("h3")).to_have_text("Chợ Cố Đạo")
        expect(row).to_contain_text("00:30")
        page = resident.open(address)
        expect(page.locator("main")).to_contain_text("phường Đằng Giang, quận Ngô Quyền")
        expect(page.locator("main")).to_contain_text("Gọi trung tâm y tế quận.")

        # Corrected: the reason is asked for, residents read the note.
        page = author.page
        page.goto(form)
        page.locator("#id_address").fill("Đường Lê Hồng Phong")
        page.locator("#id_reason").fill("Cơ sở báo lại")
        page.locator("#id_residents_note").fill("Sửa tên đường.")
        page.locator("[name=_submit]").last.click()
        expect(page.locator(".messagelist .success")).to_be_visible()
        expect(resident.open(address).locator("main")).to_contain_text("Đường Đằng Hải")
        approve(approver, "Chợ Cố Đạo")
        page = resident.open(address)
        expect(page.locator("main")).to_contain_text("Đường Lê Hồng Phong")
        expect(page.locator(".status.corrected")).to_contain_text("Sửa tên đường.")

        # Withdrawn: the address stays and says why.
        page = author.page
        page.goto(form)
        page.locator(".object-tools a[href$='/withdraw/']").click()
        page.locator("#reason").fill("Nhầm địa điểm.")
        page.locator(".submit-row [type=submit]").click()
        expect(page.locator(".messagelist .success")).to_be_visible()
        approve(approver, "Chợ Cố Đạo")
        page = resident.open(address)
        expect(page.locator(".status.withdrawn")).to_contain_text("Nhầm địa điểm.")
        page = resident.open("/hai-phong/dia-diem/")
        expect(page.locator("main")).not_to_contain_text("Chợ Cố Đạo")

        assert author.faults == approver.faults == []
        # The page that was not public yet, and nothing else.
        assert len(resident.faults) == 1
        assert "404" in resident.faults[0]
