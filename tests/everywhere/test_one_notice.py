"""One notice from an officer's form to everybody: published, corrected and withdrawn in real
browsers, and read in every format and channel, which all say the same."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from alerts.delivery import devices
from alerts.delivery.subscribing import Wishes, subscribe
from alerts.models import Notice
from locations.models import ExposureLocation, Province
from portal import clock
from portal.keys import new_push_key
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories, smtp, workers
from tests.browser import DESKTOP, PHONE, Visitor, visitor
from tests.delivery.conftest import connection, subscriber
from tests.everywhere.telling import (
    CORRECTED,
    NEW,
    WITHDRAWN,
    Portal,
    Told,
    article,
    letter,
    notification,
    readers,
)
from tests.ports import free_port
from tests.publishing.test_two_browsers import give_password, set_up_second_factor, succeeded
from tests.push_service import Device, PushService
from tests.zalo_server import ZaloServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

PLACE = "Chợ Cố Đạo"
TITLE, RIGHT_TITLE = "Ai đã đến chợ Cố Đạo tối 24/3", "Ai đã đến chợ Cố Đạo chiều 24/3"
ACTION = "Ở nhà và gọi trung tâm y tế trước khi đến khám."
WHY, WHY_WITHDRAWN = "Cơ sở báo lại giờ.", "Nhầm địa điểm."
NUMBER = "0225 3745 680"


@pytest.fixture
def hai_phong(divisions) -> Province:
    return factories.province("Hải Phòng", "31")


@pytest.fixture
def place(hai_phong) -> ExposureLocation:
    return factories.location(hai_phong, name=PLACE, on=(clock.today() - timedelta(days=1),))


@pytest.fixture
def mail_server(tmp_path) -> Iterator[smtp.Server]:
    with smtp.running(tmp_path, port=free_port(), keep=True) as server:
        yield server


@pytest.fixture
def channels(hai_phong, mail_server, settings, tmp_path) -> "Iterator[Channels]":
    """Each has one subscriber, or the followers of one account."""
    subscriber(hai_phong, "resident@example.com")
    with PushService() as push, ZaloServer() as zalo:
        settings.PUSH_SERVICES = [push.url]
        device = push.device()
        subscribe(
            channel="web_push",
            province=hai_phong,
            address=devices.device(**device.form).address,
            wishes=Wishes("vi", "information", ()),
        )
        connection(zalo, hai_phong)
        yield Channels(mail_server, device, zalo, push.url, tmp_path)


class Channels:
    """What the receivers of each channel have got."""

    def __init__(
        self, mail_server: smtp.Server, device: Device, zalo: ZaloServer, push: str, folder: Path
    ) -> None:
        self.mail_server = mail_server
        self.device = device
        self.zalo = zalo
        self.log = folder / "worker.log"
        self.settings = {
            "PUSH_KEY": new_push_key(),
            "PUSH_SERVICES": push,
            "ZALO_SEND": "1",
            "ZALO_API_URL": zalo.url,
            "ZALO_OAUTH_URL": zalo.url,
        }

    def deliver(self) -> None:
        """As the worker beside the portal does it."""
        worker = workers.start(
            "--once", email_url=self.mail_server.url, log=self.log, **self.settings
        )
        assert worker.wait(120) == 0, self.log.read_text()

    def newest(self, count: int) -> dict[str, Told]:
        """The last of so many messages of each channel, by its name."""
        letters = self.mail_server.contents()
        assert len(letters) == len(self.device.notices) == len(self.zalo.broadcasts) == count
        _id, broadcast = self.zalo.broadcasts[-1]
        return {
            "e-mail": letter(letters[-1]),
            "Web Push": notification(self.device.notices[-1]),
            "Zalo": article(broadcast),
        }


def test_a_notice_its_correction_and_its_withdrawal_reach_everybody_the_same(
    browser, live_server, settings, hai_phong, place, channels
):
    settings.PUBLIC_BASE_URL = live_server.url
    factories.officer("tac-gia", AUTHOR, hai_phong)
    factories.officer("nguoi-duyet", APPROVER, hai_phong)
    with (
        visitor(browser, live_server.url, DESKTOP) as author,
        visitor(browser, live_server.url, DESKTOP) as approver,
        visitor(browser, live_server.url, PHONE, touch=True) as resident,
    ):
        give_password(author, "tac-gia")
        set_up_second_factor(approver)

        notice = write(author)
        form = author.page.url
        approve(approver, TITLE)
        truth = {
            "stage": NEW,
            "title": TITLE,
            "action": ACTION,
            "number": NUMBER.replace(" ", ""),
            "place": PLACE,
            "severity": "urgent",
            "until": notice_in_database(notice).listed_until,
            "url": live_server.url + notice.get_absolute_url(),
        }
        everybody_is_told(truth, channels, 1, resident)

        correct(author, form)
        approve(approver, RIGHT_TITLE)
        truth |= {"stage": CORRECTED, "title": RIGHT_TITLE, "why": WHY}
        everybody_is_told(truth, channels, 2, resident)

        request_withdrawal(author, form)
        approve(approver, RIGHT_TITLE)
        truth |= {"stage": WITHDRAWN, "why": WHY_WITHDRAWN}
        everybody_is_told(truth, channels, 3, resident)
        assert author.faults == approver.faults == resident.faults == []


def everybody_is_told(truth: Told, channels: Channels, count: int, resident: Visitor) -> None:
    """Each format says the truth in each of its fields, and none leaves out what to do."""
    channels.deliver()
    base, _, path = truth["url"].partition("/hai-phong/")
    portal = Portal(base, f"/hai-phong/{path}")
    told = {name: read() for name, read in readers(portal).items()}
    told |= channels.newest(count)
    if truth["stage"] == WITHDRAWN:
        assert told.pop("JSON-LD") is None
    wrong = {
        (name, field): said
        for name, fields in told.items()
        for field, said in fields.items()
        if not same(said, truth[field])
    }
    assert wrong == {}
    needed = {"stage", "title", "action", "severity", "url"}
    partly = {name for name, fields in told.items() if needed - fields.keys()}
    short = {"Web Push"} if truth["stage"] == WITHDRAWN else set()
    assert partly <= {"JSON-LD", "CAP index", *short}
    # And it is what a resident sees.
    page = resident.open(portal.path)
    expect(page.locator("h1")).to_have_text(truth["title"])


def same(said: Any, truth: Any) -> bool:
    """A number to call may be written with spaces."""
    return said == truth or (isinstance(said, str) and said.replace(" ", "") == truth)


def notice_in_database(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


# --- what officers do


def write(author: Visitor) -> Notice:
    page = author.open("/admin/alerts/notice/add/")
    page.locator("#id_severity").select_option("urgent")
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_action").fill(ACTION)
    page.locator(".field-locations .select2").click()
    page.locator(".field-locations .select2-search__field").fill("cho co dao")
    page.locator(".select2-results__option", has_text=PLACE).first.click()
    page.locator("#hotlines-group .add-row a").click()
    page.locator("#id_hotlines-0-label").fill("Trung tâm y tế quận")
    page.locator("#id_hotlines-0-number").fill(NUMBER)
    submit(author)
    return Notice.objects.get(title=TITLE)


def submit(author: Visitor) -> None:
    author.page.locator("[name=_submit]").last.click()
    succeeded(author.page)


def approve(approver: Visitor, title: str) -> None:
    page = approver.open("/admin/publishing/revision/?state__exact=submitted")
    page.get_by_role("link", name=title).first.click()
    page.locator("[name=understood]").check()
    page.locator("[name=_approve]").click()
    succeeded(page)


def correct(author: Visitor, form: str) -> None:
    page = author.page
    page.goto(form)
    page.locator("#id_title").fill(RIGHT_TITLE)
    page.locator("#id_reason").fill("Xem biên bản")
    page.locator("#id_residents_note").fill(WHY)
    submit(author)


def request_withdrawal(author: Visitor, form: str) -> None:
    page = author.page
    page.goto(form)
    page.locator(".object-tools a[href$='/withdraw/']").click()
    page.locator("#reason").fill(WHY_WITHDRAWN)
    page.locator(".submit-row [type=submit]").click()
    succeeded(page)
