"""Rows to locations: the rows of one id, or of one name and address, are windows of one place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.imports import cells
from locations.imports.cells import Unreadable
from locations.imports.columns import Headings
from locations.imports.places import Places
from locations.imports.problems import Findings
from locations.imports.sheets import Cell, Row, Sheet
from locations.models import Division, ExposureLocation, Province
from portal import clock
from portal.text import fold

# The mainland, the islands, Hoàng Sa and Trường Sa.
LATITUDES, LONGITUDES = (6.0, 24.0), (101.0, 118.0)

READERS: dict[str, Callable[[Cell], Any]] = {
    "external_id": cells.text,
    "name": cells.text,
    "kind": cells.kind,
    "address": cells.text,
    "ward": cells.text,
    "district": cells.text,
    "starts_at": cells.moment,
    "ends_at": cells.moment,
    "tier": cells.tier,
    "action": lambda cell: cells.text(cell, lines=True),
    "latitude": lambda cell: cells.degrees(cell, 90),
    "longitude": lambda cell: cells.degrees(cell, 180),
    "note": lambda cell: cells.text(cell, lines=True),
}
# What a row says of its window; the rest it says of the place.
OF_WINDOW = ("starts_at", "ends_at")
NOTHING = (None, None)


@dataclass(frozen=True, order=True)
class Window:
    """From when to when, as the model's columns."""

    starts_on: date | None
    starts_time: time | None
    ends_on: date | None
    ends_time: time | None

    @classmethod
    def between(
        cls, start: tuple[date | None, time | None], end: tuple[date | None, time | None]
    ) -> "Window":
        """One day that is given stands for both."""
        return cls(start[0] or end[0], start[1], end[0] or start[0], end[1])

    @property
    def order(self) -> tuple[Any, ...]:
        """The order in which windows are shown."""
        day = self.starts_on or date.max
        return day, self.starts_time is not None, self.starts_time or time(), self.ends_on or day


@dataclass
class Place:
    """One location as the file has it; `windows` with the row that each stands in."""

    rows: list[int]
    values: dict[str, Any]
    given_in: dict[str, int]
    windows: dict[Window, int] = field(default_factory=dict)
    unit: Division | None = None

    @property
    def first_row(self) -> int:
        return self.rows[0]

    @property
    def last_day(self) -> date:
        return max((w.ends_on for w in self.windows if w.ends_on), default=clock.today())


def places(sheet: Sheet, headings: Headings, province: Province, findings: Findings) -> list[Place]:
    """The locations of `sheet` in its order; what is wrong with a row is added to `findings`."""
    grouped: dict[Any, Place] = {}
    for row in sheet.rows:
        values = _values(row, headings, findings)
        if values is not None:
            key = _key(values)
            place = grouped.setdefault(key, Place([], {}, {}))
            _add(place, row.number, values, headings, findings)
    finder = Places(province)
    for place in grouped.values():
        if place.values.get("kind") == "":
            place.values["kind"] = ExposureLocation.Kind.OTHER.value
        _locate(place, finder, headings, findings)
        _check_point(place, headings, findings)
    return list(grouped.values())


def _values(row: Row, headings: Headings, findings: Findings) -> dict[str, Any] | None:
    """None if a cell cannot be read."""
    values: dict[str, Any] = {}
    sound = True
    for name, cell in headings.cells(row).items():
        try:
            values[name] = READERS[name](cell)
        except Unreadable as error:
            findings.error(row.number, headings.words[name], str(error))
            sound = False
        if cells.has_invisible(cell):
            findings.warn(
                row.number, headings.words[name], _("Invisible characters were taken out.")
            )
    if stray := headings.stray(row):
        findings.error(
            row.number, stray, _("There is something under no heading. Is a cell shifted?")
        )
        sound = False
    if sound and not values["name"]:
        findings.error(row.number, headings.words["name"], _("The name of the place is missing."))
        sound = False
    return values if sound else None


def _key(values: dict[str, Any]) -> Any:
    if values.get("external_id"):
        return values["external_id"]
    return natural_key(
        values["name"], values.get("address", ""), values.get("ward"), values.get("district")
    )


def natural_key(*words: str | None) -> tuple[str, ...]:
    """What identifies a place without an id: the words, whatever their case and accents."""
    return tuple(fold(word or "") for word in words)


def _add(
    place: Place, row: int, values: dict[str, Any], headings: Headings, findings: Findings
) -> None:
    place.rows.append(row)
    for name, value in values.items():
        if name in OF_WINDOW:
            continue
        before = place.values.get(name)
        if value in (None, ""):
            place.values.setdefault(name, value)
        elif before in (None, ""):
            place.values[name], place.given_in[name] = value, row
        elif before != value:
            findings.error(
                row,
                headings.words[name],
                _("“%(here)s” contradicts “%(before)s” in row %(row)d: rows of one place may "
                  "differ only in their times. Correct one, or give another id.")
                % {"here": str(value)[:60], "before": str(before)[:60],
                   "row": place.given_in[name]},
            )  # fmt: skip
    window = Window.between(values.get("starts_at", NOTHING), values.get("ends_at", NOTHING))
    if window in place.windows:
        findings.warn(row, "", _("The same as row %d: it is taken once.") % place.windows[window])
    place.windows.setdefault(window, row)


def _locate(place: Place, finder: Places, headings: Headings, findings: Findings) -> None:
    ward = place.values.pop("ward", None)
    district = place.values.pop("district", None)
    column = "ward" if ward else "district"
    try:
        place.unit = finder.find(ward=ward or "", district=district or "", on=place.last_day)
    except (ObjectDoesNotExist, Division.MultipleObjectsReturned) as error:
        # Not within the f-string: there no program that gathers texts for translators finds it.
        way_out = _("Write it as it was called on that day.")
        row = place.given_in.get(column, place.first_row)
        findings.error(row, headings.words[column], f"{error} {way_out}")
    if "ward" in headings.words or "district" in headings.words:
        is_ward = place.unit is not None and place.unit.level == Division.Level.WARD
        place.values["ward"] = place.unit.pk if place.unit and is_ward else None
        place.values["district"] = place.unit.pk if place.unit and not is_ward else None


def _check_point(place: Place, headings: Headings, findings: Findings) -> None:
    latitude, longitude = place.values.get("latitude"), place.values.get("longitude")
    if latitude is None or longitude is None:
        return
    inside = (
        LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]
    )
    if not inside:
        findings.warn(
            place.given_in["latitude"],
            headings.words["latitude"],
            _("This point is not in Vietnam. Are latitude and longitude swapped?"),
        )


def without_id(places: list[Place], findings: Findings) -> list[Place]:
    """Those without an id, with one warning about them all."""
    nameless = [place for place in places if not place.values.get("external_id")]
    if nameless:
        findings.warn(
            nameless[0].first_row,
            "",
            ngettext(
                "%d place has no id: it is recognised by its name and address.",
                "%d places have no id: they are recognised by their names and addresses.",
                len(nameless),
            )
            % len(nameless),
        )
    return nameless
