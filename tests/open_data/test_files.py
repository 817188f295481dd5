"""Every file of every kind in every state: what is in it, and that all formats say the same."""

import json
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from django.test import Client
from django.utils import translation

from alerts.models import Notice
from portal import clock
from portal.pages.open_data import DATASETS
from portal.publishing.open_data.dataset import Row, Type
from tests import factories, states
from tests.open_data.reading import as_cell, body, features, rows

pytestmark = pytest.mark.usefixtures("story_time")
FILES = [(d.slug, extension) for d in DATASETS.values() for extension in d.extensions]
STATUS = {"current": "current", "corrected": "current", "withdrawn": "withdrawn", "past": "past"}


@pytest.fixture
def ask(client: Client):
    def ask(address: str, **query: str):
        response = client.get(address, query)
        assert response.status_code == 200, address
        return response

    return ask


@pytest.mark.parametrize("kind", states.KINDS)
def test_a_file_holds_what_is_public_and_says_where_it_stands(kind, hai_phong, ask):
    entries = states.one_in_every_state(kind, hai_phong)
    public = {entries[state].code: state for state in states.PUBLIC}
    for extension, where in product(DATASETS[kind].extensions, ("du-lieu", "hai-phong")):
        found = {row["id"]: row for row in rows(ask(f"/{where}/{kind}.{extension}"))}
        assert found.keys() == public.keys(), (where, extension)
        for code, state in public.items():
            row, entry = found[code], entries[state]
            assert row["status"] == STATUS[state]
            assert str(row["revision"]) == ("2" if state in ("corrected", "withdrawn") else "1")
            assert row["province"] == "hai-phong"
            assert row["url"] == f"http://testserver{entry.get_absolute_url()}"
            assert datetime.fromisoformat(row["added"]) == entry.published_at
            assert datetime.fromisoformat(row["updated"]) == entry.updated_at
            assert row["added"].endswith("+07:00")
            told = row["public_note"] or ""
            assert told == (states.REASON if state in ("corrected", "withdrawn") else "")


@pytest.mark.parametrize("kind", states.KINDS)
def test_all_formats_say_the_same_field_by_field(kind, hai_phong, ask):
    states.one_in_every_state(kind, hai_phong)
    columns = [column.name for column in DATASETS[kind].columns]
    said = rows(ask(f"/hai-phong/{kind}.json"))
    assert [list(row) for row in said] == [columns] * len(states.PUBLIC)
    cells = [{name: as_cell(value) for name, value in row.items()} for row in said]
    assert rows(ask(f"/hai-phong/{kind}.csv")) == cells
    assert rows(ask(f"/hai-phong/{kind}.csv", bom="1")) == cells
    if "geojson" in DATASETS[kind].extensions:
        assert rows(ask(f"/hai-phong/{kind}.geojson")) == said


@pytest.mark.parametrize("kind", states.KINDS)
def test_values_are_of_the_type_that_the_documentation_says(kind, hai_phong, binh_duong):
    states.one_in_every_state(kind, hai_phong)
    dataset, at = DATASETS[kind], clock.now()
    types = {
        Type.TEXT: str,
        Type.WHOLE_NUMBER: int,
        Type.NUMBER: float,
        Type.DAY: date,
        Type.MOMENT: datetime,
        Type.DAY_OR_MOMENT: (date, datetime),
        Type.LIST: list,
    }
    found: list[Row] = list(dataset.rows(dataset.load(dataset.entries(at), at), at))
    assert len(found) == len(states.PUBLIC)
    for row, column in product(found, dataset.columns):
        value = dataset.values(row)[column.name]
        assert value is None or isinstance(value, types[column.holds]), column.name
        if column.holds is Type.DAY:
            assert not isinstance(value, datetime), column.name
        if column.choices and value is not None:
            assert value in column.choices.values, column.name


@pytest.mark.parametrize("kind", states.KINDS)
def test_what_is_embargoed_appears_in_its_time(kind, hai_phong, ask, story_time):
    entry = states.entry_in("embargoed", kind, hai_phong)
    assert rows(ask(f"/hai-phong/{kind}.csv")) == []
    story_time.shift(timedelta(hours=1))
    [row] = rows(ask(f"/hai-phong/{kind}.csv"))
    assert row["id"] == entry.code
    assert row["added"] == row["updated"] == "2021-03-26T09:00:00+07:00"


@pytest.mark.parametrize("kind", states.KINDS)
def test_what_was_current_is_past_when_its_time_is_over(kind, hai_phong, ask, story_time):
    make, _change = states.KINDS[kind]
    make(hai_phong, expires_at=clock.now() + timedelta(minutes=1))
    [before] = rows(ask(f"/hai-phong/{kind}.json"))
    story_time.shift(timedelta(minutes=1))
    [after] = rows(ask(f"/hai-phong/{kind}.json"))
    assert (before.pop("status"), after.pop("status")) == ("current", "past")
    assert before == after


