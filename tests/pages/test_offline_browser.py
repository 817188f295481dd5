"""The service worker in a real browser: journeys of residents whose network comes and goes.

The server is one of its own, with static files named by their content as in production, because
that is what the worker relies on.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Timer

import pytest
import time_machine
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.http import HttpResponse, JsonResponse
from django.test import override_settings
from django.test.testcases import LiveServerThread
from django.urls import path
from playwright.sync_api import Error, Page, expect

import portal.urls
from locations.models import Division, Province
from portal.publishing.roles import AUTHOR
from portal.web import offline
from portal.web.language import LanguageFromPathMiddleware
from portal.web.static_files import StaticFilesStorage
from tests import factories
from tests.browser import DESKTOP, PHONE, Visitor, visitor
from tests.conftest import STORY_TIME
from tests.waiting import wait_until

pytestmark = pytest.mark.xdist_group("browser")

PREFIXES = {"vi": "", "en": "/en"}
WORDS = {
    "vi": {
        "saved": "Bản đã lưu lúc 08:0{} 26/03/2021.",
        "why": "Mất mạng hoặc mạng chậm: có thể đã có tin mới.",
        "again": "Tải lại trang",
        "offline": "Không kết nối được",
        "list": "Các trang đã lưu trên máy này",
        "row": "Đã lưu lúc 08:0{} 26/03/2021",
        "past": "đã qua",
        "all over": "Mọi mục ở đây đều đã hết hiệu lực.",
        "fresh": "Đã tải được bản mới nhất của trang này.",
        "show": "Xem bản mới",
    },
    "en": {
        "saved": "Copy saved at 08:0{} 26/03/2021.",
        "why": "No network, or a slow one: there may be something newer.",
        "again": "Load it again",
        "offline": "No connection",
        "list": "Pages that are saved on this device",
        "row": "Saved at 08:0{} 26/03/2021",
        "past": "past",
        "all over": "Nothing here is in force any more.",
        "fresh": "The newest version of this page has now come.",
        "show": "Show it",
    },
}
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const requests = await (await caches.open(name)).keys();
    kept[name] = requests.map((request) => request.url.replace(location.origin, ""));
  }
  return kept;
}"""


class NamedByContent(ManifestStaticFilesStorage):
    """As in production, but not compressed, which takes long."""

    patterns = StaticFilesStorage.patterns


@pytest.fixture(scope="module")
def named_by_content(tmp_path_factory):
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": f"{__name__}.{NamedByContent.__name__}"},
    }
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static"), STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield


