"""The administrative units that listed places lie in, and what these are part of."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from locations.divisions.titles import Level
from locations.models import Division
from locations.points import Point, point_of
from portal.pages.check.columns import Table, deltas

LEVELS = (Level.PROVINCE, Level.DISTRICT, Level.WARD)
# Of a degree, about 100 m: a centroid stands for kilometres.
SCALE = 1_000

# Radius in metres; whether the point stands for a whole ward or district.
Reach = tuple[int, bool]


class Units:
    """`divisions` and their parents, numbered by level and then by key, which begins with the era
    of the unit: so their numbers in each level and era say of each which it is."""

    def __init__(self, divisions: Iterable[Division], reaches: Table[Reach]) -> None:
        known: dict[str, Division] = {}
        for division in divisions:
            unit: Division | None = division
            while unit and unit.pk not in known:
                known[unit.pk] = unit
                unit = unit.parent
        self._units = sorted(known.values(), key=lambda unit: (unit.level, unit.pk))
        self._numbers = {unit.pk: number for number, unit in enumerate(self._units)}
        self._endings: dict[str, list[str]] = {}
        self._reaches = reaches

    def number(self, unit: Division) -> int:
        return self._numbers[unit.pk]

    def street(self, address: str, unit: Division) -> tuple[str, int]:
        """`address` without the names of units at its end, and how many levels above `unit`
        those names begin. An address that ends otherwise stays whole, as above all levels."""
        endings = self._endings_of(unit)
        for up, ending in enumerate(endings):
            if address == ending:
                return "", up
            if address.endswith(f", {ending}"):
                return address.removesuffix(f", {ending}"), up
        return address, len(endings)

    def _endings_of(self, unit: Division) -> list[str]:
        """The path of `unit`, of its parent, and so on."""
        if unit.pk not in self._endings:
            above = self._endings_of(unit.parent) if unit.parent else []
            path = ", ".join([unit.full_name, *above[:1]])
            self._endings[unit.pk] = [path, *above]
        return self._endings[unit.pk]

    def columns(self, centroids: set[Division]) -> dict[str, Any]:
        """`centroids`: the units that stand for places without a point of their own."""
        counts = Counter((unit.level, _era(unit)) for unit in self._units)
        eras = sorted({era for _level, era in counts})
        points = [_centroid(unit) if unit in centroids else None for unit in self._units]
        return {
            "eras": eras,
            "levels": [[counts[level, era] for era in eras] for level in LEVELS],
            "name": [unit.full_name for unit in self._units],
            "parent": deltas(
                self._numbers[unit.parent_id] if unit.parent_id else None for unit in self._units
            ),
            "latitude": deltas(round(p.latitude * SCALE) if p else None for p in points),
            "longitude": deltas(round(p.longitude * SCALE) if p else None for p in points),
            "reach": [
                self._reaches.number((p.radius, p.is_approximate)) if p else None for p in points
            ],
        }


def _era(unit: Division) -> str:
    return unit.pk.split("-")[0]


def _centroid(unit: Division) -> Point | None:
    return point_of(latitude=None, longitude=None, unit=unit, is_area=False)