def test_a_place_has_a_row_for_each_window_and_no_hour_is_made_up(hai_phong, ask):
    day, next_day = date(2021, 3, 22), date(2021, 3, 23)
    place = factories.location(hai_phong, on=(None,))
    windows = [
        {"starts_on": day, "starts_time": "19:00", "ends_on": next_day, "ends_time": "00:30"},
        {"starts_on": day, "ends_on": day},
        {"starts_on": day, "ends_on": next_day, "note": "Cổng sau"},
        {},
    ]
    factories.correct(place, windows=[{k: str(v) for k, v in w.items()} for w in windows])
    found = rows(ask("/hai-phong/dia-diem.json"))
    assert [row["id"] for row in found] == [place.code] * 4
    told = [(r["window"], r["starts_at"], r["ends_at"], r["precision"]) for r in found]
    assert told == [
        (1, "2021-03-22", "2021-03-22", "date"),
        (2, "2021-03-22", "2021-03-23", "days"),
        (3, "2021-03-22T19:00:00+07:00", "2021-03-23T00:30:00+07:00", "exact"),
        (4, None, None, "unknown"),
    ]
    assert [row["window_note"] for row in found] == [None, "Cổng sau", None, None]
    identities = [feature["id"] for feature in features(body(ask("/du-lieu/dia-diem.geojson")))]
    assert identities == [f"{place.code}-{number}" for number in (1, 2, 3, 4)]


def test_a_place_without_any_window_still_has_its_row(hai_phong, ask):
    place = factories.location(hai_phong, on=())
    [row] = rows(ask("/hai-phong/dia-diem.csv"))
    assert (row["id"], row["window"], row["precision"]) == (place.code, "1", "unknown")


def test_a_point_is_longitude_first_and_says_how_good_it_is(hai_phong, ask):
    ward = hai_phong.division.children.first().children.first()
    written = factories.location(hai_phong, latitude=20.8449, longitude=106.6881)
    of_ward = factories.location(hai_phong, ward=ward)
    nowhere = factories.location(hai_phong)
    found = {f["properties"]["id"]: f for f in features(body(ask("/hai-phong/dia-diem.geojson")))}
    assert found[written.code]["geometry"] == {"type": "Point", "coordinates": [106.6881, 20.8449]}
    assert found[written.code]["properties"]["point_precision"] == "exact"
    middle = {"type": "Point", "coordinates": [ward.longitude, ward.latitude]}
    assert found[of_ward.code]["geometry"] == middle
    assert found[of_ward.code]["properties"]["point_precision"] == "approximate"
    assert found[of_ward.code]["properties"]["point_radius"] == of_ward.point.radius
    assert found[of_ward.code]["properties"]["unit_id"] == ward.pk
    assert found[nowhere.code]["geometry"] is None
    assert found[nowhere.code]["properties"]["point_precision"] is None


def test_units_have_the_names_that_they_had_at_the_time(hai_phong, ask):
    district = hai_phong.division.children.get(name="Kiến Thụy")
    ward = district.children.get(name="Đại Hợp")
    factories.location(hai_phong, name="A", ward=ward, on=(date(2021, 3, 22),))
    factories.location(hai_phong, name="B", district=district, on=(date(2021, 3, 22),))
    factories.location(hai_phong, name="C", on=(date(2021, 3, 22),))
    units = [(r["name"], r["ward"], r["district"], r["unit_id"])
             for r in rows(ask("/hai-phong/dia-diem.csv"))]  # fmt: skip
    assert units == [
        ("A", "xã Đại Hợp", "huyện Kiến Thụy", ward.pk),
        ("B", "", "huyện Kiến Thụy", district.pk),
        ("C", "", "", ""),
    ]


def test_the_office_s_own_ids_stay_with_the_office(hai_phong, ask):
    factories.location(hai_phong, external_id="HP-INTERN-7")
    assert b"HP-INTERN-7" not in body(ask("/hai-phong/dia-diem.json"))


def test_a_flight_abroad_has_its_own_hour_and_vietnam_s(hai_phong, ask):
    factories.flight(hai_phong, origin="ICN", time_kind="departure")
    [row] = rows(ask("/hai-phong/chuyen-bay.json"))
    assert (row["date"], row["local_time"]) == ("2021-03-26", "12:15")
    assert row["at"] == "2021-03-26T10:15:00+07:00"


def test_what_several_provinces_show_is_in_the_files_of_each(hai_phong, binh_duong, ask):
    flight = factories.flight(hai_phong, also_concerns=[binh_duong])
    counted = factories.cases(hai_phong, also_concerns=[binh_duong])
    for kind, entry in (("chuyen-bay", flight), ("ca-benh", counted)):
        for where in ("hai-phong", "binh-duong", "du-lieu"):
            [row] = rows(ask(f"/{where}/{kind}.json"))
            assert (row["id"], row["province"]) == (entry.code, "hai-phong")
            assert row["also_concerns"] == ["binh-duong"]


def test_a_province_s_file_leaves_out_other_provinces(hai_phong, binh_duong, ask):
    for kind, (make, _change) in states.KINDS.items():
        make(binh_duong)
        assert rows(ask(f"/hai-phong/{kind}.csv")) == [], kind
        assert len(rows(ask(f"/du-lieu/{kind}.csv"))) == 1, kind


