"""What cannot have happened is refused by the database, and by the forms with the same words."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import translation

from locations.models import (
    ExposureLocation,
    ExposureWindow,
    Flight,
    Hotline,
    OfficialAccount,
    Province,
)
from locations.models.flight import normalise_number
from locations.models.province import RESERVED_SLUGS
from portal import clock
from tests import factories

DAY = date(2021, 3, 22)
NEXT_DAY = DAY + timedelta(days=1)
pytestmark = pytest.mark.usefixtures("story_time")


def in_days(days: int) -> date:
    return date(2021, 3, 26) + timedelta(days=days)


@pytest.fixture
def window(location) -> ExposureWindow:
    """22/03/2021 from 19:00 to 21:30."""
    ExposureWindow.objects.filter(location=location).update(starts_on=DAY, ends_on=DAY)
    return location.windows.get()


@pytest.fixture
def flight(hai_phong) -> Flight:
    """VN1234 from SGN to HPH."""
    return factories.flight(hai_phong, date=DAY)


def constraint(row: models.Model, name: str) -> models.BaseConstraint:
    return next(one for one in row._meta.constraints if one.name == name)


def database_refuses(row: models.Model, values: dict, name: str) -> None:
    """The constraint `name` refuses an update that no form and no model has seen."""
    is_check = isinstance(constraint(row, name), models.CheckConstraint)
    # SQLite names the columns of a unique constraint, not the constraint.
    with (
        pytest.raises(IntegrityError, match=name if is_check else "(?i)unique"),
        transaction.atomic(),
    ):
        type(row)._base_manager.filter(pk=row.pk).update(**values)


def words_about(row: models.Model, values: dict) -> list[str]:
    """What the model says of `row` with these values; the forms show it."""
    for name, value in values.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value.messages


def is_refused(row: models.Model, values: dict, name: str) -> None:
    database_refuses(row, values, name)
    assert str(constraint(row, name).violation_error_message) in words_about(row, values)


IMPOSSIBLE_WINDOWS = [
    ({"ends_on": DAY - timedelta(days=1)}, "exposurewindow_ends_after_start"),
    ({"ends_time": time(18)}, "exposurewindow_ends_after_start"),
    ({"ends_time": time(19)}, "exposurewindow_ends_after_start"),
    ({"starts_on": NEXT_DAY, "starts_time": None}, "exposurewindow_ends_after_start"),
    ({"starts_on": None, "ends_on": None}, "exposurewindow_hour_has_day"),
    ({"starts_on": None, "ends_on": None, "starts_time": None}, "exposurewindow_hour_has_day"),
    ({"starts_on": None, "ends_on": None, "ends_time": None}, "exposurewindow_hour_has_day"),
    ({"ends_on": None, "ends_time": None}, "exposurewindow_has_both_days"),
    ({"starts_on": None, "starts_time": None, "ends_time": None}, "exposurewindow_has_both_days"),
    ({"ends_on": in_days(31)}, "exposurewindow_not_in_far_future"),
    ({"starts_on": date(2201, 3, 22), "ends_on": date(2201, 3, 22)},
     "exposurewindow_not_in_far_future"),
    ({"starts_on": date(2019, 11, 30)}, "exposurewindow_not_before_covid"),
    ({"starts_on": date(2001, 3, 22), "ends_on": date(2001, 3, 22)},
     "exposurewindow_not_before_covid"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "name"), IMPOSSIBLE_WINDOWS)
def test_an_impossible_window_is_refused(values, name, window):
    is_refused(window, values, name)


POSSIBLE_WINDOWS = {
    "some hours": ((DAY, time(19), DAY, time(21, 30)), "exact"),
    "from midnight": ((DAY, time(0), DAY, time(0, 30)), "exact"),
    "over midnight": ((DAY, time(19), NEXT_DAY, time(0, 30)), "exact"),
    "over midnight at the same hour": ((DAY, time(19), NEXT_DAY, time(19)), "exact"),
    "several days with hours": ((DAY, time(19), in_days(0), time(8)), "exact"),
    "one day": ((DAY, None, DAY, None), "date"),
    "one day from an hour on": ((DAY, time(19), DAY, None), "date"),
    "one day up to an hour": ((DAY, None, DAY, time(8)), "date"),
    "several days": ((DAY, None, in_days(0), None), "days"),
    "several days from an hour on": ((DAY, time(19), in_days(0), None), "days"),
    "unknown": ((None, None, None, None), "unknown"),
    "the first day": ((date(2019, 12, 1), None, date(2019, 12, 1), None), "date"),
    "the last plausible day": ((in_days(30), None, in_days(30), None), "date"),
}


@pytest.mark.parametrize(("values", "precision"), POSSIBLE_WINDOWS.values(), ids=POSSIBLE_WINDOWS)
def test_every_window_that_can_have_been_is_kept_as_given(values, precision, location):
    names = ("starts_on", "starts_time", "ends_on", "ends_time")
    window = ExposureWindow(location=location, **dict(zip(names, values, strict=True)))
    window.full_clean()
    window.save()
    kept = ExposureWindow.objects.get(pk=window.pk)
    assert tuple(getattr(kept, name) for name in names) == values
    assert kept.precision == precision


def test_a_window_with_an_unknown_hour_has_no_moment():
    window = ExposureWindow(starts_on=DAY, ends_on=DAY, ends_time=time(8))
    assert window.starts_at is None
    assert window.ends_at.isoformat() == "2021-03-22T08:00:00+07:00"


def test_the_far_future_is_counted_from_when_the_window_was_entered(window, story_time):
    story_time.move_to("2021-06-01T08:00:00+07:00")
    late = {"starts_on": in_days(60), "ends_on": in_days(60)}
    database_refuses(window, late, "exposurewindow_not_in_far_future")
    fresh = ExposureWindow(location=window.location, **late)
    fresh.full_clean()


# By precision: the window, the words in English, and what of them does not depend on the language.
WORDING = {
    "exact": ((DAY, time(19), DAY, time(21, 30)), "19:00–21:30, 22/03/2021"),
    "over midnight": (
        (DAY, time(22), NEXT_DAY, time(0, 30)), "22:00 22/03/2021 – 00:30 23/03/2021",
    ),
    "until midnight": (
        (DAY, time(22), NEXT_DAY, time(0)), "22:00 22/03/2021 – 00:00 23/03/2021",
    ),
    "several days with hours": (
        (DAY, time(8), in_days(0), time(17)), "08:00 22/03/2021 – 17:00 26/03/2021",
    ),
    "one day": ((DAY, None, DAY, None), "22/03/2021 (hour not known)"),
    "from an hour on": ((DAY, time(19), DAY, None), "from 19:00, 22/03/2021 (end not known)"),
    "up to an hour": ((DAY, None, DAY, time(8)), "until 08:00, 22/03/2021 (start not known)"),
    "several days": ((DAY, None, in_days(0), None), "22/03/2021 – 26/03/2021 (hours not known)"),
    "several days from an hour on": (
        (DAY, time(19), in_days(0), None), "19:00 22/03/2021 – 26/03/2021 (last hour not known)",
    ),
    "several days up to an hour": (
        (DAY, None, in_days(0), time(8)), "22/03/2021 – 08:00 26/03/2021 (first hour not known)",
    ),
    "unknown": ((None, None, None, None), "time not known"),
}  # fmt: skip


def worded(values: tuple) -> ExposureWindow:
    starts_on, starts_time, ends_on, ends_time = values
    return ExposureWindow(
        starts_on=starts_on, starts_time=starts_time, ends_on=ends_on, ends_time=ends_time
    )


@pytest.mark.parametrize(("values", "english"), WORDING.values(), ids=WORDING)
def test_a_window_is_said_as_far_as_it_is_known(values, english):
    window = worded(values)
    with translation.override("en"):
        assert window.when == english
    with translation.override("vi"):
        vietnamese = window.when
    for value, shown in ((values[0], "%d/%m/%Y"), (values[2], "%d/%m/%Y"),
                         (values[1], "%H:%M"), (values[3], "%H:%M")):  # fmt: skip
        assert value is None or f"{value:{shown}}" in vietnamese
    if "known" in english:
        assert "known" not in vietnamese
        assert "00:00" not in vietnamese + english


@pytest.mark.parametrize("language", ["vi", "en"])
def test_machines_read_the_same_window_with_the_offset_of_vietnam(language):
    with translation.override(language):
        exact = worded((DAY, time(22), NEXT_DAY, time(0, 30))).when_html
        day_only = worded((DAY, None, DAY, None)).when_html
        unknown = worded((None, None, None, None)).when_html
    assert '<time datetime="2021-03-22T22:00:00+07:00">22:00</time>' in exact
    assert '<time datetime="2021-03-23T00:30:00+07:00">00:30</time>' in exact
    assert '<time datetime="2021-03-22">22/03/2021</time>' in day_only
    assert "T00:00" not in day_only
    assert "<time" not in unknown


IMPOSSIBLE_PLACES = [
    {"latitude": 20.8, "longitude": None},
    {"latitude": None, "longitude": 106.6},
    {"latitude": 90.1, "longitude": 106.6},
    {"latitude": 20.8, "longitude": -180.5},
]


def test_a_real_place_never_becomes_an_exercise(location):
    is_refused(location, {"is_exercise": True}, "exposurelocation_exercise_by_its_code")


@pytest.mark.parametrize("values", IMPOSSIBLE_PLACES)
def test_half_a_point_and_a_point_off_the_earth_are_refused(values, location):
    database_refuses(location, values, "exposurelocation_point_is_whole")
    outside = any(
        abs(value or 0) > limit for value, limit in zip(values.values(), (90, 180), strict=True)
    )
    words = words_about(location, values)
    if not outside:  # then the field itself says what its range is
        name = "exposurelocation_point_is_whole"
        assert words == [str(constraint(location, name).violation_error_message)]


@pytest.mark.parametrize("point", [(20.8, 106.6), (None, None), (0.0, 0.0)])
def test_a_whole_point_and_none_are_kept(point, hai_phong):
    kept = factories.location(hai_phong, latitude=point[0], longitude=point[1])
    assert (kept.latitude, kept.longitude) == point


def test_an_external_id_is_used_once_in_a_province(location, hai_phong, binh_duong):
    name = "exposurelocation_external_id_once_per_province"
    factories.location(hai_phong, external_id="A1")
    is_refused(location, {"external_id": "A1"}, name)
    assert factories.location(binh_duong, external_id="A1").external_id == "A1"
    factories.location(hai_phong, name="Một nơi không có mã")


def test_a_place_belongs_to_a_province(location):
    location.province = None
    with pytest.raises(ValidationError) as refused:
        location.full_clean()
    assert "province" in refused.value.message_dict


def test_a_ward_outside_the_chosen_district_is_refused(hai_phong, location):
    units = hai_phong.division.children.model.objects
    location.ward = units.find(province_name="Hải Phòng", district_name="quận Ngô Quyền",
                               ward_name="phường Đằng Giang", on=DAY)  # fmt: skip
    location.district = units.find(
        province_name="Hải Phòng", district_name="huyện Kiến Thụy", on=DAY
    )
    with pytest.raises(ValidationError) as refused:
        location.full_clean()
    assert list(refused.value.message_dict) == ["ward"]


IMPOSSIBLE_FLIGHTS = [
    ({"destination": "SGN"}, "flight_goes_somewhere"),
    ({"date": date(2019, 11, 30)}, "flight_day_is_plausible"),
    ({"date": in_days(31)}, "flight_day_is_plausible"),
    ({"is_exercise": True}, "flight_exercise_by_its_code"),
]


@pytest.mark.parametrize(("values", "name"), IMPOSSIBLE_FLIGHTS)
def test_an_impossible_flight_is_refused(values, name, flight):
    is_refused(flight, values, name)


def test_a_flight_is_entered_once_a_day_in_a_province(flight, hai_phong, binh_duong):
    other = factories.flight(hai_phong, date=NEXT_DAY)
    is_refused(other, {"date": DAY}, "flight_once_per_province_and_day")
    assert factories.flight(binh_duong, date=DAY).number == flight.number


@pytest.mark.parametrize("code", ["XXX", "pqc", "", "Phú Quốc"])
def test_an_airport_that_is_not_in_the_list_is_refused(code, flight):
    flight.origin = code
    with pytest.raises(ValidationError) as refused:
        flight.full_clean()
    assert list(refused.value.message_dict) == ["origin"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("VJ458", "VJ458"), ("vj 458", "VJ458"), ("VJ-458", "VJ458"), (" Vj458\n", "VJ458"),
        ("QH1", "QH1"), ("8M331", "8M331"), ("B61234", "B61234"), ("VN7239A", "VN7239A"),
    ],
)  # fmt: skip
def test_a_flight_number_is_taken_as_people_write_it(typed, stored, flight):
    flight.number = normalise_number(typed)
    flight.full_clean()
    assert flight.number == stored


@pytest.mark.parametrize(
    "typed", ["458", "VJ", "VJ45678", "vj458", "VJ 458", "Vé VJ458", "VJ458\n"]
)
def test_what_is_no_flight_number_is_refused(typed, flight):
    flight.number = typed
    with pytest.raises(ValidationError) as refused:
        flight.full_clean()
    assert list(refused.value.message_dict) == ["number"]


@pytest.mark.parametrize(
    ("rows", "possible"),
    [("", True), ("12-16", True), ("12-16, 20", True), ("12–16", False), ("12-16\n", False),
     ("12a", False), ("hàng 12", False)],
)  # fmt: skip
def test_seat_rows_are_numbers_and_ranges(rows, possible, flight):
    flight.seat_rows = rows
    if possible:
        flight.full_clean()
    else:
        with pytest.raises(ValidationError) as refused:
            flight.full_clean()
        assert list(refused.value.message_dict) == ["seat_rows"]


@pytest.mark.parametrize(
    ("time_kind", "local_time", "english", "at"),
    [
        ("announced", time(12, 15), "22/03/2021, 12:15 as announced", "2021-03-22T12:15:00+07:00"),
        ("departure", time(12, 15), "22/03/2021, departure 12:15", "2021-03-22T12:15:00+09:00"),
        ("arrival", time(0), "22/03/2021, arrival 00:00", "2021-03-22T00:00:00+07:00"),
        ("announced", None, "22/03/2021 (hour not known)", None),
    ],
)
def test_a_flight_says_what_its_time_is(time_kind, local_time, english, at):
    flight = Flight(
        number="VN301", date=DAY, local_time=local_time, time_kind=time_kind,
        origin="NRT", destination="HAN",
    )  # fmt: skip
    with translation.override("en"):
        assert flight.when == english
    assert (flight.at and flight.at.isoformat()) == at


@pytest.mark.parametrize("days", [0, 366])
def test_listing_days_are_between_a_day_and_a_year(days, hai_phong):
    database_refuses(hai_phong, {"listing_days": days}, "province_listing_days_in_range")
    hai_phong.listing_days = days
    with pytest.raises(ValidationError) as refused:
        hai_phong.full_clean()
    assert list(refused.value.message_dict) == ["listing_days"]


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_an_address_of_the_portal_is_no_province(slug, hai_phong):
    hai_phong.slug = slug
    with pytest.raises(ValidationError) as refused:
        hai_phong.full_clean()
    assert list(refused.value.message_dict) == ["slug"]


ENTRIES = [ExposureLocation, Flight, Province]
MADE_BY = {
    ExposureLocation: factories.location,
    Flight: factories.flight,
    Province: lambda province: province,
}


@pytest.mark.parametrize(
    "values",
    [{"revision_number": 0}, {"published_at": None}, {"state": "draft"}, {"state": "submitted"}],
    ids=["no revision", "no date", "draft with a revision", "submitted with a revision"],
)
@pytest.mark.parametrize("model", ENTRIES)
def test_what_is_public_has_an_approved_revision(model, values, hai_phong):
    entry = MADE_BY[model](hai_phong)
    is_refused(entry, values, f"{model._meta.model_name}_public_has_revision")


@pytest.mark.parametrize("model", [ExposureLocation, Flight])
def test_the_end_of_force_lies_after_the_publication(model, hai_phong):
    entry = MADE_BY[model](hai_phong)
    at = clock.now()
    name = f"{model._meta.model_name}_expires_after_publishing"
    is_refused(entry, {"publish_from": at, "expires_at": at}, name)


def test_every_constraint_is_tested_here():
    tested = {
        *(name for _values, name in IMPOSSIBLE_WINDOWS + IMPOSSIBLE_FLIGHTS),
        *(f"{model._meta.model_name}_public_has_revision" for model in ENTRIES),
        "exposurelocation_exercise_by_its_code",
        "exposurelocation_expires_after_publishing",
        "exposurelocation_external_id_once_per_province",
        "exposurelocation_point_is_whole",
        "flight_expires_after_publishing",
        "flight_once_per_province_and_day",
        "province_listing_days_in_range",
    }
    constraints = {
        one.name for model in (*ENTRIES, ExposureWindow) for one in model._meta.constraints
    }
    assert constraints == tested


@pytest.mark.parametrize(
    ("number", "dialled"),
    [("0225 123 456", "0225123456"), ("+84 225.123.456", "+84225123456"), ("1900 9095", "19009095"),
     ("115", "115"), ("call us", None), ("0225-123", None), ("+", None), ("0225 123 456\n", None),
     ("0225;ext=1", None)],
)  # fmt: skip
def test_a_hotline_is_a_number_that_can_be_dialled(number, dialled, hai_phong):
    hotline = Hotline(province=hai_phong, label="CDC", number=number)
    if dialled is None:
        with pytest.raises(ValidationError) as refused:
            hotline.full_clean()
        assert list(refused.value.message_dict) == ["number"]
    else:
        hotline.full_clean()
        assert hotline.dialled == dialled


@pytest.mark.parametrize(
    ("url", "possible"),
    [
        ("https://zalo.me/1234", True),
        ("https://oa.zalo.me/haiphong", True),
        ("", True),
        ("http://zalo.me/1234", False),
        ("https://evil.example/zalo.me", False),
        ("https://zalo.me.evil.example/", False),
        ("https://zalo.me@evil.example/", False),
        ("//zalo.me/1234", False),
        ("javascript:alert(1)", False),
        ("zalo.me/1234", False),
    ],
)
def test_an_account_is_on_a_host_that_codes_may_lead_to(url, possible, hai_phong):
    account = OfficialAccount(province=hai_phong, name="Hải Phòng", url=url)
    if possible:
        account.full_clean()
    else:
        with pytest.raises(ValidationError) as refused:
            account.full_clean()
        assert list(refused.value.message_dict) == ["url"]
