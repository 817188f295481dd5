"""Listed exposure locations with their windows, as columns."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any, NamedTuple, cast

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from locations.models import Division, ExposureLocation, ExposureWindow, Province
from portal.pages.check.columns import Table, deltas
from portal.pages.check.minutes import DAY, Minutes
from portal.pages.check.todo import Todos
from portal.pages.check.units import Reach, Units

TIERS = ("", *ExposureLocation.Tier.values)
# Of a degree, about a metre.
SCALE = 100_000
# Where a point comes from.
NO_POINT, CENTROID, WRITTEN = 0, 1, 2
# What is known of a window: its days, the hour it starts, the hour it ends.
DAYS, START, END = 1, 2, 4


class Window(NamedTuple):
    """One whose days are known."""

    starts_on: date
    starts_time: time | None
    ends_on: date
    ends_time: time | None

    @property
    def known(self) -> int:
        has_start, has_end = self.starts_time is not None, self.ends_time is not None
        return DAYS | START * has_start | END * has_end

    def span(self, minutes: Minutes) -> tuple[int, int]:
        """From the earliest start to the latest end that what is known allows."""
        start = minutes.of_hour(self.starts_on, self.starts_time or time())
        if self.ends_time is None:
            return start, minutes.of_day(self.ends_on) + DAY
        return start, minutes.of_hour(self.ends_on, self.ends_time)


class Places:
    """What is listed at `at`, neighbours together, so that each row is much like the last."""

    def __init__(
        self,
        at: datetime,
        provinces: dict[int, Province],
        minutes: Minutes,
        *,
        among: Collection[int] | None = None,
    ) -> None:
        """`provinces`: all of them, by their keys; `among`: the keys of the only places wanted."""
        listed = ExposureLocation.objects.listed(at).order_by()
        if among is not None:
            listed = listed.filter(pk__in=among)
        self._minutes = minutes
        # First, so that whatever is approved meanwhile lacks nothing: it is not in this file.
        self.entries = list(listed)
        self._windows = _windows(listed)
        self.reaches: Table[Reach] = Table()
        divisions = _divisions(listed, self.entries, provinces)
        self._units = Units(divisions.values(), self.reaches)
        for place in self.entries:
            # Set here, so that what the place says of itself asks the database no more.
            place.province = provinces[place.province_id]
            place.province.division = divisions[place.province.division_id]
            place.ward = divisions[place.ward_id] if place.ward_id else None
            place.district = divisions[place.district_id] if place.district_id else None
        self.entries.sort(key=lambda place: (place.province.slug, self._unit(place), place.pk))

    def columns(self, provinces: Table[Province], todos: Todos) -> dict[str, Any]:
        places = self.entries
        streets = [
            self._units.street(place.full_address, place.unit or place.province.division)
            for place in places
        ]
        written = [
            point for place in places if place.latitude is not None and (point := place.point)
        ]
        return {
            "code": " ".join(place.code for place in places),
            "province": deltas(provinces.number(place.province) for place in places),
            "name": [place.name for place in places],
            "english": [place.name_en for place in places] if get_language() == "en" else [],
            "street": [street for street, _ in streets],
            "up": [up for _, up in streets],
            "unit": deltas(self._unit(place) for place in places),
            "tier": [TIERS.index(place.tier) for place in places],
            "todo": [todos.number(place) for place in places],
            "until": [self._until(place) for place in places],
            "point": [_source_of_point(place) for place in places],
            "latitude": deltas(round(point.latitude * SCALE) for point in written),
            "longitude": deltas(round(point.longitude * SCALE) for point in written),
            "reach": [
                self.reaches.number((point.radius, point.is_approximate)) for point in written
            ],
            "windows": self._window_columns(),
        }

    def unit_columns(self) -> dict[str, Any]:
        centroids = {
            place.unit
            for place in self.entries
            if place.unit and _source_of_point(place) == CENTROID
        }
        return self._units.columns(centroids)

    def _unit(self, place: ExposureLocation) -> int:
        return self._units.number(place.unit or place.province.division)

    def _until(self, place: ExposureLocation) -> int:
        """When it stops being listed, in minutes after the midnight that begins its last day:
        by the listing rule, the same for nearly all."""
        days = [window.ends_on for window in self._windows[place.pk] if window]
        last = self._minutes.of_day(max(days)) if days else 0
        return self._minutes.until(cast(datetime, place.listed_until)) - last

    def _window_columns(self) -> dict[str, Any]:
        windows = [window for place in self.entries for window in self._windows[place.pk]]
        spans = [window.span(self._minutes) for window in windows if window]
        return {
            "count": [len(self._windows[place.pk]) for place in self.entries],
            "known": [window.known if window else 0 for window in windows],
            "start": deltas(start for start, _ in spans),
            "length": [end - start for start, end in spans],
        }


def _source_of_point(place: ExposureLocation) -> int:
    if place.latitude is not None:
        return WRITTEN
    return CENTROID if place.point else NO_POINT


def _divisions(
    listed: QuerySet[ExposureLocation],
    places: list[ExposureLocation],
    provinces: dict[int, Province],
) -> dict[str, Division]:
    """The units of `places` and of their provinces, with what they are part of, by key."""
    needed = {
        key
        for place in places
        for key in (place.ward_id, place.district_id, provinces[place.province_id].division_id)
        if key
    }
    known = Division.objects.with_path()
    in_lists = Q(pk__in=listed.values("ward")) | Q(pk__in=listed.values("district"))
    of_provinces = {province.division_id for province in provinces.values()}
    found = {unit.pk: unit for unit in known.filter(in_lists | Q(pk__in=of_provinces))}
    if withdrawn := needed - found.keys():
        # Between the two queries.
        found |= {unit.pk: unit for unit in known.filter(pk__in=withdrawn)}
    return {key: found[key] for key in needed}


def _windows(listed: QuerySet[ExposureLocation]) -> dict[int, list[Window | None]]:
    """By the keys of their places; None is one whose days are not known."""
    found: dict[int, list[Window | None]] = defaultdict(list)
    rows = ExposureWindow.objects.filter(location__in=listed).values_list(
        "location_id", *Window._fields
    )
    for location, *window in rows:
        found[location].append(Window(*window) if window[0] else None)
    return found