@pytest.fixture(scope="module")
def transactional_db(django_db_setup, django_db_blocker):
    """One database with the story for all tests of this module, and what they add. pytest-django's
    own is emptied after each test, and to load the divisions again takes most of the time."""
    with django_db_blocker.unblock():
        if not Division.objects.exists():
            call_command("load_divisions", verbosity=0)
        with time_machine.travel(STORY_TIME):
            call_command("load_story", verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def base(named_by_content, transactional_db) -> Iterator[str]:
    """The address of a portal that serves its static files as WhiteNoise does in production."""
    server = LiveServerThread("localhost", static_handler=lambda handler: handler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture
def hai_phong(transactional_db) -> Iterator[Province]:
    """Hải Phòng at the time of the story."""
    with time_machine.travel(STORY_TIME):
        yield Province.objects.get(slug="hai-phong")


class Slow:
    """A server that keeps an address waiting."""

    def __init__(self) -> None:
        self.held: dict[str, Event] = {}

    def hold(self, address: str, *, seconds: float | None = None) -> Event:
        """No answer at `address` until the event is set, which happens after `seconds` if given."""
        self.held[address] = Event()
        if seconds:
            Timer(seconds, self.held[address].set).start()
        return self.held[address]


@pytest.fixture
def slow(monkeypatch) -> Iterator[Slow]:
    slow = Slow()
    answer = LanguageFromPathMiddleware.__call__

    def late(self, request):
        if request.path in slow.held:
            slow.held[request.path].wait(60)
        return answer(self, request)

    monkeypatch.setattr(LanguageFromPathMiddleware, "__call__", late)
    yield slow
    for event in slow.held.values():
        event.set()


@contextmanager
def resident(browser, base: str, size=PHONE) -> Iterator[Visitor]:
    touch = size is not DESKTOP
    with visitor(browser, base, size, touch=touch, service_workers=True) as somebody:
        yield somebody


def kept(page: Page, ending: str = "") -> list[str]:
    """The addresses in those caches whose names end so; oldest first."""
    caches = page.evaluate(KEPT)
    return [each for name, all_in in caches.items() if name.endswith(ending) for each in all_in]


def workers(page: Page) -> int:
    """How many service workers this browser has for the portal."""
    return page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")


def visit(somebody: Visitor, address: str) -> Page:
    """Opens a page while there is a network, and lets the worker keep it."""
    page = somebody.open(address)
    wait_until(lambda: address in kept(page, "-pages"))
    return page


def words(language: str, name: str) -> re.Pattern[str]:
    """A few minutes may have passed by the portal's clock."""
    before, minute, after = WORDS[language][name].partition("{}")
    return re.compile(re.escape(before) + (r"\d" if minute else "") + re.escape(after))


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
@pytest.mark.parametrize("language", PREFIXES)
def test_what_was_seen_can_be_read_without_a_network(language, size, browser, base, hai_phong):
    prefix = PREFIXES[language]
    with resident(browser, base, size) as somebody:
        page = visit(somebody, f"{prefix}/hai-phong/")
        expect(page.locator("#saved")).to_be_hidden()
        action = page.locator("article.notice .action").first.inner_text()

        somebody.context.set_offline(True)
        page.reload()
        banner = page.locator("#saved")
        expect(banner).to_be_visible()
        expect(banner.locator("strong")).to_have_text(words(language, "saved"))
        expect(banner).to_contain_text(WORDS[language]["why"])
        expect(page.locator("article.notice .action").first).to_have_text(action)
        assert page.locator(".over").count() == 0
        assert somebody.overflow == 0
        assert looks_as_it_should(page)
        button = banner.get_by_role("link", name=WORDS[language]["again"])
        assert button.bounding_box()["height"] >= 44  # a thumb's width

        page.goto(f"{base}{prefix}/binh-duong/")
        expect(page.locator("h1")).to_have_text(WORDS[language]["offline"])
        expect(page.locator("#h-saved")).to_have_text(WORDS[language]["list"])
        assert somebody.overflow == 0
        assert looks_as_it_should(page)
        # The page of the check is kept too, without having been opened.
        row = page.locator("#saved-pages li", has_text="Hải Phòng")
        expect(row).to_have_count(1)
        expect(row.locator(".quiet")).to_have_text(words(language, "row"))
        row.get_by_role("link", name="Hải Phòng").click()
        expect(page.locator("#saved")).to_be_visible()
        expect(page.locator("h1")).to_have_text("Hải Phòng")

        somebody.context.set_offline(False)
        page.locator("#saved a").click()
        expect(page.locator("#saved")).to_be_hidden()
        expect(page.locator("h1")).to_have_text("Hải Phòng")


def looks_as_it_should(page: Page) -> bool:
    """Whether the style sheet and both fonts are there."""
    return page.evaluate(
        """async () => {
          const fonts = await Promise.all(["400 1em", "700 1em"].map(
            (font) => document.fonts.load(`${font} "Be Vietnam Pro"`)));
          const top = getComputedStyle(document.querySelector(".top"));
          return fonts.every((faces) => faces.length) && top.backgroundColor === "rgb(11, 61, 86)";
        }"""
    )


def test_nothing_is_kept_but_public_pages_without_a_query(browser, base, hai_phong):
    user = factories.officer("author", AUTHOR, hai_phong)
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        for address, status in (
            ("/tim-kiem/?q=hop", 200),
            ("/hai-phong/dia-diem/?q=hop", 200),
            ("/hai-phong/?lan=2", 200),
            (f"/Q/{hai_phong.code}", 200),
            ("/khong-co/", 404),
            ("/admin/login/", 200),
            ("/en/admin/login/", 200),
        ):
            somebody.open(address, status=status)
        page.goto(f"{base}/admin/login/?next=/admin/")
        page.fill("input[name=username]", user.username)
        page.fill("input[name=password]", factories.PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url(f"{base}/admin/")
        answered = page.goto(f"{base}/admin/locations/exposurelocation/")
        assert answered.status == 200
        assert not answered.from_service_worker
        assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
        for address in ("/healthz", "/readyz", "/hai-phong/theo-doi.svg"):
            page.evaluate("address => fetch(address).then(r => r.text())", address)
        page.evaluate("fetch('/hai-phong/', {method: 'HEAD'})")
        part = page.evaluate(
            "fetch('/hai-phong/', {headers: {Range: 'bytes=0-9'}}).then(r => r.status)"
        )
        assert part in (200, 206)

        # The redirect of the short address ends at the page that is kept anyway.
        assert kept(page, "-pages") == ["/hai-phong/"]
        everything = kept(page)
        assert [each for each in everything if "?" in each or "admin" in each] == []
        static = [each for each in kept(page, "-static") if each.startswith("/static/")]
        check = {"/kiem-tra/", "/kiem-tra/data.json"}
        offline = {"/ngoai-tuyen/", "/en/ngoai-tuyen/"}
        assert set(everything) == {"/hai-phong/", *offline, *check, *static}

        # Nor does it answer for them: staff without a network see what their browser says.
        somebody.context.set_offline(True)
        page.goto(f"{base}/tim-kiem/?q=hop")
        expect(page.locator("h1")).to_have_text(WORDS["vi"]["offline"])
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            page.goto(f"{base}/admin/")


def test_pages_of_staff_start_no_worker(browser, base, hai_phong):
    with resident(browser, base) as somebody:
        page = somebody.open("/admin/login/")
        page.wait_for_timeout(3_000)
        assert (
            page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
        )
        assert kept(page) == []


@pytest.mark.parametrize("language", PREFIXES)
def test_what_expires_while_saved_is_marked(language, browser, base, hai_phong):
    """By the portal's clock: the device's shows another year."""
    prefix = PREFIXES[language]
    with resident(browser, base) as somebody:
        page = visit(somebody, f"{prefix}/hai-phong/")
        entry = page.locator("#flights a").first.get_attribute("href")
        visit(somebody, entry)
        left = page.locator(".status .left")
        expect(left).to_be_visible()
        somebody.context.set_offline(True)

        with time_passed(page, timedelta(days=1)):
            expect(page.locator(".status.current")).to_have_count(1)
            expect(left).to_be_hidden()  # "14 more days" was said yesterday
        with time_passed(page, timedelta(days=30)):
            expect(page.locator(".status.current")).to_have_count(0)
            expect(page.locator(".status.past")).to_be_visible()
            expect(page.locator("section.notice.over .hotlines")).to_be_hidden()

        page.goto(f"{base}{prefix}/hai-phong/")
        expect(page.locator("#saved")).to_be_visible()
        expect(page.locator("article.notice.over .tag.past")).to_have_text(WORDS[language]["past"])
        expect(page.locator("article.notice .in-force")).to_be_hidden()
        notices = page.locator("#notices")
        expect(notices.locator("p.empty").first).to_have_text(WORDS[language]["all over"])
        assert page.locator("li.row:not(.over)").count() == 0
        assert page.locator("li.row .tag.past").count() == page.locator("li.row").count() > 0


@contextmanager
def time_passed(page: Page, passed: timedelta) -> Iterator[None]:
    """The saved page as it is read when so much time has passed on the device."""
    saved_at = page.reload() and page.locator("html").get_attribute("data-saved-at")
    page.clock.set_fixed_time(datetime.fromisoformat(saved_at) + passed)
    page.reload()
    expect(page.locator("#saved")).to_be_visible()
    yield


def test_what_expires_while_the_page_is_left_open_is_marked(browser, base, hai_phong):
    soon = factories.location(hai_phong, name="Chợ Sắt")
    with resident(browser, base) as somebody:
        somebody.page.clock.install()
        page = somebody.open(soon.get_absolute_url())
        expect(page.locator(".status.current")).to_be_visible()
        page.clock.fast_forward(timedelta(days=10).total_seconds() * 1_000)
        expect(page.locator(".status.current")).to_be_visible()
        page.clock.fast_forward(timedelta(days=10).total_seconds() * 1_000)
        expect(page.locator(".status.past")).to_be_visible()
        expect(page.locator("#saved")).to_be_hidden()  # it is old, but it was not saved


def test_a_slow_network_is_waited_for_until_there_is_something_better(
    browser, base, hai_phong, slow
):
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        slow.hold("/hai-phong/", seconds=1.5)
        page.reload()
        expect(page.locator("#saved")).to_be_hidden()

        answered = slow.hold("/hai-phong/")
        began = time.monotonic()
        page.reload(wait_until="domcontentloaded")
        expect(page.locator("#saved")).to_be_visible()
        assert time.monotonic() - began > 3.5
        expect(page.locator("#saved strong")).to_have_text(words("vi", "saved"))

        answered.set()
        expect(page.locator("#saved")).to_contain_text(WORDS["vi"]["fresh"])
        # What has come is shown at once, although the network is as slow as before.
        slow.hold("/hai-phong/")
        began = time.monotonic()
        page.get_by_role("link", name=WORDS["vi"]["show"]).click()
        expect(page.locator("#saved")).to_be_hidden()
        expect(page.locator("h1")).to_have_text("Hải Phòng")
        assert time.monotonic() - began < 3.5


def test_a_page_that_is_not_saved_is_waited_for_however_slow_the_network(
    browser, base, hai_phong, slow
):
    with resident(browser, base) as somebody:
        visit(somebody, "/hai-phong/")
        slow.hold("/binh-duong/", seconds=5.5)
        page = somebody.open("/binh-duong/")
        expect(page.locator("h1")).to_have_text("Bình Dương")
        expect(page.locator("#saved")).to_be_hidden()


def test_an_error_of_the_server_is_no_better_than_no_network(browser, base, hai_phong, monkeypatch):
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        monkeypatch.setattr(
            LanguageFromPathMiddleware,
            "__call__",
            lambda self, request: HttpResponse("quá tải", status=503),
        )
        page.reload()
        expect(page.locator("#saved")).to_be_visible()
        expect(page.locator("h1")).to_have_text("Hải Phòng")
        assert page.goto(f"{base}/binh-duong/").status == 503


def test_a_new_release_takes_over_and_keeps_what_was_saved(browser, base, hai_phong, monkeypatch):
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        visit(somebody, "/hai-phong/dia-diem/")
        # What a worker still keeps while the next takes over stays until the one after that.
        wait_until(lambda: len(kept(page, "-check")) == 2)
        assert release_of(page) == {offline.release()}
        monkeypatch.setattr(offline, "release", lambda: "0123456789ab")
        page.evaluate("navigator.serviceWorker.ready.then((r) => r.update())")
        wait_until(lambda: release_of(page) == {"0123456789ab"})
        # The open page, which is of the former release, still finds all its files.
        assert looks_as_it_should(page)
        expect(page.locator("#saved")).to_be_hidden()
        assert set(kept(page, "-pages")) == {"/hai-phong/", "/hai-phong/dia-diem/"}
        somebody.context.set_offline(True)
        page.goto(f"{base}/hai-phong/")
        expect(page.locator("#saved")).to_be_visible()
        assert looks_as_it_should(page)


def release_of(page: Page) -> set[str]:
    """The releases whose caches are there."""
    return {name.split("-")[1] for name in page.evaluate("caches.keys()")}


@pytest.mark.parametrize(
    "broken",
    ["this is no JavaScript", "throw new Error('broken')",
     "self.addEventListener('install', (e) => e.waitUntil(Promise.reject(new Error('no'))))"],
    ids=["syntax", "error", "installation"],
)  # fmt: skip
def test_a_broken_release_changes_nothing_for_residents(
    broken, browser, base, hai_phong, monkeypatch
):
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        monkeypatch.setattr(offline, "_source", lambda name: broken)
        page.reload()
        update = "navigator.serviceWorker.ready.then((r) => r.update()).catch(() => 'refused')"
        page.evaluate(update)
        page.wait_for_timeout(1_000)
        page.reload()
        expect(page.locator("#saved")).to_be_hidden()
        somebody.context.set_offline(True)
        page.reload()
        expect(page.locator("#saved")).to_be_visible()


def test_a_worker_that_fails_at_everything_leaves_the_answer_to_the_browser(
    browser, base, hai_phong, monkeypatch
):
    sources = {name: offline._source(name) for name in offline.WORKER}
    source = sources["service-worker.js"]
    failing = source.replace("const saved = await kept(path);", "throw new Error('no storage');")
    assert failing != source
    sources["service-worker.js"] = failing
    monkeypatch.setattr(offline, "_source", sources.__getitem__)
    with resident(browser, base) as somebody:
        page = somebody.open("/hai-phong/")
        wait_until(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"))
        page = somebody.open("/hai-phong/")
        expect(page.locator("h1")).to_have_text("Hải Phòng")
        expect(page.locator("#saved")).to_be_hidden()


def test_the_operator_can_switch_it_off(browser, base, hai_phong, settings):
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        settings.SERVICE_WORKER = False
        page.reload()
        wait_until(lambda: workers(page) == 0)
        assert kept(page) == []
        page.reload()
        expect(page.locator("h1")).to_have_text("Hải Phòng")
        page.wait_for_timeout(3_000)
        assert workers(page) == 0
        somebody.context.set_offline(True)
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            page.goto(f"{base}/hai-phong/")


def test_the_last_twenty_pages_are_kept(browser, base, hai_phong):
    places = [factories.location(hai_phong, name=f"Chợ {n}") for n in range(22)]
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        for place in places[:10]:
            visit(somebody, place.get_absolute_url())
        visit(somebody, "/hai-phong/")  # seen again, so it stays longer than what came after it
        page.wait_for_timeout(500)
        for place in places[10:]:
            visit(somebody, place.get_absolute_url())
        wait_until(lambda: len(kept(page, "-pages")) <= 20)
        assert kept(page, "-pages") == [
            *(place.get_absolute_url() for place in places[3:10]),
            "/hai-phong/",
            *(place.get_absolute_url() for place in places[10:]),
        ]


def test_a_full_device_makes_room_or_does_without(browser, base, hai_phong):
    places = [factories.location(hai_phong, name=f"Chợ {n}") for n in range(4)]
    with resident(browser, base) as somebody:
        page = visit(somebody, "/hai-phong/")
        for place in places:
            visit(somebody, place.get_absolute_url())
        usage = page.evaluate("navigator.storage.estimate().then((e) => e.usage)")
        full = somebody.context.new_cdp_session(page)
        full.send("Storage.overrideQuotaForOrigin", {"origin": base, "quotaSize": usage + 1})
        newest = "/hai-phong/dia-diem/"
        page = somebody.open(newest)
        wait_until(lambda: newest in kept(page, "-pages"))
        assert "/hai-phong/" not in kept(page, "-pages")

        full.send("Storage.overrideQuotaForOrigin", {"origin": base, "quotaSize": 1})
        page = somebody.open("/hai-phong/chuyen-bay/")
        expect(page.locator("#saved")).to_be_hidden()
        page.wait_for_timeout(1_000)
        assert "/hai-phong/chuyen-bay/" not in kept(page, "-pages")
        assert somebody.faults == []


class TestCheck:
    """A stand-in for the check's page and data: what is tested is how they are kept."""

    asked: list[str] = []

    @pytest.fixture(autouse=True)
    def check(self, settings) -> None:
        self.asked.clear()
        settings.ROOT_URLCONF = type("Addresses", (), {
            "urlpatterns": [
                path("kiem-tra/", self.page),
                path("kiem-tra/data.json", self.data),
                *portal.urls.urlpatterns,
            ],
            "handler404": portal.urls.handler404,
        })  # fmt: skip

    def page(self, request):
        self.asked.append(request.path)
        return HttpResponse("<!doctype html><html lang=vi><title>c</title><h1>Kiểm tra</h1>")

    def data(self, request):
        self.asked.append(request.path)
        return JsonResponse({"asked": len(self.asked)})

    def test_it_is_ready_after_the_first_visit_of_any_page(self, browser, base, hai_phong):
        with resident(browser, base) as somebody:
            page = visit(somebody, "/hai-phong/")
            wait_until(lambda: len(kept(page, "-check")) == 2)
            assert self.asked == ["/kiem-tra/", "/kiem-tra/data.json"]
            visit(somebody, "/hai-phong/dia-diem/")
            page.wait_for_timeout(2_000)
            assert len(self.asked) == 2  # fresh enough
            somebody.context.set_offline(True)
            page.goto(f"{base}/kiem-tra/")
            expect(page.locator("h1")).to_have_text("Kiểm tra")
            assert page.locator("html").get_attribute("data-saved-at")
            asked = page.evaluate("fetch('/kiem-tra/data.json').then((r) => r.json())")
            assert asked == {"asked": 2}
            page.goto(f"{base}/binh-duong/")
            expect(page.locator("#saved-pages li").first).to_contain_text("Kiểm tra")

    def test_with_a_network_its_data_are_fresh(self, browser, base, hai_phong):
        with resident(browser, base) as somebody:
            page = visit(somebody, "/hai-phong/")
            wait_until(lambda: len(kept(page, "-check")) == 2)
            somebody.open("/kiem-tra/")
            asked = page.evaluate("fetch('/kiem-tra/data.json').then((r) => r.json())")
            assert asked == {"asked": 4}
            somebody.context.set_offline(True)
            wait_until(
                lambda: (
                    page.evaluate("fetch('/kiem-tra/data.json').then((r) => r.json())")
                    == {"asked": 4}
                )
            )


class TestChangesOfTheCheck:
    """The check's own page and list: once on the phone, only what has changed comes."""

    @pytest.fixture(autouse=True)
    def asked(self, monkeypatch) -> list[str]:
        """What the portal was asked for of the list."""
        asked: list[str] = []
        answer = LanguageFromPathMiddleware.__call__

        def noted(middleware, request):
            if request.path.endswith("data.json"):
                asked.append("whole" if not request.GET else "changes")
            return answer(middleware, request)

        monkeypatch.setattr(LanguageFromPathMiddleware, "__call__", noted)
        return asked

    def listed(self, page: Page) -> set[str]:
        """The names of places in the list, as the page gets it."""
        file = page.evaluate("fetch('/kiem-tra/data.json').then((r) => r.json())")
        parts = [file, file.get("changed", {"places": {"name": []}})]
        return {name for part in parts for name in part["places"]["name"]}

    def found(self, page: Page, name: str) -> None:
        """That the page of the check suggests the place."""
        expect(page.locator("#about-list")).not_to_be_empty()
        page.fill("#stays [data-field=what]", name)
        expect(page.get_by_role("option").filter(has_text=name).first).to_be_visible()

    def test_only_they_are_asked_for_and_the_list_is_whole_without_a_network(
        self, browser, base, hai_phong, asked
    ):
        with resident(browser, base) as somebody:
            page = visit(somebody, "/hai-phong/")
            wait_until(lambda: len(kept(page, "-check")) == 2)
            assert asked == ["whole"]
            for name in ("Quán Mới Mở", "Quán Mở Sau"):
                factories.location(hai_phong, name=name)
                page = somebody.open("/kiem-tra/")
                self.found(page, name)
                assert set(asked[1:]) == {"changes"}
            somebody.context.set_offline(True)
            page.goto(f"{base}/kiem-tra/")
            for name in ("Quán Mới Mở", "Quán Mở Sau"):
                self.found(page, name)
            assert somebody.faults == []

    def test_the_whole_comes_where_they_cannot_be_told(self, browser, base, hai_phong, asked):
        with resident(browser, base) as somebody:
            page = visit(somebody, "/hai-phong/")
            wait_until(lambda: len(kept(page, "-check")) == 2)
            factories.location(hai_phong, name="Quán Mới Mở")
            assert "Quán Mới Mở" in self.listed(page)
            factories.correct(hai_phong, listing_days=13)
            factories.location(hai_phong, name="Quán Sau Nữa")
            assert {"Quán Mới Mở", "Quán Sau Nữa"} <= self.listed(page)
            assert asked == ["whole", "changes", "changes", "whole"]
            assert "Quán Sau Nữa" in self.listed(page)
            assert asked[4:] == ["changes"]

    def test_a_clock_that_was_set_back_brings_the_whole(self, browser, base, hai_phong, asked):
        with resident(browser, base) as somebody:
            page = visit(somebody, "/hai-phong/")
            wait_until(lambda: len(kept(page, "-check")) == 2)
            with time_machine.travel(STORY_TIME + timedelta(minutes=30)):
                assert self.listed(page)
            assert asked == ["whole", "changes"]
            assert self.listed(page)
            # What it was told is older than what it has; the whole list then is not.
            assert asked[2:] == ["changes", "whole"]
            assert self.listed(page)
            assert asked[4:] == ["changes"]


def test_without_javascript_nothing_speaks_of_saving(browser, base, hai_phong):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{base}/hai-phong/")
    expect(page.locator("#saved")).to_be_hidden()
    expect(page.locator("article.notice").first).to_be_visible()
    context.close()
