"""Two officers at two browsers, and a resident with a third: a place from its first word to its
withdrawal, with passwords, codes from a phone and every page on the way."""

import base64
import time

import pytest
import time_machine
from django_otp.oath import TOTP
from playwright.sync_api import Page, expect

from locations.models import ExposureLocation, Province
from portal.publishing.models.publishable import State
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.browser import DESKTOP, PHONE, Visitor, visitor
from tests.conftest import STORY_TIME

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

NAME = "Chợ Cố Đạo"
FIRST_STREET, RIGHT_STREET = "Đường Đằng Hải", "Đường Lê Hồng Phong"


class Authenticator:
    """The app on an officer's phone, with the key that the set-up page showed."""

    def __init__(self, key: str) -> None:
        self.totp = TOTP(base64.b32decode(key.replace(" ", "")))
        self.last = -1

    def code(self) -> str:
        """A code that was not given before: a used one is refused, the one after it is not."""
        self.totp.time = max(time.time(), (self.last + 1) * self.totp.step)
        self.last = self.totp.t()
        return f"{self.totp.token():06}"


@pytest.fixture
def hai_phong(divisions) -> Province:
    # The clock runs on: a browser works on it.
    with time_machine.travel(STORY_TIME):
        yield factories.province("Hải Phòng", "31")


def test_a_place_is_written_approved_corrected_and_withdrawn(browser, live_server, hai_phong):
    factories.officer("tac-gia", AUTHOR, hai_phong)
    factories.officer("nguoi-duyet", APPROVER, hai_phong)
    base = live_server.url
    with (
        visitor(browser, base, DESKTOP) as author,
        visitor(browser, base, DESKTOP) as approver,
        visitor(browser, base, PHONE, touch=True) as resident,
    ):
        give_password(author, "tac-gia")
        is_inside(author, "tac-gia")
        place = write_and_submit(author)
        form, address = author.page.url, place.get_absolute_url()
        resident.open(address, status=404)
        the_author_cannot_approve(author)

        authenticator = set_up_second_factor(approver)
        sign_in_with_code(approver, authenticator)
        approver.open(f"/admin/locations/exposurelocation/{place.pk}/preview/")
        expect(approver.page.locator("h1")).to_have_text(NAME)
        expect(approver.page.locator("p.when")).to_have_count(2)
        approve(approver)
        residents_see_it(resident, address)

        correct(author, form)
        expect(resident.open(address).locator("main")).to_contain_text(FIRST_STREET)
        approve(approver)
        residents_read_the_correction(resident, address)

        request_withdrawal(author, form)
        expect(resident.open("/hai-phong/dia-diem/").locator("main")).to_contain_text(NAME)
        approve(approver)
        residents_read_why_it_was_withdrawn(resident, address)

        assert author.faults == approver.faults == []
        # The page that was not public yet, and nothing else.
        assert len(resident.faults) == 1
        assert "404" in resident.faults[0]


# --- the way in


