"""What is sent on: the card of an entry, its addresses, and the page that it leads back to."""

import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image

from alerts.cards import card_of, message_of
from alerts.models import Figure, Notice
from locations.share_cards.signs import Sign
from portal import clock
from tests import factories
from tests.factories import correct, withdraw
from tests.pages.reading import plain
from tests.scanning import opened, scan

pytestmark = pytest.mark.usefixtures("story_time")
NEXT_YEAR = timedelta(days=365)
KINDS = ("notice", "location", "flight", "cases")
MAKERS: dict[str, Any] = {kind: getattr(factories, kind) for kind in KINDS}
# What a correction of each kind changes: the field, and what it says before and after.
CHANGES = {
    "notice": ("action", "Gọi cơ quan y tế.", "Ở nhà và gọi 115."),
    "location": ("name", "Chợ Sắt", "Chợ Đổ"),
    "flight": ("number", "VN1234", "VN1235"),
    "cases": ("cases", "2", "5"),
}
VERDICTS = {
    "unchanged": ("Đúng:", "Right:"),
    "changed": ("Đã sửa sau đó:", "Corrected since:"),
    "past": ("Đã qua:", "Past:"),
    "withdrawn": ("Đã gỡ:", "Withdrawn:"),
    "unknown": ("Không có ảnh này:", "No such picture:"),
}


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def entry(kind, hai_phong):
    return MAKERS[kind](hai_phong)


def corrected(kind, entry, story_time):
    """`entry` corrected an hour later."""
    story_time.shift(timedelta(hours=1))
    name, _before, after = CHANGES[kind]
    return correct(entry, **{name: int(after) if kind == "cases" else after})


# --- addresses


@dataclass
class Answer:
    status: int
    location: str


@pytest.fixture
def ask(client):
    def ask(address: str) -> Answer:
        response = client.get(address)
        return Answer(response.status_code, response.headers.get("Location", ""))

    return ask


@pytest.mark.parametrize("path", ["/Q/{}/1", "/q/{}/1", "/Q/{}/1/", "/Q/{}/01"])
@pytest.mark.parametrize("written", [str.upper, str.lower])
def test_a_card_leads_to_its_page_with_the_revision_it_shows(path, written, entry, ask):
    answer = ask(path.format(written(entry.code)))
    assert (answer.status, answer.location) == (302, f"{entry.get_absolute_url()}?lan=1")


@pytest.mark.parametrize("mark", ["E", "e"])
def test_an_english_card_leads_to_the_english_page(mark, entry, ask):
    answer = ask(f"/Q/{entry.code}/1{mark}")
    assert answer.location == f"/en{entry.get_absolute_url()}?lan=1"


def test_what_has_no_card_leads_to_its_page(hai_phong, ask):
    figure = factories.publish(
        Figure(province=hai_phong, what="ca mắc", value=5, as_of=clock.now())
    )
    assert ask(f"/Q/{hai_phong.code}/1").location == "/hai-phong/"
    assert ask(f"/Q/{hai_phong.follow_code}/1E").location == "/en/hai-phong/theo-doi/"
    assert ask(f"/Q/{figure.code}/1").location == "/hai-phong/"
    for code in (hai_phong.code, figure.code):
        assert ask(f"/Q/{code}/1.png").status == 404


@pytest.mark.parametrize("path", ["/Q/222222/1", "/Q/{}/", "/Q/{}/x", "/Q/{}/1F", "/Q/{}/1/2",
                                  "/Q/{}/-1", "/Q/{}/1234567890", "/Q/{}/0.png", "/Q/{}/2.png",
                                  "/Q/{}/2E.png", "/Q/{}/999999999.png", "/Q/222222/1.png",
                                  "/Q/{}/1.svg", "/Q/{}/%00.png"])  # fmt: skip
def test_what_is_no_card_is_not_found(path, hai_phong, ask):
    code = factories.location(hai_phong).code
    if path == "/Q/{}/":
        assert ask(path.format(code)).status == 302
    else:
        assert ask(path.format(code)).status == 404


def test_the_page_of_what_is_not_found_offers_to_check_the_code(hai_phong, read):
    page = read("/Q/OOOOOO/1", status=404)
    assert page.main.links["Kiểm tra mã này"] == "/xac-minh/?ma=/Q/OOOOOO/1"
    assert "Kiểm tra mã này" not in read("/khong-co/", status=404).main.links


