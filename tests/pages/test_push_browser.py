"""A device from the button to the notification, in a real browser with its real service worker.

Only the browser's way to its maker's push service is replaced, since that is another company's
server: `PUSH_MANAGER` gives the page the subscription that the stand-in has made. What the worker
sends there is handed to the browser as its push service would (DevTools).
"""

import json

import pytest
import time_machine
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect

from alerts.models import Delivery, Dispatch, Notice, Subscription
from locations.models import Division, Province
from portal import clock
from portal.keys import public_half, push_key
from tests import factories
from tests.audit.tools import BEST_PRACTICE, WCAG, found_by_axe, load_axe
from tests.browser import DESKTOP, PHONE, SMALL_PHONE, visitor
from tests.conftest import STORY_TIME
from tests.delivery.conftest import revise, withdraw, work
from tests.push_service import PushService
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")

FOLLOW = "/hai-phong/theo-doi/"
# The browser asks its maker for nothing: it has what the stand-in made, until it gives it up.
PUSH_MANAGER = """
const made = %s;
const held = () => sessionStorage.getItem("subscribed") && {
  endpoint: made.endpoint,
  options: { applicationServerKey: null },
  toJSON: () => made,
  unsubscribe: async () => { sessionStorage.removeItem("subscribed"); return true; },
};
PushManager.prototype.getSubscription = async () => held() || null;
PushManager.prototype.subscribe = async (options) => {
  if (%s) throw new DOMException("Registration failed", "AbortError");
  sessionStorage.setItem("asked", JSON.stringify(options));
  sessionStorage.setItem("subscribed", "1");
  return held();
};
"""
SHOWN = """async () => {
  const shown = await (await navigator.serviceWorker.ready).getNotifications();
  return shown.map(({ title, body, tag, lang, icon, renotify, data, actions }) => ({
    title, body, tag, lang, icon, renotify, data, actions: actions.map((one) => one.title),
  }));
}"""
# A click as the browser reports one; to open a window takes a real hand, so that is noted only.
CLICK = """async ([tag, action]) => {
  const [notification] = await self.registration.getNotifications({ tag });
  self.clients.openWindow = async (url) => { self.opened = url; };
  self.opened = null;
  let work;
  const event = new NotificationEvent("notificationclick", { notification, action });
  event.waitUntil = (promise) => { work = promise; };
  self.dispatchEvent(event);
  await work;
  return [self.opened, (await self.registration.getNotifications({ tag })).length];
}"""
CHANGED = """async (made) => {
  let work;
  const event = new Event("pushsubscriptionchange");
  event.newSubscription = made && { toJSON: () => made };
  event.waitUntil = (promise) => { work = promise; };
  self.dispatchEvent(event);
  await work;
}"""


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


@pytest.fixture(scope="module")
def transactional_db(django_db_setup, django_db_blocker):
    """One database with the story for all tests of this module, as in test_offline_browser."""
    with django_db_blocker.unblock():
        if not Division.objects.exists():
            call_command("load_divisions", verbosity=0)
        with time_machine.travel(STORY_TIME):
            call_command("load_story", verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def base(transactional_db):
    """The address of a portal where nobody has subscribed yet."""
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield f"http://localhost:{server.port}"
    server.terminate()
    for model in (Delivery, Dispatch, Subscription):
        model.objects.all().delete()


@pytest.fixture
def hai_phong(transactional_db):
    """Hải Phòng at the time of the story."""
    with time_machine.travel(STORY_TIME):
        yield Province.objects.get(slug="hai-phong")


@pytest.fixture
def service(settings, base):
    with PushService() as service:
        settings.PUSH_SERVICES = [service.url]
        settings.PUBLIC_BASE_URL = base
        yield service


class Resident:
    """Somebody with a browser that may show notifications, and a push service behind it."""

    def __init__(self, somebody, service, *, allowed=True, is_away=False) -> None:
        self.somebody, self.service, self.page = somebody, service, somebody.page
        self.device = service.device()
        away = "true" if is_away else "false"
        script = PUSH_MANAGER % (json.dumps(self.device.subscription), away)
        somebody.context.add_init_script(script)
        if allowed:
            somebody.context.grant_permissions(["notifications"], origin=somebody.base)
        self._registrations: list[dict] = []
        self._devtools = somebody.context.new_cdp_session(self.page)
        self._devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: self._registrations.extend(event["registrations"]),
        )
        self._devtools.send("ServiceWorker.enable")

    def open(self, address=FOLLOW):
        return self.somebody.open(address)

    def section(self, address=FOLLOW):
        return self.open(address).locator("#push")

    def subscribe(self, address=FOLLOW):
        section = self.section(address)
        section.locator("button[data-when=off]").click()
        expect(section.locator(".status")).to_be_visible()
        return section

    def receive(self, said: str) -> list[dict]:
        """The push service hands over what has come; what is shown then."""
        own = [one for one in self._registrations if one["scopeURL"] == f"{self.somebody.base}/"]
        self._devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.somebody.base,
                "registrationId": own[-1]["registrationId"],
                "data": said,
            },
        )
        self.page.wait_for_timeout(300)
        return self.shown

    def receive_last(self) -> list[dict]:
        return self.receive(json.dumps(self.device.notices[-1], ensure_ascii=False))

    @property
    def shown(self) -> list[dict]:
        return self.page.evaluate(SHOWN)

    @property
    def worker(self):
        return self.somebody.context.service_workers[-1]


