"""The file of the check: what is in it and what never is, how small it is, and what a phone reads
out of it, which is what the pages of the portal say."""

import json
import re
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from alerts.models import Notice
from locations import wording
from locations.made_load import MadeLoad
from locations.models import Division, ExposureLocation, ExposureWindow, Flight
from portal import clock
from portal.pages.check import version
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from portal.settings import BASE_DIR
from portal.text import fold
from portal.web.page_cache.page import Page
from tests import factories

pytestmark = pytest.mark.usefixtures("story_time")

ADDRESSES = {"vi": "/kiem-tra/data.json", "en": "/en/kiem-tra/data.json"}
SECRET = "Chợ Bí Mật"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Of one window, in bytes as it is served, with what belongs to it.
LARGEST_WINDOW = 25
MOST_QUERIES = 15


def node(script: str, given: Any) -> Any:
    """What a script of tests/js answers."""
    ran = subprocess.run(
        ["node", BASE_DIR / "tests" / "js" / script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(ran.stdout)


def decoded(client, language: str = "vi") -> dict[str, Any]:
    """What the phone makes of the file."""
    response = client.get(ADDRESSES[language])
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    with translation.override(language):
        phrases = wording.window_phrases()
    return node("decoded.mjs", {"file": response.json(), "phrases": phrases})


def names(client, language: str = "vi") -> set[str]:
    return {entry["name"] for entry in decoded(client, language)["entries"]}


# --- what a phone reads is what the pages say


@pytest.fixture
def every_kind(hai_phong, binh_duong) -> None:
    """Places of every precision of time and point, in units of both eras, and a flight."""
    commune = Division.objects.get(pk="2004-11752")  # xã Đại Hợp
    day = date(2021, 3, 22)
    known = {
        "Cả hai giờ": factories.windows(day),
        "Qua nửa đêm": factories.windows((day, date(2021, 3, 23)), start=time(22), end=time(0, 30)),
        "Đến nửa đêm": factories.windows((day, date(2021, 3, 23)), start=time(22), end=time(0)),
        "Chỉ giờ đầu": factories.windows(day, end=None),
        "Chỉ giờ cuối": factories.windows(day, start=None),
        "Giờ cuối là nửa đêm": factories.windows((day, date(2021, 3, 23)), start=None, end=time(0)),
        "Một ngày": factories.windows(day, start=None, end=None),
        "Nhiều ngày": factories.windows((day, date(2021, 3, 24)), start=None, end=None),
        "Nhiều ngày, giờ đầu": factories.windows((day, date(2021, 3, 24)), end=None),
        "Nhiều ngày, giờ cuối": factories.windows((day, date(2021, 3, 24)), start=None),
        "Nhiều lần": factories.windows(date(2021, 3, 20), day, None),
        "Không rõ": factories.windows(None),
        "Không có lúc nào": [],
    }
    for name, windows in known.items():
        place = ExposureLocation(province=hai_phong, name=name, kind="shop", ward=commune)
        factories.publish(place, children={"windows": windows})
    factories.location(hai_phong, name="xã Đại Hợp", kind="area", ward=commune, tier="close")
    factories.location(
        hai_phong, name="Có điểm", address="12 Lê Lợi", ward=commune, latitude=20.6912345,
        longitude=106.7123456, name_en="With a point", action="Gọi.", action_en="Call.",
    )  # fmt: skip
    factories.location(
        hai_phong, name="Khu có điểm", kind="area", ward=commune, latitude=20.69, longitude=106.71
    )
    since_2025 = Division.objects.wards().filter(pk__startswith="2025-", parent__code="31").first()
    factories.location(hai_phong, name="Phường mới", ward=since_2025)
    factories.location(hai_phong, name="Chỉ quận", district=commune.parent, tier="monitor")
    factories.location(hai_phong, name="Chỉ tỉnh", address="Quốc lộ 10")
    factories.location(hai_phong, name="Đến giờ lẻ", expires_at=clock.now() + 90.5 * MINUTE)
    factories.location(binh_duong, name='"Ngoặc", \\ và </script>', action="Chỉ tiếng Việt.")
    factories.flight(
        binh_duong, number="VJ458", origin="PQC", destination="HAN", seat_rows="12-16, 20"
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_phone_reads_what_the_pages_say(language, every_kind, client, subtests):
    read = decoded(client, language)
    entries = {entry["code"]: entry for entry in read["entries"]}
    listed = [*ExposureLocation.objects.listed().for_lists(), *Flight.objects.listed()]
    assert len(entries) == len(read["entries"]) == len(listed) == 22
    with translation.override(language):
        for expected in listed:
            with subtests.test(str(expected)):
                says_the_same(entries[expected.code], expected, read)
    assert read["at"] == "2021-03-26T08:00:00+07:00"


def says_the_same(read: dict[str, Any], expected: Any, whole: dict[str, Any]) -> None:
    assert read["url"] == expected.get_absolute_url()
    province = whole["provinces"][read["province"]]
    assert (province["slug"], province["url"]) == (
        expected.province.slug,
        expected.province.get_absolute_url(),
    )
    # Half a minute is given to the reader, never taken.
    assert timedelta() <= moment_of(read["listedUntil"]) - expected.listed_until < MINUTE
    english = translation.get_language() == "en"
    actions = [(english and expected.action_en) or expected.action] if expected.action else []
    assert read["actions"] == actions
    untranslated = bool(english and expected.action and not expected.action_en)
    assert (set(actions) <= set(whole["vietnamese"])) == (untranslated or not actions)
    if isinstance(expected, Flight):
        flight_says_the_same(read, expected)
    else:
        place_says_the_same(read, expected, whole["units"])


def flight_says_the_same(read: dict[str, Any], flight: Flight) -> None:
    assert read["kind"] == "flight"
    assert read["number"] == read["name"] == flight.number
    assert read["date"] == flight.date.isoformat()
    assert (read["rows"], read["route"]) == (flight.seat_rows, flight.route)
    assert read["when"] == flight.when


def place_says_the_same(
    read: dict[str, Any], place: ExposureLocation, units: list[dict[str, Any]]
) -> None:
    assert read["kind"] == "place"
    assert (read["name"], read["where"], read["tier"]) == (
        place.name,
        place.full_address,
        place.tier,
    )
    assert read["english"] == (place.name_en if translation.get_language() == "en" else "")
    assert [window["when"] for window in read["windows"]] == [w.when for w in place.windows.all()]
    for window, expected in zip(read["windows"], place.windows.all(), strict=True):
        spans_the_same(window, expected)
    point = place.point
    if point is None:
        assert read["point"] is None
    else:
        exact = 0.0005 if place.latitude is None else 0.000005
        assert read["point"]["latitude"] == pytest.approx(point.latitude, abs=exact * 1.001)
        assert read["point"]["longitude"] == pytest.approx(point.longitude, abs=exact * 1.001)
        assert read["point"]["radius"] == point.radius
        assert read["point"]["approximate"] == point.is_approximate
    above = place.district or (place.ward and place.ward.parent)
    district = above if above and above.level == Division.Level.DISTRICT else None
    for unit, key in ((place.ward, "ward"), (district, "district")):
        assert (read[key] is None) == (unit is None)
        if unit:
            assert units[read[key]]["name"] == unit.full_name


def spans_the_same(read: dict[str, Any], window: ExposureWindow) -> None:
    """A day without an hour begins at its midnight, or ends at the next one."""
    assert read["startKnown"] == (window.starts_at is not None)
    assert read["endKnown"] == (window.ends_at is not None)
    if window.starts_on is None or window.ends_on is None:
        assert read["start"] is read["end"] is None
        return
    assert moment_of(read["start"]) == (window.starts_at or midnight(window.starts_on))
    assert moment_of(read["end"]) == (window.ends_at or midnight(window.ends_on + DAY))


def moment_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


# --- only what is listed


def unlisted(how: str, hai_phong) -> Any:
    """A place that must not be in the file, by why it is not."""
    if how == "draft":
        place, children = factories.location_draft(hai_phong, name=SECRET)
        return factories.draft(place, children=children).entry
    if how == "submitted":
        place, children = factories.location_draft(hai_phong, name=SECRET)
        revision = factories.draft(place, children=children)
        workflow.submit(revision=revision, by=revision.author)
        return revision.entry
    if how == "exercise":
        return factories.location(hai_phong, name=SECRET, is_exercise=True)
    if how == "embargoed":
        return factories.location(hai_phong, name=SECRET, publish_from=clock.now() + MINUTE)
    if how == "expired":
        return factories.location(hai_phong, name=SECRET, on=(date(2021, 3, 1),))
    place = factories.location(hai_phong, name=SECRET)
    revision = workflow.request_withdrawal(
        entry=place, by=factories.national(AUTHOR), reason="Nhầm địa chỉ"
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))
    return place


@pytest.mark.parametrize(
    "how", ["draft", "submitted", "exercise", "embargoed", "expired", "withdrawn"]
)
def test_what_is_not_listed_is_not_in_the_file(how, hai_phong, client):
    factories.location(hai_phong, name="Chợ Sắt")
    entry = unlisted(how, hai_phong)
    content = client.get(ADDRESSES["vi"]).content.decode()
    assert "Chợ Sắt" in content
    assert SECRET not in content
    assert entry.code not in content


def test_a_draft_of_a_listed_place_changes_nothing(hai_phong, location, client):
    before = client.get(ADDRESSES["vi"]).content
    content = contents.snapshot(location) | {"name": SECRET}
    workflow.save_draft(entry=location, content=content, by=factories.national(AUTHOR))
    assert client.get(ADDRESSES["vi"]).content == before


def test_an_embargo_ends_and_a_listing_expires_by_the_clock(hai_phong, client, story_time):
    opens, ends = clock.now() + MINUTE, clock.now() + 2 * MINUTE
    factories.location(hai_phong, name=SECRET, publish_from=opens, expires_at=ends)
    story_time.move_to(opens)
    assert names(client) == {SECRET}
    story_time.move_to(ends)
    assert names(client) == set()


def test_it_is_the_same_for_everybody_and_takes_nothing(location, author, client):
    before = client.get(ADDRESSES["vi"]).content
    assert client.get(ADDRESSES["vi"], {"q": "x"}).content == before
    client.force_login(author)
    response = client.get(ADDRESSES["vi"], headers={"Accept-Language": "en"})
    assert response.content == before
    assert not response.cookies
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(ADDRESSES["vi"]).status_code in (403, 405)


# --- what to do, and whom to call


def only_entry(client, language: str = "vi") -> dict[str, Any]:
    (entry,) = decoded(client, language)["entries"]
    return entry


def hotline(owner: Any, number: str) -> Any:
    return owner.hotlines.model(label="Trực ban", label_en="On duty", number=number)


def test_its_own_action_comes_before_that_of_a_notice(hai_phong, client):
    place = factories.location(hai_phong, action="Của nơi này.")
    factories.notice(hai_phong, action="Của thông báo.", locations=[place])
    assert only_entry(client)["actions"] == ["Của nơi này."]


@pytest.mark.parametrize("kind", ["locations", "flights"])
def test_without_one_those_of_the_notices_that_cover_it_hold(kind, hai_phong, client):
    make = {"locations": factories.location, "flights": factories.flight}[kind]
    entry = make(hai_phong)
    factories.notice(hai_phong, action="Nhẹ.", severity="information", **{kind: [entry]})
    factories.notice(hai_phong, action="Khẩn.", action_en="Urgent.", **{kind: [entry]})
    factories.notice(hai_phong, action="Khẩn.", action_en="Urgent.", **{kind: [entry]})
    factories.notice(hai_phong, action="Về nơi khác.")
    assert only_entry(client)["actions"] == ["Khẩn.", "Nhẹ."]
    english = decoded(client, "en")
    assert english["entries"][0]["actions"] == ["Urgent.", "Nhẹ."]
    assert english["vietnamese"] == ["Nhẹ."]


def test_a_notice_that_is_over_asks_for_nothing(hai_phong, client, story_time):
    ends = clock.now() + MINUTE
    place = factories.location(hai_phong)
    factories.notice(hai_phong, action="Gọi ngay.", locations=[place], expires_at=ends)
    assert only_entry(client)["actions"] == ["Gọi ngay."]
    story_time.move_to(ends)
    assert only_entry(client)["actions"] == []


def test_the_numbers_of_a_notice_come_before_those_of_the_province(hai_phong, client):
    place = factories.location(hai_phong)
    assert only_entry(client)["hotlines"] == [
        {"label": "CDC", "number": "0225 123 456", "dialled": "0225123456"}
    ]
    notice = Notice(province=hai_phong, title="Khẩn", action="Gọi.")
    factories.publish(
        notice,
        children={"hotlines": [hotline(notice, "0225 999 999")]},
        links={"locations": [place], "flights": []},
    )
    assert only_entry(client, "en")["hotlines"] == [
        {"label": "On duty", "number": "0225 999 999", "dialled": "0225999999"}
    ]


def test_the_hotlines_of_a_province_are_there_though_nothing_is_listed(hai_phong, client):
    (province,) = decoded(client)["provinces"]
    assert province["slug"] == "hai-phong"
    assert [line["number"] for line in province["hotlines"]] == ["0225 123 456"]


# --- versions


def test_the_version_changes_with_what_is_approved_and_with_nothing_else(
    hai_phong, client, monkeypatch
):
    monkeypatch.setattr(version, "STEP", 1)
    place = factories.location(hai_phong)
    before = client.get(ADDRESSES["vi"]).json()["version"]
    content = contents.snapshot(place) | {"name": "Chợ Đổ"}
    revision = workflow.save_draft(entry=place, content=content, by=factories.national(AUTHOR))
    assert client.get(ADDRESSES["vi"]).json()["version"] == before
    factories.approve(revision)
    assert client.get(ADDRESSES["vi"]).json()["version"] != before


def test_who_has_it_already_is_told_so(hai_phong, location, client, story_time):
    first = client.get(ADDRESSES["vi"])
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(ADDRESSES["vi"], headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(ADDRESSES["en"], headers=known).status_code == 200
    factories.location(hai_phong, name="Chợ Đổ")
    assert client.get(ADDRESSES["vi"], headers=known).status_code == 200
    known = {"If-None-Match": client.get(ADDRESSES["vi"]).headers["ETag"]}
    story_time.shift(MINUTE)
    later = client.get(ADDRESSES["vi"], headers=known)
    assert later.status_code == 200
    assert later.json()["at"] == "2021-03-26T08:01:00+07:00"


# --- size and speed


@pytest.fixture
def made(divisions) -> MadeLoad:
    return MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))


def as_it_is_kept(response: Any) -> bytes:
    """What the page cache sends to a browser."""
    page = Page("200 OK", list(response.headers.items()), response.content)
    asked = {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd"}
    return b"".join(page.answer(asked, lambda *_: None))


def test_a_window_takes_few_bytes(made, client):
    """2,000 windows spread over the wards of all provinces, as unlike one another as can be; two
    in five with a point of their own, as many as offices tend to know."""
    assert list(made.locations(made.provinces(63), 4_700))
    listed = ExposureLocation.objects.listed()
    for number, place in enumerate(listed.select_related("ward")):
        if number % 5 < 2 and place.ward and place.ward.latitude:
            near = (number * 7919 % 2000 - 1000) / 50_000
            place.latitude, place.longitude = (
                place.ward.latitude + near,
                place.ward.longitude - near,
            )
            place.save(update_fields=["latitude", "longitude"])
    windows = ExposureWindow.objects.filter(location__in=listed).count()
    assert 1_900 < windows < 2_200
    size = len(as_it_is_kept(client.get(ADDRESSES["vi"])))
    assert size / windows <= LARGEST_WINDOW, f"{size} bytes for {windows} windows"


def test_ten_and_a_thousand_entries_ask_the_same(made, client):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ADDRESSES["vi"]).status_code == 200
        return len(asked)

    provinces = made.provinces(2)
    assert list(made.locations(provinces, 30))
    places = ExposureLocation.objects.all()
    flight = factories.flight(provinces[0])
    notice = factories.notice(provinces[0], locations=places[:5], flights=[flight])
    questions()
    with_few = questions()
    assert list(made.locations(made.provinces(20), 1_000))
    notice.locations.set(places[:500])
    factories.notice(provinces[1], locations=places[500:700])
    factories.flight(provinces[1], number="VJ1")
    assert questions() == with_few <= MOST_QUERIES


# --- the page


def test_scripts_may_ask_this_portal_only(client, db):
    for address in ("/kiem-tra/", "/en/kiem-tra/"):
        policy = client.get(address).headers["Content-Security-Policy"]
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
        assert directives["default-src"] == "'none'"
        for name in ("connect-src", "script-src", "worker-src", "form-action", "img-src"):
            assert directives[name] == "'self'"


def test_the_page_fetches_all_its_scripts_at_once(read, db):
    """What one script imports is named in the page: no waiting for one after the other."""
    page = read("/kiem-tra/")
    needed = imported(BASE_DIR / "static" / "js" / "check" / "page.js")
    named = [link.get("href") for link in page.all("link", rel="modulepreload")]
    assert sorted(named) == sorted(f"/static/{path}" for path in needed)


def imported(script: Path) -> set[str]:
    """What a script imports, and what that imports, as names of static files."""
    found: set[str] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        for address in re.findall(r'^import [^"]*from "(.*)";', module.read_text(), re.MULTILINE):
            target = (module.parent / address).resolve()
            name = str(target.relative_to(BASE_DIR / "static"))
            if name not in found:
                found.add(name)
                waiting.append(target)
    return found


# --- the same folding as the portal's own search


def test_suggestions_fold_as_the_search_of_the_portal_does(divisions):
    texts = [
        "Đại Hợp", "ĐẠI HỢP", "dai hop", "Kiến Thuỵ", "Kiến Thụy", "  VJ 458 ", "TP. Thuận An",
        "số 2/8A Lê Hồng Phong", "Ｃａｆé №5", "½ ﬁ ß İ", "Phường 1–2", "đường Đ.Đ",
        "", "—", "日本 7",
        *Division.objects.values_list("name", flat=True).distinct(),
    ]  # fmt: skip
    assert len(texts) > 5_000
    assert node("folded.mjs", texts) == [fold(text) for text in texts]
