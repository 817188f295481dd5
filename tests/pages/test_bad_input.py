"""Whatever is typed: a helpful page in its language, never an error of ours, never everything."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from alerts import story
from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from locations.models import Division, ExposureLocation, Flight, Province
from portal.publishing.models import Code, Officer, Revision
from tests import factories

pytestmark = pytest.mark.usefixtures("story_time")
PLACES = "/hai-phong/dia-diem/"


@pytest.fixture
def places(hai_phong, binh_duong):
    """Two places of Hải Phòng in different wards, and one of Bình Dương."""
    wards = Division.objects.wards().within(hai_phong.division).order_by("pk")
    theirs = Division.objects.wards().within(binh_duong.division).first()
    return [
        factories.location(hai_phong, name="Chợ Sắt", ward=wards[0]),
        factories.location(hai_phong, name="Trường Tú Sơn", kind="school", ward=wards[1]),
        factories.location(binh_duong, name="Nhà máy", ward=theirs),
    ]


# --- addresses

MISSING = [
    "/khong-co/", "/khong-co/dia-diem/", "/khong-co/theo-doi/", "/hai-phong/khong-co/",
    "/hai-phong/dia-diem/ZZZZZZ/", "/hai-phong/chuyen-bay/ZZZZZZ/", "/hai-phong/thong-bao/ZZZZZZ/",
    "/hai-phong/ca-benh/ZZZZZZ/", "/hai-phong/dia-diem/1/", "/hai-phong/dia-diem/%00/",
    "/hai-phong/dia-diem/?page=0", "/hai-phong/dia-diem/?page=999",
    "/hai-phong/dia-diem/?page=abc",
    "/hai-phong/dia-diem/?page=-1", "/hai-phong/dia-diem/?page=1.5",
    "/hai-phong/dia-diem/?page=%00",
    "/hai-phong/dia-diem/?page=99999999999999999999999", "/hai-phong/dia-diem/?page=²",
    "/hai-phong/chuyen-bay/?page=2", "/chuyen-bay/?page=2", "/hai-phong/thong-bao/?page=2",
    "/hai-phong/ca-benh/?page=2", "/H%E1%BA%A3i-Ph%C3%B2ng/", "/hai-phong/../../etc/passwd",
    "/%00/", "/hai phong/", "/khong-co/theo-doi.svg", "/hai-phong/theo-doi.gif",
    "/khong-co/ap-phich.pdf", "/" + "a" * 5000 + "/",
]  # fmt: skip


@pytest.mark.parametrize("address", MISSING, ids=lambda address: address[:40])
def test_what_is_not_there_is_helped_along_in_the_language_of_the_page(address, places, read):
    for path, language, search in (
        (address, "vi", "/tim-kiem/"),
        (f"/en{address}", "en", "/en/tim-kiem/"),
    ):
        page = read(path, status=404)
        assert page.language == language
        assert search in {form.get("action") for form in page.main.all("form")}
        home = "/en" if language == "en" else ""
        assert f"{home}/hai-phong/" in page.main.links.values()
        assert "Traceback" not in page.html


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/khong-co/", "There is no province at this address."),
        ("/hai-phong/dia-diem/ZZZZZZ/", "There is no entry with this code."),
        ("/hai-phong/dia-diem/?page=999", "This list has no such page."),
    ],
)
def test_what_is_missing_is_named(address, reason, places, read):
    assert reason in read(f"/en{address}", status=404).main.text
    vietnamese = read(address, status=404).main.text
    assert reason not in vietnamese


@pytest.mark.parametrize("address", ["/hai-phong", "/en/hai-phong", "/hai-phong/dia-diem"])
def test_a_missing_slash_is_added(address, client, places):
    response = client.get(address)
    assert response.status_code == 301
    assert response.headers["Location"] == f"{address}/"


# --- filters

# The query, the fields that are named, and whether the rest of the filter still narrows.
NONSENSE = [
    ({"from": "31/02/2021"}, {"from"}),
    ({"to": "2021-13-01"}, {"to"}),
    ({"from": "hôm qua"}, {"from"}),
    ({"from": "0000-00-00"}, {"from"}),
    ({"from": "01/01/99999"}, {"from"}),
    ({"from": "26/03/2021", "to": "22/03/2021"}, {"to"}),
    ({"from": "x", "to": "y"}, {"from", "to"}),
    ({"ward": "2004-99999"}, {"ward"}),
    ({"ward": "Đại Hợp"}, {"ward"}),
    ({"ward": "' OR 1=1 --"}, {"ward"}),
    ({"ward": "\x00"}, {"ward"}),
    ({"district": "-1"}, {"district"}),
    ({"district": "1; DROP TABLE locations_division"}, {"district"}),
    ({"kind": "nhà"}, {"kind"}),
    ({"kind": "market' --"}, {"kind"}),
    ({"added": "99d"}, {"added"}),
    ({"added": "24h; SELECT"}, {"added"}),
    ({"status": "deleted"}, {"status"}),
    ({"q": "x" * 10_000}, {"q"}),
    ({"q": "cho\x00sat"}, {"q"}),
    ({"from": "\x00"}, {"from"}),
]


def test_nonsense_is_named_beside_the_field_and_on_top(places, read, subtests):
    for query, fields in NONSENSE:
        for prefix in ("", "/en"):
            with subtests.test(f"{prefix} {str(query)[:60]}"):
                page = read(f"{prefix}{PLACES}", query)
                top = page.main.one("div", class_="problem")
                assert top.get("role") == "alert"
                named = {link.removeprefix("#id_") for link in top.links.values()}
                assert named == fields
                for name in fields:
                    page.section(f"id_{name}")
                beside = page.main.all("div", class_="wrong")
                assert len(beside) == len(fields)
                assert all(one.all("ul", class_="errorlist") for one in beside)


HARMLESS = [
    "😷🦠",
    "'; DROP TABLE locations_exposurelocation; --", "%", "_", "\\", '"', "<script>", "☃" * 90,
    "\u202e", "a" * 100, "Ｃｈợ", "ﬁ", "../..", "${7*7}", "{{7*7}}", "\u0301", " ",
]  # fmt: skip


def test_no_text_breaks_a_search(places, client, subtests):
    for text in HARMLESS:
        for address in (PLACES, "/hai-phong/chuyen-bay/", "/hai-phong/thong-bao/",
                        "/hai-phong/ca-benh/", "/chuyen-bay/", "/tim-kiem/"):  # fmt: skip
            with subtests.test(f"{address} {text[:20]}"):
                response = client.get(address, {"q": text})
                assert response.status_code == 200
                assert "<script>" not in response.content.decode()
    assert ExposureLocation.objects.count() == 3


@pytest.mark.parametrize("text", ["\x00", "cho\x00", "x" * 10_000])
def test_no_text_breaks_the_search_of_all_provinces(text, places, client):
    response = client.get("/tim-kiem/", {"q": text})
    assert response.status_code == 200


def test_bytes_that_are_no_text_break_nothing(places, client, subtests):
    for query in (
        "q=%ff%fe",
        "from=%ff",
        "ward=%c3%28",
        "page=%ff",
        "q=%ed%a0%80",
        "%ff=%ff",
        "&&&=",
        "q",
    ):
        with subtests.test(query):
            assert client.get(f"{PLACES}?{query}").status_code in (200, 404)
            assert client.get(f"/tim-kiem/?{query}").status_code == 200


def test_a_value_given_twice_breaks_nothing(places, client):
    query = "q=cho&q=sat&ward=1&ward=2&from=01/03/2021&from=x&kind=market&kind=shop&page=1&page=1"
    assert client.get(f"{PLACES}?{query}").status_code == 200


def test_a_ward_of_another_province_finds_nothing_of_it(places, read):
    page = read(PLACES, {"ward": places[2].ward_id})
    assert list(page.main.one("div", class_="problem").links.values()) == ["#id_ward"]
    assert "Nhà máy" not in page.main.text


def test_what_makes_sense_still_narrows_beside_nonsense(places, read):
    rows = read(PLACES, {"kind": "school", "from": "31/02/2021"}).main.all("li", class_="row")
    assert [row.one("h3").text for row in rows] == ["Trường Tú Sơn"]


def test_a_range_that_ends_before_it_begins_is_not_silently_everything(places, read):
    page = read(PLACES, {"from": "27/03/2021", "to": "22/03/2021"})
    assert page.main.one("div", class_="problem")
    assert not page.main.all("li", class_="row")  # from the 27th on there is nothing


def test_what_was_typed_stays_in_the_form(places, read):
    page = read(PLACES, {"from": "31/02/2021", "q": "<chợ>"})
    assert page.section("id_from").get("value") == "31/02/2021"
    assert page.section("id_q").get("value") == "<chợ>"


# --- story files

STORY = Path(story.__file__).parent / "story.json"


def edited(path: str, value: object) -> str:
    """The story with the value at `path` ("flights.0.at") changed; `...` leaves it out."""
    facts = json.loads(STORY.read_text())
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = facts
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(facts)


BAD_STORIES = {
    "unknown field": (edited("flights.0.colour", "red"), "flights[0].colour: "),
    "unknown part": (edited("rumours", []), "rumours: "),
    "missing field": (edited("notices.1.action", ...), "notices[1].action: "),
    "missing part": (edited("figures", ...), "figures: "),
    "a day that is none": (
        edited("exposure_locations.2.from", "2021-02-31"), "exposure_locations[2].from: ",
    ),
    "a moment without an offset": (
        edited("flights.0.at", "2021-03-22T12:15:00"), "flights[0].at: ",
    ),
    "an empty name": (edited("provinces.0.name", ""), "provinces[0].name: "),
    "a number below zero": (edited("figures.0.value", -1), "figures[0].value: "),
    "a text for a number": (edited("figures.0.value", "many"), "figures[0].value: "),
    "another kind of notice": (edited("notices.0.kind", "tin đồn"), "notices[0].kind: "),
    "another channel": (
        edited("provinces.0.official_account.channel", "fax"),
        "provinces[0].official_account.channel: ",
    ),
    "what the time is, unsaid": (edited("flights.0.at_is", "maybe"), "flights[0].at_is: "),
    "an unknown kind of place": (
        edited("exposure_locations.0.kind", "moon"), "exposure_locations[0]: ",
    ),
    "an unknown ward": (
        edited("exposure_locations.0.ward", "xã Atlantis"), "exposure_locations[0]: ",
    ),
    "an unknown province": (edited("provinces.1.gso_code", "99"), "provinces[1]: "),
    "a reserved address": (edited("provinces.1.slug", "admin"), "provinces[1]: "),
    "a place of nobody": (
        edited("exposure_locations.4.province", "ha-noi"), "exposure_locations[4]: ",
    ),
    "a notice on what is not told": (edited("notices.1.covers", ["the moon"]), "notices[1]: "),
    "an end before the start": (
        edited("exposure_locations.2.to", "2021-03-22"), "exposure_locations[2]: ",
    ),
    "half a window": (edited("exposure_locations.2.to", None), "exposure_locations[2]: "),
    "a window in the far future": (
        edited("exposure_locations.2.to", "2031-03-25"), "exposure_locations[2]: ",
    ),
    "a flight back to where it came from": (edited("flights.0.destination", "PQC"), "flights[0]: "),
    "an airport that is none": (edited("flights.0.origin", "QQQ (Nowhere)"), "flights[0]: "),
    "a flight without a number": (edited("flights.0.number", "VJ"), "flights[0]: "),
    "a flight in 2201": (edited("flights.0.at", "2201-03-22T12:15:00+07:00"), "flights[0]: "),
    "cases that end before they begin": (
        edited("case_announcements.0.to", "2021-03-24"), "case_announcements[0]: ",
    ),
    "a count that began afterwards": (edited("figures.1.since", "2021-03-27"), "figures[1]: "),
    "half a file": (STORY.read_text()[:900], "story.json: "),
    "a merge conflict": ("<<<<<<< HEAD\n" + STORY.read_text(), "story.json: "),
    "nothing": ("", "story.json: "),
    "a list": ("[]", "story.json: "),
    "no text": (b"\xff\xfe\x00", "story.json: "),
}  # fmt: skip

TABLES = [Province, ExposureLocation, Flight, Notice, CaseAnnouncement, Figure, Guidance,
          Revision, Code]  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """Whatever one refused story leaves behind is not there for the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_story_that_cannot_be_true_is_refused_whole_and_named(divisions, tmp_path, subtests):
    file = tmp_path / "story.json"
    for name, (content, place) in BAD_STORIES.items():
        with subtests.test(name), undone():
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
            with pytest.raises(CommandError) as refused:
                call_command("load_story", file, stdout=StringIO())
            message = str(refused.value)
            assert message.removeprefix("story.json: ").startswith(place) or message.startswith(
                place
            )
            assert "\n" not in message
            assert len(message) < 500
            assert {model.__name__: model.objects.count() for model in TABLES} == {
                model.__name__: 0 for model in TABLES
            }
            assert not Officer.objects.exists()


def test_a_file_that_is_not_there_is_named(divisions, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.json: No such file"):
        call_command("load_story", tmp_path / "nowhere.json")


def test_the_story_is_loaded_once(story):
    before = Revision.objects.count()
    said = StringIO()
    call_command("load_story", stdout=said)
    assert said.getvalue() == "The story is already here; nothing changed.\n"
    assert Revision.objects.count() == before