@pytest.fixture
def resident(browser, base, hai_phong, service):
    with visitor(browser, base, PHONE, touch=True, service_workers=True) as somebody:
        yield Resident(somebody, service)
        assert somebody.faults == []


def tell(hai_phong, **values) -> Notice:
    return factories.notice(
        hai_phong, title="Tìm người đến chợ Sắt", action="Ở nhà. Gọi y tế phường.", **values
    )


def test_from_the_button_to_the_notification_and_its_page(resident, hai_phong, settings):
    section = resident.subscribe()
    asked = json.loads(resident.page.evaluate("sessionStorage.getItem('asked')"))
    assert asked == {
        "userVisibleOnly": True,
        "applicationServerKey": public_half(push_key(settings.PUSH_KEY)),
    }
    expect(section.locator(".status")).to_have_text("Máy này đang nhận thông báo của Hải Phòng.")
    expect(section.get_by_role("status").last).to_have_text("Đã lưu. Áp dụng từ thông báo sau.")
    subscription = Subscription.objects.get()
    assert (subscription.channel, subscription.language) == ("web_push", "vi")

    notice = tell(hai_phong)
    work()
    [shown] = resident.receive_last()
    assert shown["title"] == "[Hải Phòng] Thông báo khẩn: Tìm người đến chợ Sắt"
    assert shown["body"].startswith("Ở nhà. Gọi y tế phường.\n")
    assert (shown["tag"], shown["lang"], shown["renotify"]) == (notice.code, "vi", False)
    assert shown["icon"].startswith(f"{resident.somebody.base}/static/images/mark-192")
    assert shown["data"]["url"] == resident.somebody.base + notice.get_absolute_url()
    assert shown["actions"] == ["Thay đổi hoặc dừng"]

    opened, left = resident.worker.evaluate(CLICK, [notice.code, ""])
    assert (opened, left) == (shown["data"]["url"], 0)
    page = resident.open(notice.get_absolute_url())
    expect(page.locator("h1")).to_contain_text("Tìm người đến chợ Sắt")


def test_a_correction_takes_the_place_of_what_is_shown(resident, hai_phong):
    resident.subscribe()
    notice = tell(hai_phong)
    work()
    first = json.dumps(resident.device.notices[-1])
    resident.receive(first)
    with time_machine.travel(clock.now(), tick=False) as now:
        now.shift(60)
        revise(notice, action="Ở nhà 14 ngày.")
        work()
    [shown] = resident.receive_last()
    assert shown["title"].startswith("[Hải Phòng] Đính chính: Thông báo khẩn:")
    assert "Ở nhà 14 ngày." in shown["body"] and shown["renotify"] is True
    # The push service hands the first one over once more, too late.
    assert resident.receive(first) == [shown]
    with time_machine.travel(clock.now(), tick=False) as now:
        now.shift(120)
        withdraw(notice)
        work()
    [shown] = resident.receive_last()
    assert shown["title"].startswith("[Hải Phòng] Đã gỡ")
    other = tell(hai_phong)
    work()
    assert {one["tag"] for one in resident.receive_last()} == {notice.code, other.code}


def test_what_is_open_already_is_shown_and_loaded_anew(resident, hai_phong):
    resident.subscribe()
    notice = tell(hai_phong)
    work()
    page = resident.open(notice.get_absolute_url())
    resident.receive_last()
    page.evaluate("document.body.dataset.old = 'yes'")
    focused = """async () => {
      self.focused = [];
      WindowClient.prototype.focus = async function () { self.focused.push(this.url); };
    }"""
    resident.worker.evaluate(focused)
    opened, _left = resident.worker.evaluate(CLICK, [notice.code, ""])
    assert opened is None
    assert resident.worker.evaluate("self.focused") == [page.url]
    wait_until(lambda: page.evaluate("document.body?.dataset.old") is None)


