"""The page "Was I there?" in a real browser: its three ways in, what it answers, and that nothing
which a resident enters leaves the device."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from locations.models import Division, Province
from tests.browser import DESKTOP, PHONE, SMALL_PHONE, Visitor, visitor
from tests.conftest import STORY_TIME

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]

PREFIXES = {"vi": "", "en": "/en"}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
# A finger's width.
TARGET = 44


@pytest.fixture(scope="module")
def story(browser, django_db_setup, django_db_blocker) -> Iterator[str]:
    """The address of a portal at the time of the story, with a hotline in Hải Phòng.

    One for all tests here, which only read: to tell the story takes longer than any of them.
    """
    with django_db_blocker.unblock(), time_machine.travel(STORY_TIME):
        call_command("load_story", verbosity=0)
        province = Province.objects.get(slug="hai-phong")
        province.hotlines.create(label="CDC Hải Phòng", number="0225 123 456")
        server = LiveServer("localhost")
        try:
            yield server.url
        finally:
            server.stop()
            call_command("flush", interactive=False, verbosity=0)
            call_command("load_divisions", verbosity=0)


@pytest.fixture
def resident(browser, story) -> Iterator[Visitor]:
    """On a phone, with the Vietnamese page open and its list loaded."""
    with visitor(browser, story, PHONE, touch=True) as resident:
        opened(resident)
        yield resident
        assert resident.faults == []


def opened(resident: Visitor, language: str = "vi") -> Page:
    page = resident.open(f"{PREFIXES[language]}/kiem-tra/")
    expect(page.locator("#about-list")).not_to_be_empty()
    return page


# --- what a resident does


def field(page: Page, name: str, row: int = 0, of: str = "#stays") -> Locator:
    return page.locator(of).locator(f"[data-field={name}]").nth(row)


def write_place(page: Page, what: str, day: str, *hours: str, row: int = 0) -> None:
    field(page, "what", row).fill(what)
    field(page, "day", row).fill(day)
    for name, hour in zip(("from", "to"), hours, strict=False):
        field(page, name, row).fill(hour)


def write_flight(page: Page, number: str, day: str) -> None:
    page.locator("#by-flight > summary").click()
    field(page, "what", of="#flights").fill(number)
    field(page, "day", of="#flights").fill(day)


def choose_file(page: Page, content: bytes | Path, name: str = "Records.json") -> None:
    page.locator("#by-file > summary").click()
    if isinstance(content, Path):
        page.set_input_files("#file", content)
    else:
        file = {"name": name, "mimeType": "application/json", "buffer": content}
        page.set_input_files("#file", files=[file])


def check(page: Page) -> Locator:
    """Presses the button; what was found, once it is there."""
    page.locator("#go").click()
    found = page.locator("#found")
    expect(found).to_be_visible()
    expect(page.locator("#h-found")).to_be_focused()
    return found


def records(points: int = 120, *, every: int = 60) -> list[dict[str, object]]:
    """Positions in the middle of Đại Hợp on the evening of 22/03/2021, as Google Takeout has it."""
    commune = Division.objects.get(pk="2004-11752")
    assert commune.latitude
    assert commune.longitude
    begins = datetime.fromisoformat("2021-03-22T19:00:00+07:00")
    return [
        {
            "timestamp": (begins + timedelta(seconds=every * number)).isoformat(),
            "latitudeE7": round(commune.latitude * 1e7) + number % 90,
            "longitudeE7": round(commune.longitude * 1e7),
            "accuracy": 20,
        }
        for number in range(points)
    ]


def history(points: int = 120, **options: int) -> bytes:
    return json.dumps({"locations": records(points, **options)}).encode()


# --- the story


@pytest.mark.parametrize("size", SIZES)
def test_the_places_and_the_flight_of_the_story_are_found(size, browser, story, subtests):
    expected = {
        "vi": {
            "action": "Liên hệ lực lượng chức năng hoặc khai báo với cơ quan y tế.",
            "groups": ["Trùng khớp: bạn đã ở đó", "Nhiều khả năng trùng", "Có thể trùng"],
            "names": ["Chuyến bay VJ458", "khách sạn Pari", "259-260 khu dân cư Oasis 2"],
            "when": ["12:15 ngày 22/03/2021 (theo thông báo)",
                     "23/03/2021 – 25/03/2021 (chưa rõ giờ)", "chưa rõ thời gian"],
            "why": ["Đúng chuyến bay này, cùng ngày.", "Cùng ngày, chưa rõ giờ.",
                    "Chưa rõ việc xảy ra ở đó vào lúc nào."],
            "call": "Gọi 0225 123 456",
            "heading": "Trùng 3 mục trong danh sách",
        },
        "en": {
            "action": "Contact the authorities or report to a health facility.",
            "groups": ["It matches: you were there", "It probably matches", "It may match"],
            "names": ["Flight VJ458", "khách sạn Pari (Pari hotel)",
                      "259-260 khu dân cư Oasis 2 (259-260 Oasis 2 residential area)"],
            "when": ["22/03/2021, 12:15 as announced", "23/03/2021 – 25/03/2021 (hours not known)",
                     "time not known"],
            "why": ["The same flight, on the same day.", "The same day, hour not known.",
                    "It is not known when it happened there."],
            "call": "Call 0225 123 456",
            "heading": "3 matches in the list",
        },
    }  # fmt: skip
    for language, said in expected.items():
        with (
            subtests.test(language),
            visitor(browser, story, SIZES[size], touch=size == "phone") as resident,
        ):
            page = opened(resident, language)
            assert page.locator("#stays [data-field=what]").count() == 1
            write_place(page, "khách sạn Pari", "24/03/2021")
            page.locator("#add-stay").click()
            write_place(page, "oasis", "20/3/2021", row=1)
            write_flight(page, "vj 458", "22/03/2021")
            found = check(page)
            expect(page.locator("#h-found")).to_have_text(said["heading"])
            groups = found.locator(".notice")
            expect(groups.locator("h3")).to_have_text(said["groups"])
            expect(groups.locator(".action")).to_have_text([said["action"]] * 3)
            expect(groups.locator(".matches a")).to_have_text(said["names"])
            expect(groups.locator(".when")).to_have_text(said["when"])
            expect(groups.locator(".because")).to_have_text(said["why"])
            # First what to do, then whom to call, then what it is about.
            first = groups.first
            tops = first.evaluate(
                """group => [".action", ".call", ".matches"]
                    .map((part) => group.querySelector(part).getBoundingClientRect().top)"""
            )
            assert tops == sorted(tops)
            call = first.locator(".call")
            expect(call).to_contain_text(said["call"])
            expect(call).to_have_attribute("href", "tel:0225123456")
            assert call.bounding_box()["height"] >= TARGET
            assert resident.overflow == 0
            assert resident.faults == []
            with page.expect_navigation():
                groups.nth(1).locator(".matches a").click()
            expect(page.locator("h1")).to_contain_text("khách sạn Pari")


def test_what_to_do_is_on_the_first_screen_of_the_answer(resident):
    page = resident.page
    write_place(page, "pari", "24/03/2021")
    for what_counts in check(page).locator("#h-found, .action, .call").all():
        expect(what_counts).to_be_in_viewport(ratio=1)


def test_a_ward_stands_for_all_places_in_it(resident):
    page = resident.page
    write_place(page, "phường An Phú", "24/03/2021")
    found = check(page)
    expect(found.locator("h3")).to_have_text(["Có thể trùng"])
    expect(found.locator(".matches a")).to_have_count(2)
    expect(found.locator(".because").first).to_contain_text("Cùng phường An Phú.")


def test_a_commune_that_is_listed_itself_is_more_than_a_perhaps(resident):
    page = resident.page
    write_place(page, "dai hop", "22/03/2021")
    found = check(page)
    expect(found.locator("h3")).to_have_text(["Nhiều khả năng trùng"])
    expect(found.locator(".matches a")).to_have_text(["xã Đại Hợp"])


def test_a_file_with_positions_in_the_commune_is_a_coarse_perhaps(resident):
    page = resident.page
    choose_file(page, history())
    found = check(page)
    expect(found.locator("h3")).to_have_text(["Có thể trùng"])
    matches = found.locator(".matches li")
    expect(matches.filter(has_text="Đại Hợp").locator(".because")).to_have_text(
        "Theo tệp của bạn: bạn ở trong khu vực này; chưa rõ chính xác chỗ nào trong khu vực."
    )
    about = page.locator("#about-results")
    expect(about).to_contain_text("Tệp của bạn: 120 vị trí, từ 22/03/2021 đến 22/03/2021.")
    expect(about).to_contain_text("Tệp không so được với 2 địa điểm")
    expect(about).to_contain_text(
        re.compile(r"Danh sách lúc 08:\d\d 26/03/2021: 5 địa điểm, 1 chuyến bay")
    )


def test_where_nothing_matches_it_says_what_that_does_not_mean(resident):
    page = resident.page
    write_place(page, "khách sạn Pari", "22/03/2021")
    page.locator("#add-stay").click()
    write_place(page, "Vincom Lê Thánh Tông", "24/03/2021", row=1)
    found = check(page)
    expect(page.locator("#h-found")).to_have_text("Không trùng mục nào trong danh sách")
    expect(found).to_contain_text("“Vincom Lê Thánh Tông” không có trong danh sách.")
    expect(found).to_contain_text("thường chậm vài ngày")
    expect(found).to_contain_text("không có nghĩa là bạn chắc chắn không tiếp xúc")
    expect(found).to_contain_text("Nếu sốt, ho hoặc khó thở, hãy gọi cơ sở y tế")
    found.locator("summary").click()
    expect(found.locator(".call")).to_have_attribute("href", "tel:0225123456")


# --- with the keyboard alone


def test_everything_can_be_done_with_the_keyboard(browser, story):
    with visitor(browser, story, DESKTOP) as resident:
        page = opened(resident)
        what = field(page, "what")
        what.focus()
        page.keyboard.type("ho")
        expect(what).to_have_attribute("aria-expanded", "true")
        expect(page.locator("#said")).to_contain_text("gợi ý")
        options = page.locator(f"#{what.get_attribute('aria-controls')} [role=option]")
        chosen = options.first
        page.keyboard.press("ArrowDown")
        expect(chosen).to_have_attribute("aria-selected", "true")
        expect(what).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
        page.keyboard.press("ArrowUp")
        expect(what).not_to_have_attribute("aria-activedescendant", re.compile("."))
        page.keyboard.press("ArrowUp")
        expect(options.last).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(what).to_have_attribute("aria-expanded", "false")
        expect(what).to_have_value("ho")
        page.keyboard.press("Escape")
        expect(what).to_have_value("")
        page.keyboard.type("pari")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(what).to_have_value("khách sạn Pari")
        expect(options.first).to_be_hidden()
        page.keyboard.press("Tab")
        expect(field(page, "day")).to_be_focused()
        page.keyboard.type("24/03/2021")
        page.keyboard.press("Enter")
        expect(page.locator("#h-found")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("#found a").first).to_be_focused()


def test_a_screen_reader_hears_names_problems_and_the_answer(resident):
    page = resident.page
    field(page, "day").fill("31/02/2021")
    page.locator("#go").click()
    for name, problem in {
        "what": "Hãy nhập tên nơi đó, hoặc tên phường, xã.",
        "day": "Không có ngày này trong lịch.",
    }.items():
        expect(field(page, name)).to_have_attribute("aria-invalid", "true")
        expect(field(page, name)).to_have_accessible_description(problem)
    expect(field(page, "what")).to_be_focused()
    expect(field(page, "what")).to_have_accessible_name("Địa điểm, hoặc phường, xã")
    expect(field(page, "what")).to_have_role("combobox")
    field(page, "day").fill("24/03/2021")
    expect(field(page, "day")).not_to_have_attribute("aria-invalid", "true")


# --- what was mistyped


@pytest.mark.parametrize(
    ("typed", "name", "problem"),
    [
        (("", "24/03/2021"), "what", "Hãy nhập tên nơi đó"),
        (("phường", "24/03/2021"), "what", "Có nhiều nơi phù hợp"),
        (("pari", ""), "day", "Hãy nhập ngày, ví dụ 24/03/2021"),
        (("pari", "hôm qua"), "day", "ngày/tháng/năm"),
        (("pari", "31/02/2021"), "day", "Không có ngày này"),
        (("pari", "27/03/2021"), "day", "Ngày này chưa đến"),
        (("pari", "24/03/2021", "25"), "from", "19:30 hoặc 19h30"),
        (("pari", "24/03/2021", "19:00"), "to", "cả hai giờ"),
        (("pari", "24/03/2021", "19:00", "19h"), "to", "phải khác"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(typed, name, problem, resident):
    page = resident.page
    write_place(page, *typed)
    page.locator("#go").click()
    expect(page.locator(f"[data-problem={name}]").first).to_contain_text(problem)
    expect(field(page, name)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#found")).to_be_hidden()


def test_an_empty_form_says_what_to_do(resident):
    resident.page.locator("#go").click()
    expect(resident.page.locator("#nothing-entered")).to_contain_text("Hãy nhập một nơi và ngày")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PK\x03\x04 and more", ".zip"),
        (b"Chao ban", "không phải lịch sử vị trí"),
        (b'{"locations": []}', "không có vị trí nào"),
        (b'{"locations": [{"timestamp": "2021', "bị hỏng"),
        (b'{"a": 1}', "Không đọc được loại tệp"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_to_be_so(content, problem, resident):
    page = resident.page
    choose_file(page, content)
    page.locator("#go").click()
    expect(page.locator("#file-problem")).to_contain_text(problem)
    expect(page.locator("#found")).to_be_hidden()
    expect(page.locator("#progress")).to_be_hidden()


def test_a_long_comparison_shows_how_far_it_is_and_can_be_cancelled(resident, tmp_path):
    file = tmp_path / "Records.json"
    one = ",".join(map(json.dumps, records(20_000)))
    file.write_text(f'{{"locations": [{",".join([one] * 40)}]}}')
    page = resident.page
    choose_file(page, file)
    page.locator("#go").click()
    expect(page.locator("#cancel")).to_be_focused()
    expect(page.locator("#phase")).to_have_text("Đang đọc tệp…")
    expect(page.locator("#done")).not_to_have_js_property("value", 0)
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_be_hidden()
    expect(page.locator("#found")).to_be_hidden()
    expect(page.locator("#go")).to_be_focused()
    page.locator("#forget-file").click()
    write_place(page, "pari", "24/03/2021")
    expect(check(page).locator(".matches a")).to_have_text(["khách sạn Pari"])


# --- nothing leaves the device

ENTERED = ["pari", "an phu", "an%20phu", "dai hop", "vj458", "vj 458", "24/03", "2021-03", "206",
           "records", "1616"]  # fmt: skip


def test_nothing_that_is_entered_leaves_the_device(browser, story):
    with visitor(browser, story, PHONE, touch=True) as resident:
        asked = []
        resident.context.on("request", lambda request: asked.append(request))
        page = opened(resident)
        address = page.url
        before = len(asked)
        field(page, "what").press_sequentially("khách sạn Pari")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        field(page, "day").fill("24/03/2021")
        field(page, "day").press("Enter")
        expect(page.locator("#h-found")).to_be_focused()
        page.locator("#add-stay").click()
        write_place(page, "phường An Phú", "24/03/2021", "19:00", "20:00", row=1)
        write_flight(page, "VJ458", "22/03/2021")
        choose_file(page, history())
        assert check(page).locator(".matches a").count() >= 5
        page.wait_for_load_state("networkidle")
        own = urlsplit(story).netloc
        for request in asked:
            parts = urlsplit(request.url)
            assert (request.method, request.post_data, parts.netloc) == ("GET", None, own)
            assert parts.query == ""
            is_page = parts.path == "/kiem-tra/"
            assert is_page or parts.path.startswith("/static/") or parts.path.endswith("/data.json")
            said = json.dumps([request.url, request.all_headers()]).lower()
            assert not [text for text in ENTERED if text in said]
        # The worker's own scripts may still be on their way when the list is there.
        later = [urlsplit(request.url).path for request in asked[before:]]
        assert [path for path in later if not path.startswith("/static/js/check/")] == []
        assert page.url == address
        kept = page.evaluate(
            """async () => ({
                local: {...localStorage}, session: {...sessionStorage}, cookie: document.cookie,
                databases: await indexedDB.databases(), name: window.name, state: history.state,
                caches: 'caches' in window ? await caches.keys() : [],
            })"""
        )
        assert kept == {
            "local": {}, "session": {}, "cookie": "", "databases": [], "name": "", "state": None,
            "caches": [],
        }  # fmt: skip
        assert resident.context.cookies() == []
        assert resident.faults == []


def test_no_browser_could_send_or_keep_the_form(resident):
    """Though the script failed: no field has a name, the form no address, and nothing is filled in
    from what was typed before."""
    page = resident.page
    form = page.locator("form#check")
    for attribute in ("action", "method", "name"):
        assert form.get_attribute(attribute) is None
    assert form.get_attribute("autocomplete") == "off"
    fields = form.locator("input, select, textarea").all()
    assert len(fields) >= 7
    assert [one.get_attribute("name") for one in fields] == [None] * len(fields)


def test_once_open_it_answers_without_a_network(resident):
    page = resident.page
    page.wait_for_load_state("networkidle")
    resident.context.set_offline(True)
    write_place(page, "pari", "24/03/2021")
    write_flight(page, "VJ458", "22/03/2021")
    choose_file(page, history())
    found = check(page)
    names = found.locator(".matches a").all_inner_texts()
    assert {"Khách sạn Pari", "Chuyến bay VJ458", "Xã Đại Hợp"} <= {
        n[:1].upper() + n[1:] for n in names
    }


# --- when something is missing


def test_what_has_expired_since_the_page_was_opened_is_left_out(browser, story):
    with visitor(browser, story, PHONE, touch=True) as resident:
        resident.page.clock.install(time=STORY_TIME)
        page = opened(resident)
        write_place(page, "pari", "24/03/2021")
        expect(check(page).locator(".matches a")).to_have_count(1)
        resident.context.set_offline(True)
        page.clock.fast_forward(timedelta(days=14) // timedelta(milliseconds=1))
        page.locator("#go").click()
        expect(page.locator("#h-found")).to_have_text("Không trùng mục nào trong danh sách")


def test_a_page_that_was_open_for_long_asks_for_the_list_again(browser, story):
    def earlier(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("khách sạn Pari", "chợ Sắt"))

    with visitor(browser, story, PHONE, touch=True) as resident:
        resident.page.clock.install(time=STORY_TIME)
        resident.context.route("**/data.json", earlier)
        page = opened(resident)
        write_place(page, "pari", "24/03/2021")
        expect(check(page)).to_contain_text("“pari” không có trong danh sách")
        resident.context.unroute("**/data.json")
        # As if what it knows could not be followed: the whole list comes.
        resident.context.route("**/data.json?tu=*", lambda route: route.fulfill(
            status=302, headers={"Location": "/kiem-tra/data.json"}
        ))  # fmt: skip
        page.clock.fast_forward("31:00")
        page.locator("#go").click()
        expect(page.locator(".matches a")).to_have_text(["khách sạn Pari"])


def test_a_list_that_does_not_come_is_said_to_be_missing_and_asked_for_again(browser, story):
    with visitor(browser, story, PHONE, touch=True) as resident:
        resident.context.route("**/data.json", lambda route: route.abort())
        page = resident.open("/kiem-tra/")
        expect(page.locator("#check-offline")).to_be_visible()
        page.locator("#go").click()
        expect(page.locator("#found")).to_be_hidden()
        resident.context.unroute("**/data.json")
        page.locator("#check-again").click()
        expect(page.locator("#check-offline")).to_be_hidden()
        write_place(page, "pari", "24/03/2021")
        expect(check(page).locator(".matches a")).to_have_count(1)


def test_without_a_script_it_leads_to_search_and_lists(browser, story):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{story}/kiem-tra/")
    expect(page.locator("form#check")).to_be_hidden()
    expect(page.locator("noscript a").first).to_be_visible()
    page.locator("noscript a").first.click()
    page.locator("main input[name=q]").fill("dai hop")
    page.locator("main form button").click()
    expect(page.locator("li.location h3")).to_have_text(["xã Đại Hợp"])
    context.close()


def test_where_the_script_is_lost_on_the_way_the_page_says_so_after_a_while(browser, story):
    with visitor(browser, story, PHONE, touch=True) as resident:
        resident.context.route("**/js/check/page.js", lambda route: route.abort())
        page = resident.open("/kiem-tra/")
        stuck = page.locator("#check-stuck")
        assert stuck.bounding_box()["height"] == 0
        expect(stuck).to_be_visible()
        expect(stuck.get_by_role("link").first).to_be_visible()


# --- how it looks


def test_it_fits_every_screen_and_every_target_a_finger(browser, story, subtests):
    for size in (SMALL_PHONE, PHONE, DESKTOP):
        for language in PREFIXES:
            with (
                subtests.test(f"{size['width']} px, {language}"),
                visitor(browser, story, size, touch=size is not DESKTOP) as resident,
            ):
                page = opened(resident, language)
                page.locator("#add-stay").click()
                write_place(page, "Vincom", "24/3", "25")
                page.locator("#by-flight > summary").click()
                page.locator("#by-file > summary").click()
                page.locator("#go").click()
                field(page, "what").fill("p")
                assert resident.overflow == 0
                small = page.eval_on_selector_all(
                    "main button, main input, main summary, main .options li",
                    """(all, least) => all
                        .filter((one) => one.offsetParent && one.offsetHeight < least)
                        .map((one) => one.outerHTML)""",
                    TARGET,
                )
                assert small == []
                assert resident.faults == []