def give_password(officer: Visitor, username: str) -> None:
    page = officer.open("/admin/login/?next=/admin/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(factories.PASSWORD)
    page.locator("#login-form [type=submit]").click()


def give_code(officer: Visitor, code: str) -> None:
    officer.page.locator("#id_code").fill(code)
    officer.page.locator("#login-form [type=submit]").click()


def is_inside(officer: Visitor, username: str) -> None:
    expect(officer.page.locator("#user-tools")).to_contain_text(username)


def set_up_second_factor(officer: Visitor) -> Authenticator:
    """Whoever approves is led from the password to the set-up, and gets nowhere else."""
    give_password(officer, "nguoi-duyet")
    page = officer.page
    expect(page.locator(".key-picture svg")).to_be_visible()
    officer.open("/admin/publishing/revision/")
    authenticator = Authenticator(page.locator("code.key").inner_text())
    give_code(officer, authenticator.code())
    expect(page.locator(".recovery-codes code")).to_have_count(10)
    page.locator(".go-on a").click()
    is_inside(officer, "nguoi-duyet")
    return authenticator


def sign_in_with_code(officer: Visitor, authenticator: Authenticator) -> None:
    officer.page.locator("#logout-form [type=submit]").click()
    give_password(officer, "nguoi-duyet")
    expect(officer.page.locator("#id_code")).to_be_focused()
    give_code(officer, authenticator.code())
    is_inside(officer, "nguoi-duyet")


# --- what officers do


def write_and_submit(author: Visitor) -> ExposureLocation:
    """With two windows on the same form: one across midnight, one of which no hour is known."""
    page = author.open("/admin/locations/exposurelocation/add/")
    expect(page.locator("#id_province option:checked")).to_have_text("Hải Phòng")
    page.locator("#id_name").fill(NAME)
    page.locator("#id_kind").select_option("market")
    page.locator("#id_address").fill(FIRST_STREET)
    choose(page, "ward", "dang giang", "Đằng Giang")
    page.locator("#id_action").fill("Gọi trung tâm y tế quận.")
    page.locator("#id_windows-0-starts_on").fill("24/03/2021")
    page.locator("#id_windows-0-starts_time").fill("22:00")
    page.locator("#id_windows-0-ends_on").fill("25/03/2021")
    page.locator("#id_windows-0-ends_time").fill("00:30")
    page.locator("#windows-group .add-row a").click()
    page.locator("#id_windows-1-starts_on").fill("23/03/2021")
    page.locator("#id_windows-1-ends_on").fill("23/03/2021")
    submit(page)
    place = ExposureLocation.objects.get(name=NAME)
    assert place.state == State.SUBMITTED
    return place


def choose(page: Page, field: str, typed: str, offered: str) -> None:
    """Types into a field that offers what it finds, and takes the offer."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search__field").last.fill(typed)
    page.locator(".select2-results__option", has_text=offered).first.click()


def submit(page: Page) -> None:
    page.locator("[name=_submit]").last.click()
    succeeded(page)


def succeeded(page: Page) -> None:
    expect(page.locator(".messagelist .success")).to_be_visible()


def the_author_cannot_approve(author: Visitor) -> None:
    page = author.open("/admin/publishing/revision/")
    page.get_by_role("link", name=NAME).first.click()
    expect(page.locator(".review-facts")).to_be_visible()
    expect(page.locator("[name=_approve]")).to_have_count(0)


def approve(approver: Visitor) -> None:
    """The sentence that says what residents will see is ticked, or nothing happens."""
    page = approver.open("/admin/publishing/revision/?state__exact=submitted")
    page.get_by_role("link", name=NAME).first.click()
    expect(page.locator(".consequence")).to_contain_text("sẽ")
    page.locator("[name=_approve]").click()
    expect(page.locator(".messagelist .success")).to_have_count(0)
    page.locator("[name=understood]").check()
    page.locator("[name=_approve]").click()
    succeeded(page)


def correct(author: Visitor, form: str) -> None:
    page = author.page
    page.goto(form)
    page.locator("#id_address").fill(RIGHT_STREET)
    page.locator("#id_reason").fill("Cơ sở báo lại")
    page.locator("#id_residents_note").fill("Sửa tên đường.")
    submit(page)


def request_withdrawal(author: Visitor, form: str) -> None:
    page = author.page
    page.goto(form)
    page.locator(".object-tools a[href$='/withdraw/']").click()
    page.locator("#reason").fill("Nhầm địa điểm.")
    page.locator(".submit-row [type=submit]").click()
    succeeded(page)


# --- what residents read


def residents_see_it(resident: Visitor, address: str) -> None:
    page = resident.open("/hai-phong/")
    row = page.locator("#locations li.row").first
    expect(row.locator("h3")).to_have_text(NAME)
    expect(row).to_contain_text("00:30")
    page = resident.open(address)
    expect(page.locator("main")).to_contain_text("phường Đằng Giang, quận Ngô Quyền")
    expect(page.locator("main")).to_contain_text("Gọi trung tâm y tế quận.")


def residents_read_the_correction(resident: Visitor, address: str) -> None:
    """On the page of the place, at the top of the province's page and in its public record."""
    page = resident.open(address)
    expect(page.locator(".status.corrected")).to_contain_text("Sửa tên đường.")
    for page_address in (address, "/hai-phong/dinh-chinh/"):
        change = resident.open(page_address).locator("li.change").first
        expect(change.locator("del")).to_contain_text(FIRST_STREET)
        expect(change.locator("ins")).to_contain_text(RIGHT_STREET)
        expect(change).to_contain_text("Sửa tên đường.")
    recent = resident.open("/hai-phong/").locator("#corrections")
    expect(recent.get_by_role("link", name=NAME)).to_have_attribute("href", address)
    expect(recent).to_contain_text("địa chỉ")


def residents_read_why_it_was_withdrawn(resident: Visitor, address: str) -> None:
    """The address stays and says why; no list leads to it but the record of corrections."""
    page = resident.open(address)
    expect(page.locator(".status.withdrawn")).to_contain_text("Nhầm địa điểm.")
    page = resident.open("/hai-phong/dia-diem/")
    expect(page.locator("main")).not_to_contain_text(NAME)
    page = resident.open("/hai-phong/dinh-chinh/")
    expect(page.locator("li.change").first).to_contain_text("Nhầm địa điểm.")
