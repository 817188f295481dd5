"""Exposure locations and flights as open data."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from locations.models import Division, ExposureLocation, ExposureWindow, Flight, Province
from portal.publishing.models import EntryQuerySet
from portal.publishing.open_data.dataset import Column, Dataset, Row, Type, columns


class PointPrecision(models.TextChoices):
    """How well it is known where a place lies."""

    EXACT = "exact", _("the point was written by the office")
    APPROXIMATE = "approximate", _("the middle of the ward or district")


def with_slug() -> Prefetch:
    """The province of each entry, as far as rows name it."""
    return Prefetch("province", Province.objects.only("slug"))


def with_others() -> Prefetch:
    """The provinces that an entry concerns beside its own."""
    return Prefetch("also_concerns", Province.objects.only("slug").order_by("slug"))


def others(row: Row) -> list[str]:
    return [province.slug for province in row.entry.also_concerns.all()]


def load_locations(locations: EntryQuerySet, at: datetime) -> EntryQuerySet:
    units = Division.objects.only("kind", "latitude", "longitude")
    return locations.defer("search_text").prefetch_related(
        with_slug(), "windows", Prefetch("ward", units), Prefetch("district", units)
    )


def load_flights(flights: EntryQuerySet, at: datetime) -> EntryQuerySet:
    return flights.defer("search_text").prefetch_related(with_slug(), with_others())


def split_by_window(row: Row) -> Iterable[Row]:
    """A row each window; one row for a place of which no time is known."""
    windows = list(row.entry.windows.all()) or [ExposureWindow(location=row.entry)]
    for number, window in enumerate(windows, start=1):
        yield Row(row.entry, row.at, window, number)


def geometry(row: Row) -> dict[str, Any] | None:
    point = row.entry.point
    return point and {"type": "Point", "coordinates": [point.longitude, point.latitude]}


def _starts(row: Row) -> date | datetime | None:
    return row.part.starts_at or row.part.starts_on


def _ends(row: Row) -> date | datetime | None:
    return row.part.ends_at or row.part.ends_on


def _unit(row: Row, level: int) -> str:
    """The name of the ward (0) or district (1), as it was at the time.

    From the path that the place keeps: what a unit was part of then may need a question to the
    database, and a file has many rows. No unit has a comma in its name.
    """
    parts = row.entry.unit_path.split(", ")[:-1]
    names = [""] * (row.entry.ward_id is None) + parts
    return names[level] if level < len(names) else ""


def _precision_of_point(row: Row) -> str | None:
    point = row.entry.point
    if point is None:
        return None
    precision = PointPrecision.APPROXIMATE if point.is_approximate else PointPrecision.EXACT
    return precision.value


def _of_point(name: str) -> Any:
    return lambda row: getattr(row.entry.point, name, None)


def _of_window(name: str) -> Any:
    return lambda row: getattr(row.part, name)


def _local_time(row: Row) -> str | None:
    hour: time | None = row.entry.local_time
    return hour.isoformat(timespec="minutes") if hour else None


LOCATIONS = Dataset(
    slug="dia-diem",
    name="locations",
    title=_("Exposure locations"),
    explanation=_(
        "Places where people may have been exposed. One row for each window of time: “id” and "
        "“window” together name a row."
    ),
    model=ExposureLocation,
    load=load_locations,
    split=split_by_window,
    parts="windows",
    geometry=geometry,
    columns=columns(
        Column("window", _("The number of the window among those of the place, in order of time; a "
                         "correction can number them anew."),
               Type.WHOLE_NUMBER, lambda row: row.number, always=True, of_part=True),
        Column("name", _("The name of the place."), always=True),
        Column("name_en", _("The name in English, if there is one.")),
        Column("kind", _("What kind of place it is."), choices=ExposureLocation.Kind, always=True),
        Column("address", _("Number and street, without ward and district.")),
        Column("ward", _("Ward or commune, as it was called at the time."),
               value=lambda row: _unit(row, 0)),
        Column("district", _("District, as it was called at the time; there are none since "
                             "01/07/2025."),
               value=lambda row: _unit(row, 1)),
        Column("unit_id", _("The smallest administrative unit that is known: the year of the "
                            "decision that numbers it and its code there."),
               value=lambda row: row.entry.ward_id or row.entry.district_id),
        Column("starts_at", _("When the window begins: a moment, or the day if the hour is not "
                              "known. Empty if nothing is."),
               Type.DAY_OR_MOMENT, _starts, of_part=True),
        Column("ends_at", _("When it ends, like “starts_at”. It may be on a later day."),
               Type.DAY_OR_MOMENT, _ends, of_part=True),
        Column("precision", _("What is known of the time. Never take a day for its midnight."),
               value=lambda row: row.part.precision.value, choices=ExposureWindow.Precision,
               always=True, of_part=True),
        Column("window_note", _("A note on this window."), value=_of_window("note"), of_part=True),
        Column("window_note_en", _("The same in English."), value=_of_window("note_en"),
               of_part=True),
        Column("tier", _("The kind of contact; empty if the office does not tell them apart."),
               choices=ExposureLocation.Tier),
        Column("action", _("What whoever was there must do.")),
        Column("action_en", _("The same in English.")),
        Column("note", _("A note on the place.")),
        Column("note_en", _("The same in English.")),
        Column("latitude", _("Degrees, WGS 84. The written address always wins over the point."),
               Type.NUMBER, _of_point("latitude")),
        Column("longitude", _("Degrees, WGS 84."), Type.NUMBER, _of_point("longitude")),
        Column("point_precision", _("Where the point is from; empty if there is none."),
               value=_precision_of_point, choices=PointPrecision),
        Column("point_radius", _("How far around the point the place may lie, in metres."),
               Type.WHOLE_NUMBER, _of_point("radius")),
    ),
)  # fmt: skip

FLIGHTS = Dataset(
    slug="chuyen-bay",
    name="flights",
    title=_("Flights"),
    explanation=_("Flights on which people may have been exposed, one row for each."),
    model=Flight,
    load=load_flights,
    columns=columns(
        Column("also_concerns", _("Other provinces on whose pages it stands."), Type.LIST,
               others, always=True),
        Column("number", _("The flight number: airline and number without a space."), always=True),
        Column("date", _("The local day of the flight."), Type.DAY, always=True),
        Column("local_time", _("The local hour on that day, as hours and minutes."),
               value=_local_time),
        Column("time_kind", _("What the time is."), choices=Flight.TimeKind, always=True),
        Column("at", _("The same moment with Vietnam's offset; the day if the hour is not known."),
               Type.DAY_OR_MOMENT, lambda row: row.entry.at or row.entry.date, always=True),
        Column("origin", _("Where it came from, by its IATA code."), always=True),
        Column("destination", _("Where it went to, by its IATA code."), always=True),
        Column("seat_rows", _("The rows that it concerns, such as 12-16, 20; empty for everybody "
                              "on board.")),
        Column("action", _("What whoever was on board must do.")),
        Column("action_en", _("The same in English.")),
        Column("note", _("A note on the flight.")),
        Column("note_en", _("The same in English.")),
    ),
)  # fmt: skip
