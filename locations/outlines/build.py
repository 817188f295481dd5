"""Building the outlines of the map: read, put in its place on the earth, simplified, packed.

The file is JSON. Under `outlines` each has `name`; `divisions`, the keys of the provinces of both
eras that it is part of; `label`, where its name may stand (longitude, latitude); and `rings`. A
ring is one flat list of whole thousandths of a degree: longitude and latitude of its first point,
then of every further point how much it lies east and north of the one before. An archipelago also
has `archipelago`, the name under which the page knows it. A province also has `districts`, until
01/07/2025: of each its name and the middle of its wards (longitude, latitude in thousandths).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from locations.divisions.records import Record
from locations.divisions.titles import Kind, Level, Title
from locations.outlines import drawing
from locations.outlines.geometry import Point, area, contains, inside_point
from locations.outlines.projection import HOANG_SA, MAINLAND
from locations.outlines.simplify import Outlines, join, simplify, weld
from portal.text import fold

SOURCE = "@svg-maps/vietnam 2.0.0"
LICENCE = "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/"
PACKAGE = {"name": "@svg-maps/vietnam", "version": "2.0.0"}
ERA, LAST_DAY = "2004-", "2025-06-30"
PROVINCES = 63
# Label in the drawing: name for the page, and the province that it belongs to.
ARCHIPELAGOS = {"Hoang Sa": ("hoang-sa", "2004-48"), "Truong Sa": ("truong-sa", "2004-56")}
# What the drawing calls otherwise than the list of divisions.
RENAMED = {"thuathienhue": "hue"}
# In degrees: how far apart the drawing's two versions of a border are at most, and how far a
# simplified line may be from the line of the drawing; a third of the drawing's own error.
WELD, TOLERANCE = 0.006, 0.003
# Where a drawing cannot be right: fewer of the wards than this lie in their own province.
LEAST_RIGHT = 0.97


class SourceMissing(Exception):
    """The package is not there, or not in the version that we know how to read."""


def build(package_dir: Path, records: list[Record]) -> dict[str, Any]:
    """What the file holds, from the unpacked package and the divisions.

    Raises SourceMissing, `drawing.Unreadable`, and ValueError if outlines and provinces of
    `records` do not match.
    """
    drawn = drawing.read(_drawing(package_dir))
    provinces = {
        _letters(record.name): record
        for record in records
        if record.id.startswith(ERA) and Kind(record.kind).level is Level.PROVINCE
    }
    placed: Outlines = {}
    for label, rings in drawn.items():
        mercator = HOANG_SA if label == "Hoang Sa" else MAINLAND
        placed[label] = [[mercator.point(x, y) for x, y in ring] for ring in rings]
    islets = {label: placed.pop(label, []) for label in ARCHIPELAGOS}
    whole = {label: join(rings) for label, rings in weld(placed, WELD).items()}
    simple = simplify(whole | islets, TOLERANCE)

    districts = _districts(records)
    outlines = []
    for label, rings in simple.items():
        if label in ARCHIPELAGOS:
            continue
        province = provinces.pop(RENAMED.get(_letters(label), _letters(label)), None)
        if province is None:
            raise ValueError(f"the drawing has {label}, which is no province")
        outlines.append(
            _outline(province.name, [province.id, *province.successors], rings)
            | {"districts": districts[province.id]}
        )
    if provinces:
        raise ValueError(f"the drawing lacks {', '.join(p.name for p in provinces.values())}")
    by_id = {outline["divisions"][0]: outline for outline in outlines}
    for label, (name, province_id) in ARCHIPELAGOS.items():
        if not simple[label]:
            raise ValueError(f"the drawing lacks {label}")
        divisions = by_id[province_id]["divisions"]
        rings = simple[label]
        outlines.append(
            _outline(label, divisions, rings)
            | {"label": _middle([_middle(ring) for ring in rings]), "archipelago": name}
        )
    return {"source": SOURCE, "licence": LICENCE, "changed": "projected and simplified"} | {
        "outlines": sorted(outlines, key=lambda outline: (outline["divisions"], outline["name"]))
    }


def write(content: dict[str, Any], path: Path) -> None:
    """One outline on each line; the same content gives the same bytes."""
    head = {key: value for key, value in content.items() if key != "outlines"}
    rows = ",\n".join(_json(outline) for outline in content["outlines"])
    path.write_text(f'{_json(head)[:-1]},"outlines":[\n{rows}\n]}}\n', encoding="utf-8")


def rings_of(outline: dict[str, Any]) -> list[list[Point]]:
    """The rings of an outline of the file in degrees."""
    unpacked = []
    for ring in outline["rings"]:
        x = y = 0
        points = []
        for dx, dy in zip(ring[::2], ring[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x / 1000, y / 1000))
        unpacked.append(points)
    return unpacked


def right_share(content: dict[str, Any], records: Iterable[Record]) -> float:
    """Which part of the wards before 2025 have their point in the outline of their province."""
    by_id = {record.id: record for record in records}
    rings: dict[str, list[list[Point]]] = {}
    for outline in content["outlines"]:
        rings.setdefault(outline["divisions"][0], []).extend(rings_of(outline))
    checks = [
        any(contains(ring, (ward.longitude, ward.latitude)) for ring in rings[province])
        for ward in by_id.values()
        if ward.longitude is not None
        and ward.latitude is not None
        and (province := _province_before_2025(ward, by_id))
    ]
    return sum(checks) / len(checks)


def _province_before_2025(ward: Record, by_id: dict[str, Record]) -> str | None:
    """The key of the province of a ward of the 63-province era; None for all else."""
    district = by_id.get(ward.parent or "")
    return district.parent if district and ward.id.startswith(ERA) else None


def _districts(records: list[Record]) -> dict[str, list[list[Any]]]:
    """Name and place of the districts that there were at the end, by the key of their province."""
    wards: dict[str, list[Point]] = defaultdict(list)
    for record in records:
        if record.parent and record.longitude is not None and record.latitude is not None:
            wards[record.parent].append((record.longitude, record.latitude))
    found: dict[str, list[list[Any]]] = defaultdict(list)
    for record in records:
        kind = Kind(record.kind)
        if kind.level is Level.DISTRICT and record.valid_to == LAST_DAY and record.id in wards:
            name = record.name
            if name.isdigit():
                name = Title(kind, name, record.parent).full_name
            x, y = _middle(wards[record.id])
            found[str(record.parent)].append([name, round(x * 1000), round(y * 1000)])
    return found


def _drawing(package_dir: Path) -> Path:
    try:
        described = json.loads((package_dir / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceMissing(f"{package_dir} is not the unpacked package {SOURCE}") from error
    found = {key: described.get(key) for key in PACKAGE}
    if found != PACKAGE:
        raise SourceMissing(f"{package_dir} is {' '.join(map(str, found.values()))}, not {SOURCE}")
    return package_dir / "vietnam.svg"


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, fold(name)))


def _outline(name: str, divisions: list[str], rings: list[list[Point]]) -> dict[str, Any]:
    return {
        "name": name,
        "divisions": divisions,
        "label": [round(degrees, 3) for degrees in inside_point(max(rings, key=area))],
        "rings": [_packed(ring) for ring in rings],
    }


def _middle(points: Sequence[Point]) -> Point:
    x, y = (round(sum(values) / len(points), 3) for values in zip(*points, strict=True))
    return x, y


def _packed(ring: list[Point]) -> list[int]:
    points = [(round(x * 1000), round(y * 1000)) for x, y in ring]
    points = [point for at, point in enumerate(points) if point != points[at - 1]]
    if len(points) < 3:
        # An islet too small for the file's precision: a square of 200 m about its middle.
        x, y = (round(1000 * degrees) for degrees in _middle(ring))
        points = [(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]
    before = [(0, 0), *points]
    return [
        value
        for (x, y), (px, py) in zip(points, before, strict=False)
        for value in (x - px, y - py)
    ]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