def test_a_notification_leads_to_the_page_where_it_is_stopped(resident, hai_phong):
    resident.subscribe()
    notice = tell(hai_phong)
    work()
    resident.receive_last()
    opened, _left = resident.worker.evaluate(CLICK, [notice.code, "manage"])
    page = resident.open(opened.removeprefix(resident.somebody.base))
    expect(page.locator("h1")).to_have_text("Thông báo bạn nhận trên máy")
    page.get_by_role("link", name="Hủy đăng ký").click()
    page.get_by_role("button", name="Hủy đăng ký").click()
    expect(page.locator("h1")).to_have_text("Bạn đã hủy đăng ký")
    assert not Subscription.objects.exists()
    page.locator("a[href$='#push']").click()
    expect(page.locator("#push button[data-when=off]")).to_be_visible()


@pytest.mark.parametrize("said", ["", "{", "null", '{"title": 1}', '{"title": "a", "body": "b"}'])
def test_what_cannot_be_read_says_so_and_leads_to_the_province(said, resident, hai_phong):
    resident.subscribe(f"/en{FOLLOW}")
    [shown] = resident.receive(said)
    assert shown["title"] == "There is news from the health office"
    assert "cannot be read here" in shown["body"] and shown["lang"] == "en"
    opened, _left = resident.worker.evaluate(CLICK, ["unread", ""])
    assert opened == f"{resident.somebody.base}/en/hai-phong/"


def test_no_message_leads_to_another_site(resident, hai_phong):
    resident.subscribe()
    tell(hai_phong)
    work()
    told = resident.device.notices[-1] | {"url": "https://evil.example/hai-phong/?a=b"}
    resident.receive(json.dumps(told))
    opened, _left = resident.worker.evaluate(CLICK, [told["code"], ""])
    assert opened == f"{resident.somebody.base}/hai-phong/?a=b"


def test_choices_are_kept_shown_again_and_changed(resident, hai_phong):
    section = resident.section()
    section.get_by_text("Chọn phường").click()
    section.get_by_label("Chỉ thông báo khẩn").check()
    section.get_by_label("Tiếng Anh").check()
    section.get_by_text("Chỉ nhận tin một số nơi").click()
    for district in section.locator("details.district:not([open]) > summary").all():
        district.click()
    section.get_by_label("xã Tú Sơn").check()
    section.locator("button[data-when=off]").click()
    expect(section.locator(".status")).to_be_visible()
    kept = Subscription.objects.get()
    assert (kept.minimum, kept.language) == ("urgent", "en")
    assert [unit.name for unit in kept.units.all()] == ["Tú Sơn"]

    section = resident.section()  # the page is opened anew
    expect(section.locator(".status")).to_be_visible()
    assert section.get_by_label("Chỉ thông báo khẩn").is_checked()
    assert section.get_by_label("xã Tú Sơn").is_checked()
    section.get_by_text("Chọn phường").click()
    section.get_by_label("Tất cả thông báo").check()
    section.get_by_role("button", name="Lưu lựa chọn").click()
    expect(section.locator(".said")).to_have_text("Đã lưu. Áp dụng từ thông báo sau.")
    again = Subscription.objects.get()
    assert (again.pk, again.minimum) == (kept.pk, "information")


def test_stopping_forgets_the_device_here_and_there(resident, hai_phong):
    section = resident.subscribe()
    stop = section.get_by_role("button", name="Dừng trên máy này")
    stop.focus()
    resident.page.keyboard.press("Enter")
    expect(section.locator(".said")).to_contain_text("Địa chỉ của máy đã được xóa.")
    expect(section.locator("button[data-when=off]")).to_be_focused()
    assert not Subscription.objects.exists()
    assert resident.page.evaluate("sessionStorage.getItem('subscribed')") is None
    assert "portal-push" not in resident.page.evaluate("caches.keys()")


def test_a_browser_that_follows_two_provinces_keeps_its_address_for_the_other(resident, hai_phong):
    resident.subscribe()
    section = resident.subscribe("/binh-duong/theo-doi/")
    assert Subscription.objects.count() == 2
    section.get_by_role("button", name="Dừng trên máy này").click()
    expect(section.locator("button[data-when=off]")).to_be_visible()
    assert resident.page.evaluate("sessionStorage.getItem('subscribed')") == "1"
    assert Subscription.objects.get().province == hai_phong