def test_the_picture_of_an_older_revision_is_that_of_now(kind, entry, ask, story_time):
    entry = corrected(kind, entry, story_time)
    assert plain(ask(f"/Q/{entry.code}/1.png").location) == f"/Q/{entry.code}/2.png"
    assert plain(ask(f"/Q/{entry.code}/1E.png").location) == f"/Q/{entry.code}/2E.png"
    assert ask(f"/Q/{entry.code}/2.png").status == 200
    assert plain(ask(f"/q/{entry.code.lower()}/2.png").location) == f"/Q/{entry.code}/2.png"


def test_a_draft_an_embargo_and_an_exercise_have_no_card(hai_phong, ask, story_time, read):
    draft = factories.draft(Notice(province=hai_phong, title="x", action="y")).entry
    opens = clock.now() + timedelta(hours=2)
    early = factories.notice(hai_phong, publish_from=opens)
    exercise = factories.notice(hai_phong, is_exercise=True)
    for entry in (draft, early, exercise):
        for path in ("", "/1", "/1E", "/1.png", "/1E.png"):
            assert ask(f"/Q/{entry.code}{path}").status == 404
    page = read(exercise.get_absolute_url())
    assert "og:image" not in page.html
    assert not page.all("section", class_="share")
    assert f"/Q/{exercise.code}" not in page.html
    story_time.move_to(opens)
    assert ask(f"/Q/{early.code}/1.png").status == 200


# --- the picture