def test_a_figure_of_the_country_has_no_province(hai_phong, ask):
    states.figure(None)
    [row] = rows(ask("/hai-phong/so-lieu.json"))
    assert (row["province"], row["url"]) == (None, "http://testserver/")


def test_links_name_only_what_is_public(hai_phong, ask, story_time):
    later = clock.now() + timedelta(hours=1)
    shown, hidden = factories.location(hai_phong), factories.location(hai_phong, publish_from=later)
    flight = factories.flight(hai_phong)
    for make, kind in ((factories.notice, "thong-bao"), (factories.cases, "ca-benh")):
        make(hai_phong, locations=[shown, hidden], flights=[flight])
        [row] = rows(ask(f"/hai-phong/{kind}.json"))
        assert (row["locations"], row["flights"]) == ([shown.code], [flight.code])
    story_time.shift(timedelta(hours=1))
    [row] = rows(ask("/hai-phong/thong-bao.csv"))
    assert row["locations"].split() == sorted([shown.code, hidden.code])


def test_whom_to_call_is_of_the_notice_or_else_of_the_province(hai_phong, ask):
    of_province = factories.notice(hai_phong)
    own = Notice(province=hai_phong, title="Chợ", action="Gọi.")
    line = own.hotlines.model(label="Trạm y tế", number="1900 9095")
    own = factories.publish(own, children={"hotlines": [line]})
    told = {row["id"]: row["hotlines"] for row in rows(ask("/hai-phong/thong-bao.json"))}
    assert told == {of_province.code: "CDC: 0225 123 456", own.code: "Trạm y tế: 1900 9095"}


@pytest.mark.parametrize(("kind", "extension"), FILES)
def test_a_file_is_the_same_in_both_languages(kind, extension, hai_phong, ask):
    states.one_in_every_state(kind, hai_phong)
    for where in ("hai-phong", "du-lieu"):
        vietnamese = body(ask(f"/{where}/{kind}.{extension}"))
        assert b"http://testserver/hai-phong/" in vietnamese
        # A file is read when its request is long left; the thread then speaks any language.
        with translation.override("en"):
            english = body(ask(f"/en/{where}/{kind}.{extension}"))
            assert translation.get_language() == "en"
        assert english == vietnamese


@pytest.mark.parametrize("extension", ["json", "geojson"])
def test_json_says_what_it_is_and_where_it_is_explained(extension, hai_phong, ask):
    said = json.loads(body(ask(f"/hai-phong/dia-diem.{extension}")))
    assert said["documentation"] == "http://testserver/du-lieu/"
    assert said["licence"].startswith("https://creativecommons.org/licenses/by/4.0/")
    assert (said["kind"], said["province"]) == ("locations", "hai-phong")
    assert json.loads(body(ask(f"/du-lieu/dia-diem.{extension}")))["province"] is None


def test_the_facts_of_the_story_are_in_the_files(story, ask):
    [flight] = rows(ask("/hai-phong/chuyen-bay.json"))
    assert (flight["number"], flight["origin"], flight["destination"]) == ("VJ458", "PQC", "HAN")
    assert (flight["at"], flight["time_kind"]) == ("2021-03-22T12:15:00+07:00", "announced")
    places = {row["name"]: row for row in rows(ask("/du-lieu/dia-diem.json"))}
    told = {name: (row["starts_at"], row["ends_at"], row["precision"])
            for name, row in places.items()}  # fmt: skip
    assert told == {
        "xã Đại Hợp": ("2021-03-22", "2021-03-22", "date"),
        "xã Tú Sơn": ("2021-03-22", "2021-03-22", "date"),
        "khách sạn Pari": ("2021-03-23", "2021-03-25", "days"),
        "259-260 khu dân cư Oasis 2": (None, None, "unknown"),
        "công ty C63-64": (None, None, "unknown"),
    }
    assert places["khách sạn Pari"]["address"] == "số 2/8A Lê Hồng Phong"
    assert places["khách sạn Pari"]["ward"] == "phường Đằng Giang"
    assert places["công ty C63-64"]["district"] == "thành phố Thuận An"
    [cases] = rows(ask("/binh-duong/ca-benh.json"))
    assert (cases["cases"], cases["starts_on"], cases["ends_on"]) == (3, "2021-03-25", "2021-03-26")
    assert (cases["province"], cases["also_concerns"]) == ("hai-phong", ["binh-duong"])
    assert len(cases["locations"]) == 5
    notices = {row["province"]: row for row in rows(ask("/du-lieu/thong-bao.json"))}
    assert notices.keys() == {"hai-phong", "binh-duong"}
    for notice in notices.values():
        assert notice["severity"] == "urgent"
        assert notice["action"].startswith("Liên hệ lực lượng chức năng hoặc khai báo")
        assert notice["announced_on"] == "2021-03-26"
    assert notices["hai-phong"]["flights"] == [flight["id"]]
    figures = {row["value"]: row for row in rows(ask("/hai-phong/so-lieu.json"))}
    assert figures.keys() == {1603, 910}
    assert figures[910]["since"] == "2021-01-27"
    assert figures[1603]["as_of"] == "2021-03-26T06:00:00+07:00"