def test_a_new_address_of_the_browser_is_told_by_the_worker(resident, hai_phong, service):
    resident.subscribe()
    new = service.device()
    resident.worker.evaluate(CHANGED, new.subscription)
    tell(hai_phong)
    work()
    assert len(new.notices) == 1 and not resident.device.notices
    # And what was missed while there was no network, at the next visit.
    expect(resident.section().locator(".status")).to_be_visible()
    tell(hai_phong)
    work()
    assert len(resident.device.notices) == 1


def test_what_the_worker_remembers_outlives_a_release(resident, hai_phong, monkeypatch):
    resident.subscribe()
    page, names = resident.page, "caches.keys()"
    # What a worker still keeps while the next takes over stays until the one after that.
    saved = "caches.match('/kiem-tra/data.json').then((found) => Boolean(found))"
    wait_until(lambda: page.evaluate(saved))
    monkeypatch.setattr("portal.web.offline.release", lambda: "0123456789ab")
    page.evaluate("navigator.serviceWorker.ready.then((r) => r.update())")
    wait_until(lambda: any("0123456789ab" in name for name in page.evaluate(names)))
    wait_until(lambda: len({n.split("-")[1] for n in page.evaluate(names)}) == 2)
    assert "portal-push" in page.evaluate(names)


# --- where it does not go


def test_a_push_service_that_is_away_is_told_in_words(browser, base, hai_phong, service):
    with visitor(browser, base, PHONE, service_workers=True) as somebody:
        resident = Resident(somebody, service, is_away=True)
        section = resident.section()
        section.locator("button[data-when=off]").click()
        expect(section.locator(".said")).to_contain_text("Hiện không kết nối được dịch vụ đẩy tin")
        assert not Subscription.objects.exists()


def test_what_the_portal_refuses_is_shown_and_undone(resident, hai_phong, settings):
    settings.PUSH_SERVICES = ["fcm.googleapis.com"]
    section = resident.section()
    section.locator("button[data-when=off]").click()
    expect(section.get_by_role("alert")).to_contain_text("hãy dùng thư điện tử")
    expect(section.locator(".status")).to_be_hidden()
    assert resident.page.evaluate("sessionStorage.getItem('subscribed')") is None
    resident.somebody.faults.clear()  # the browser reports the answer 422


def test_without_a_network_it_says_so(resident, hai_phong):
    section = resident.subscribe()
    resident.somebody.context.set_offline(True)
    section.get_by_role("button", name="Dừng trên máy này").click()
    expect(section.locator(".said")).to_contain_text("Hãy thử lại sau một phút.")
    expect(section.locator(".status")).to_be_visible()
    resident.somebody.context.set_offline(False)
    assert Subscription.objects.exists()
    resident.somebody.faults.clear()


STATES = {
    "off": (
        "Object.defineProperty(Notification, 'permission', {get: () => 'default'})",
        "Nhận thông báo trên máy này",
    ),
    "denied": (
        "Object.defineProperty(Notification, 'permission', {get: () => 'denied'})",
        "Trình duyệt đang chặn thông báo",
    ),
    "impossible": ("delete window.PushManager", "Trình duyệt này không hỗ trợ."),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("size", [SMALL_PHONE, DESKTOP], ids=["phone", "desk"])
def test_each_state_is_explained_and_has_no_barrier(state, size, browser, base, hai_phong, service):
    script, words = STATES[state]
    with visitor(browser, base, size, service_workers=True) as somebody:
        somebody.context.add_init_script(script)
        page = somebody.open(FOLLOW)
        section = page.locator("#push")
        expect(section).to_contain_text(words)
        shown = section.locator("[data-when]:visible").all()
        assert {state in (one.get_attribute("data-when") or "") for one in shown} == {True}
        assert somebody.overflow == 0
        check_barriers(page)
        assert somebody.faults == []


def test_a_subscribed_device_meets_no_barrier(resident):
    section = resident.subscribe()
    for summary in section.locator("summary:visible").all():
        summary.click()
    for scheme in ("light", "dark"):
        resident.page.emulate_media(color_scheme=scheme)
        check_barriers(resident.page)
    small = """e => [...e.querySelectorAll('button, summary, label.pick')]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44)
        .map(one => one.textContent)"""
    assert section.evaluate(small) == []


def check_barriers(page):
    load_axe(page)
    assert found_by_axe(page, tags=(*WCAG, BEST_PRACTICE)) == []


def test_without_javascript_it_names_the_other_ways(browser, base, hai_phong):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(base + FOLLOW)
    section = page.locator("#push")
    expect(section).to_contain_text("Thư điện tử và Atom thì không cần.")
    assert not section.locator("form").is_visible()
    context.close()