def test_the_picture_can_be_kept_and_is_asked_for_again_cheaply(client, entry):
    response = client.get(f"/Q/{entry.code}/1.png")
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Language"] == "vi"
    assert response.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    assert Image.open(BytesIO(response.content)).size == (1200, 630)
    etag = response.headers["ETag"]
    again = client.get(f"/Q/{entry.code}/1.png", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    head = client.head(f"/Q/{entry.code}/1.png")
    assert (head.status_code, head.headers["ETag"]) == (200, etag)


def test_its_code_leads_back_with_the_revision_and_the_language(client, kind, entry, story_time):
    assert scan(opened(client.get(f"/Q/{entry.code}/1.png").content)) == (
        f"HTTP://TESTSERVER/Q/{entry.code}/1"
    )
    entry = corrected(kind, entry, story_time)
    english = client.get(f"/Q/{entry.code}/2E.png")
    assert english.headers["Content-Language"] == "en"
    assert scan(opened(english.content)) == f"HTTP://TESTSERVER/Q/{entry.code}/2E"


def test_it_is_another_picture_once_what_it_says_has_changed(client, hai_phong):
    place = factories.location(hai_phong)
    address = f"/Q/{place.code}/1.png"
    before = client.get(address).headers["ETag"]
    notice = factories.notice(hai_phong, action="Ở nhà.", locations=[place])
    borrowed = client.get(address).headers["ETag"]
    correct(notice, action="Gọi 115.")
    assert len({before, borrowed, client.get(address).headers["ETag"]}) == 3


def test_it_is_kept_no_longer_than_it_is_in_force(client, hai_phong):
    end = clock.now() + timedelta(minutes=2)
    notice = factories.notice(hai_phong, expires_at=end)
    address = f"/Q/{notice.code}/1.png"
    assert client.get(address).headers["Cache-Control"] == "public, max-age=120"
    with time_machine.travel(end, tick=False):
        assert client.get(address).headers["Cache-Control"] == "public, max-age=300"


def test_it_asks_a_fixed_number_of_questions(client, hai_phong):
    few = [factories.location(hai_phong)]
    many = [factories.location(hai_phong, name=f"Chợ {n}") for n in range(12)]
    asked = []
    for places in (few, many):
        notice = factories.notice(hai_phong, locations=places)
        client.get(f"/Q/{notice.code}/1.png")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/Q/{notice.code}/1.png")
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12


# --- what it says


def card(entry, at=None):
    entry = type(entry).objects.public().for_lists().get(pk=entry.pk)
    return card_of(entry, at or clock.now())


def test_every_kind_says_what_where_and_when(hai_phong, binh_duong):
    place = factories.location(hai_phong, address="12 Lạch Tray")
    flight = factories.flight(hai_phong, seat_rows="12-16")
    notice = factories.notice(hai_phong, severity="important", locations=[place], flights=[flight])
    cases = factories.cases(hai_phong, also_concerns=[binh_duong], locations=[place])
    told = {entry: card(entry) for entry in (place, flight, notice, cases)}
    assert [one.sign for one in told.values()] == [
        Sign.PLACE, Sign.FLIGHT, Sign.IMPORTANT, Sign.CASES,
    ]  # fmt: skip
    assert told[place].kind == "Địa điểm liên quan ca bệnh"
    assert (told[place].headline, told[place].when) == ("Chợ Sắt", "19:00–21:30 ngày 26/03/2021")
    assert told[place].about == place.full_address
    assert (told[flight].headline, told[flight].when) == ("VN1234", flight.when)
    assert told[flight].about.endswith("(HPH) · Hàng ghế 12-16")
    assert told[notice].kind == "Thông báo quan trọng"
    assert told[notice].about == "Chuyến bay VN1234, Chợ Sắt"
    assert told[cases].headline == "2 ca mắc mới"
    assert told[cases].about == "Hải Phòng, Bình Dương (tính chung)"
    assert told[cases].when == "26/03/2021"
    for one in told.values():
        assert (one.province, one.issuer) == ("Hải Phòng", "Chính quyền Hải Phòng")
        assert one.action
        assert "Đăng lúc 08:00 26/03/2021" in one.posted
        assert one.posted.startswith("Còn hiệu lực đến 09/04/2021")


def test_what_to_do_at_a_place_is_said_by_the_notice_that_names_it(hai_phong):
    place = factories.location(hai_phong)
    assert card(place).action == "Gọi 0225 123 456"
    factories.notice(hai_phong, action="ở nhà và gọi 115.", locations=[place])
    assert card(place).action == "Ở nhà và gọi 115."
    assert card(place).action_label == "Nếu bạn đã có mặt (theo thông báo khẩn)"
    place = correct(place, action="Khai báo y tế.")
    assert (card(place).action, card(place).action_label) == ("Khai báo y tế.", "Nếu bạn đã có mặt")


def test_a_correction_is_counted_as_on_the_page(hai_phong, story_time, read):
    notice = factories.notice(hai_phong)
    for hour, words in enumerate(("Ở nhà.", "Gọi 115."), start=1):
        story_time.shift(timedelta(hours=1))
        notice = correct(notice, action=words)
        assert card(notice).posted.endswith(f"Sửa lúc {8 + hour:02}:00 26/03/2021 (lần sửa {hour})")
    assert "số 2" in read(notice.get_absolute_url()).main.text


def test_withdrawn_says_so_and_why_in_place_of_what_to_do(kind, entry):
    told = card(withdraw(entry))
    assert (told.stamp, told.sign, told.action_label) == ("ĐÃ GỠ", Sign.WITHDRAWN, "")
    assert told.action == "Không làm theo tin này nữa. Lý do: Nhầm địa điểm"
    assert told.posted.startswith("Gỡ lúc 08:00 26/03/2021")
    assert told.url.endswith("/2")


def test_past_says_so(kind, entry):
    told = card(entry, clock.now() + NEXT_YEAR)
    assert told.sign == Sign.PAST
    assert told.kind.endswith("(đã qua)")
    assert told.posted.startswith("Hết hiệu lực sau 09/04/2021")


def test_an_english_card_is_english_as_far_as_there_is_a_translation(hai_phong):
    notice = factories.notice(hai_phong, title_en="Urgent", action_en="Call 115.")
    vietnamese = factories.notice(hai_phong)
    with translation.override("en"):
        told, untranslated = card(notice), card(vietnamese)
    assert (told.kind, told.headline, told.action) == ("Urgent notice", "Urgent", "Call 115.")
    assert untranslated.action == "Gọi cơ quan y tế."
    assert told.posted == "In force until 09/04/2021 · Posted 08:00 26/03/2021"


def test_the_message_says_the_same_and_where_to_check(hai_phong):
    place = factories.location(hai_phong, action="Ở nhà.\nGọi 115.")
    lines = message_of(place, card(place)).splitlines()
    assert lines[:3] == [
        "Địa điểm liên quan ca bệnh · Hải Phòng", "Chợ Sắt", "19:00–21:30 ngày 26/03/2021",
    ]  # fmt: skip
    assert lines[4:6] == ["Nếu bạn đã có mặt: Ở nhà.", "Gọi 115."]
    assert lines[-1] == f"Kiểm tra tại: http://testserver/Q/{place.code}/1"
    withdraw(place)
    assert message_of(place, card(place)).startswith("ĐÃ GỠ\n")


# --- the page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_page_names_its_card_for_previews(prefix, kind, entry, read, client, story_time):
    entry = corrected(kind, entry, story_time)
    page = read(f"{prefix}{entry.get_absolute_url()}")
    picture = page.meta("og:image")
    assert plain(picture) == f"http://testserver/Q/{entry.code}/2{'E' if prefix else ''}.png"
    assert client.get(picture.removeprefix("http://testserver")).status_code == 200
    assert (page.meta("og:image:width"), page.meta("og:image:height")) == ("1200", "630")
    assert page.meta("og:image:type") == "image/png"
    assert page.meta("twitter:card") == "summary_large_image"
    alt = page.meta("og:image:alt")
    assert "Hải Phòng" in alt
    assert f"testserver/Q/{entry.code}/2" in alt


def test_the_page_of_the_province_shows_the_card_of_its_first_notice(hai_phong, read):
    assert "og:image" not in read("/hai-phong/").html
    factories.notice(hai_phong, severity="information")
    urgent = factories.notice(hai_phong)
    pictured = read("/hai-phong/").meta("og:image")
    assert plain(pictured) == f"http://testserver/Q/{urgent.code}/1.png"


def test_a_page_offers_picture_and_words_without_javascript(entry, read):
    share = read(entry.get_absolute_url()).main.one("section", class_="share")
    download = share.one("a")
    assert download.text == "Tải ảnh để gửi qua Zalo"
    assert plain(download.get("href")) == f"/Q/{entry.code}/1.png"
    assert download.get("download").endswith(".png")
    field = share.one("textarea")
    assert "readonly" in field.attributes
    assert field.text.endswith(f"http://testserver/Q/{entry.code}/1")
    assert share.one("label").get("for") == field.get("id")
    button = share.one("button")
    assert "hidden" in button.attributes
    assert button.get("data-copies") == field.get("id")
    assert share.all(role="status", tag="span")
    assert share.one("img").get("alt")


def verdict(page):
    """The state that stands first, and what is told of it."""
    first = next(one for one in page.main if "status" in one.get("class").split())
    [state] = set(first.get("class").split()) & set(VERDICTS)
    return state, first


def expected_of(state: str, asked: str, revision: int) -> str:
    if asked == "to come" or asked == "nonsense" or (asked == "older" and revision == 1):
        return "unknown"
    if state in ("withdrawn", "past"):
        return state
    return "changed" if asked == "older" else "unchanged"


@pytest.mark.parametrize("state", ["unchanged", "corrected", "withdrawn", "past"])
def test_every_state_meets_every_card(state, kind, entry, read, story_time, subtests):
    if state != "unchanged":
        entry = corrected(kind, entry, story_time)
    if state == "withdrawn":
        entry = withdraw(entry)
    if state == "past":
        story_time.shift(NEXT_YEAR)
    number = entry.revision_number
    numbers = {
        "same": number, "older": number - 1, "to come": number + 1, "nonsense": "2'--",
    }  # fmt: skip
    for english, path in enumerate((entry.get_absolute_url(), f"/en{entry.get_absolute_url()}")):
        with subtests.test(f"none {path}"):
            assert not read(path).main.all("section", class_="verdict")
        for asked, shown in numbers.items():
            with subtests.test(f"{asked} {path}"):
                page = read(path, {"lan": str(shown)})
                assert page.one("link", rel="canonical").get("href") == f"http://testserver{path}"
                found, box = verdict(page)
                expected = expected_of(state, asked, number)
                assert found == expected
                assert VERDICTS[expected][english] in box.text
                assert box.one("svg").get("aria-hidden") == "true"
                if expected == "changed" or (expected == "past" and asked == "older"):
                    _name, before, after = CHANGES[kind]
                    assert before in box.one("del").text
                    assert after in box.one("ins").text
                    assert "Gọi lại cơ sở" in box.text
                else:
                    assert not box.all("ins")
                assert ("Nhầm địa điểm" in box.text) == (expected == "withdrawn")


def test_the_verdict_stands_before_everything_else_and_once(hai_phong, read):
    notice = factories.notice(hai_phong)
    main = read(notice.get_absolute_url(), {"lan": "1"}).main
    assert len([one for one in main if "status" in one.get("class").split()]) == 1
    words = main.text
    assert words.index("Đúng:") < words.index(notice.title)
    unknown = read(notice.get_absolute_url(), {"lan": "7"}).main
    assert len([one for one in unknown if "status" in one.get("class").split()]) == 2


@pytest.mark.parametrize("asked", ["\x00", "9" * 10_000, "\u202e1", "<script>", "1&lan=2"])
def test_nonsense_is_not_repeated(asked, hai_phong, read):
    place = factories.location(hai_phong)
    page = read(place.get_absolute_url(), {"lan": asked})
    assert verdict(page)[0] == "unknown"
    assert asked not in page.main.text


def test_what_else_the_picture_told_of_is_named_when_it_has_changed(hai_phong, read, story_time):
    """The notice itself is unchanged, but one place was corrected and another withdrawn."""
    places = [factories.location(hai_phong, name=f"Chợ {n}") for n in "ABC"]
    notice = factories.notice(hai_phong, locations=places)
    address, query = notice.get_absolute_url(), {"lan": "1"}
    assert "nay cũng đã thay đổi" not in read(address, query).main.text
    story_time.shift(timedelta(hours=1))
    correct(places[0], address="12 Lạch Tray")
    withdraw(places[1])
    state, box = verdict(read(address, query))
    assert state == "unchanged"
    links = box.links
    assert list(links) == ["Chợ A", "Chợ B"]
    assert "đã đính chính" in box.text
    assert "đã gỡ" in box.text


def test_the_notice_that_says_what_to_do_at_a_place_is_named_when_it_has_changed(
    hai_phong, read, story_time
):
    place = factories.location(hai_phong)
    notice = factories.notice(hai_phong, title="Về Chợ Sắt", locations=[place])
    story_time.shift(timedelta(hours=1))
    correct(notice, action="Ở nhà.")
    state, box = verdict(read(place.get_absolute_url(), {"lan": "1"}))
    assert (state, list(box.links)) == ("unchanged", ["Về Chợ Sắt"])


# --- what to do where one was


@pytest.mark.parametrize("maker", ["location", "flight"])
def test_a_page_says_what_the_notice_asks_and_that_it_is_the_notice(maker, hai_phong, read):
    entry = MAKERS[maker](hai_phong)
    link = "locations" if maker == "location" else "flights"
    notice = factories.notice(
        hai_phong, title="Về Chợ Sắt", action="Ở nhà.", action_en="Stay home.", **{link: [entry]}
    )
    for prefix, words in (("", "Ở nhà."), ("/en", "Stay home.")):
        page = read(f"{prefix}{entry.get_absolute_url()}")
        box = page.main.one("section", class_="notice")
        assert words in box.one("div", class_="action").text
        assert box.links["Về Chợ Sắt"] == f"{prefix}{notice.get_absolute_url()}"
        named = page.main.one("section", class_="named")
        assert named.links == {"Về Chợ Sắt": f"{prefix}{notice.get_absolute_url()}"}


def test_its_own_words_stand_alone_but_the_notice_is_still_named(hai_phong, read):
    place = factories.location(hai_phong, action="Khai báo y tế.")
    factories.notice(hai_phong, title="Về Chợ Sắt", action="Ở nhà.", locations=[place])
    page = read(place.get_absolute_url())
    box = page.main.one("section", class_="notice")
    assert "Ở nhà." not in box.text
    assert "Về Chợ Sắt" not in box.text
    assert page.main.one("section", class_="named").links


def test_a_notice_no_longer_in_force_is_not_named(hai_phong, read):
    place = factories.location(hai_phong)
    notice = factories.notice(hai_phong, action="Ở nhà.", locations=[place])
    withdraw(notice)
    page = read(place.get_absolute_url())
    assert not page.main.all("section", class_="named")
    assert "Ở nhà." not in page.main.text


def test_the_page_asks_the_same_for_one_notice_and_for_ten(hai_phong, client):
    place = factories.location(hai_phong)
    address = f"{place.get_absolute_url()}?lan=1"
    asked = []
    for count in (1, 9):
        for _each in range(count):
            factories.notice(hai_phong, locations=[place])
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 18


@pytest.mark.parametrize("path", ["", "?lan=1", "?lan=x"])
def test_a_page_sets_no_cookie(path, entry, client):
    response = client.get(f"{entry.get_absolute_url()}{path}")
    assert "Set-Cookie" not in response.headers
    assert not re.search("csrf", unescape(response.content.decode()), re.I)
