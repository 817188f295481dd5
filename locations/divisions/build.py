"""Building our records of both eras from the lists of the source packages.

The key of a division is the year of the Prime Minister's decision that numbers it, a hyphen and
its code there: `2004-11752` (124/2004/QĐ-TTg, valid until 2025-06-30) or `2025-11359`
(19/2025/QĐ-TTg, since 2025-07-01). Codes of the two decisions overlap and mean different units.

Within one decision a unit is what keeps its code. When it is renamed, becomes another kind or
passes to another district, its record stays, children and all, and keeps the title it had before
among `former`. When its code ends, the record ends, and `successors` says what took it in.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from locations.divisions import sources
from locations.divisions.records import DATA, Record
from locations.divisions.sources import Unit
from locations.divisions.titles import Kind, Level, Title, standard
from portal.text import fold

MERGED_ON = date(2025, 1, 1)
REFORMED_ON = date(2025, 7, 1)
OLD, NEW = "2004", "2025"


@dataclass
class Built:
    records: dict[str, Record] = field(default_factory=dict)
    passed_to_district: list[Record] = field(default_factory=list)
    """Wards of which no source says which ward took them in."""


def build(package_dir: Path | None = None) -> Built:
    """All records. Raises `sources.SourceMissing` if a package is not there."""
    latest = sources.data_folder(sources.LATEST, package_dir)
    earlier = sources.read_earlier(sources.data_folder(sources.EARLIER, package_dir))
    legacy = sources.read_legacy(latest)

    built = Built()
    records = built.records
    for unit in legacy.values():
        records[f"{OLD}-{unit.code}"] = _record(OLD, unit, until=_day_before(REFORMED_ON))
    for unit in sources.read_2025(latest).values():
        records[f"{NEW}-{unit.code}"] = _record(NEW, unit, since=REFORMED_ON)
    for old, new in sources.read_mapping(latest):
        records[f"{OLD}-{old}"].successors.append(f"{NEW}-{new}")

    changed = _apply_changes(records)
    _add_former_titles(records, legacy, earlier, except_for=changed)
    _add_ended_units(built, legacy, earlier)
    _derive_successors_of_districts(records)
    for record in records.values():
        record.successors = sorted(set(record.successors))
    return built


def _record(era: str, unit: Unit, since: date | None = None, until: date | None = None) -> Record:
    kind, name, parent = unit.title
    return Record(
        id=f"{era}-{unit.code}",
        kind=kind.value,
        name=name,
        parent=f"{era}-{parent}" if parent else None,
        latitude=unit.latitude,
        longitude=unit.longitude,
        valid_from=since.isoformat() if since else None,
        valid_to=until.isoformat() if until else None,
    )


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _former(title: Title, parent: str | None, changed_on: date) -> dict[str, str | None]:
    return {
        "until": _day_before(changed_on).isoformat(),
        "kind": title.kind.value,
        "name": title.name,
        "parent": parent,
    }


def _apply_changes(records: dict[str, Record]) -> set[str]:
    """Changes of kind whose day is known; the ids they concern."""
    changed = set()
    for row in _table("changes.csv"):
        record = records[row["division"]]
        if record.kind not in (row["before"], row["after"]):
            raise ValueError(f"changes.csv: {record.id} is {record.kind}")
        title = Title(Kind(row["before"]), record.name, record.parent)
        record.former.append(_former(title, record.parent, date.fromisoformat(row["day"])))
        record.kind = row["after"]
        changed.add(record.id)
    return changed


def _add_former_titles(
    records: dict[str, Record],
    legacy: dict[str, Unit],
    earlier: dict[str, Unit],
    except_for: set[str],
) -> None:
    for code, unit in legacy.items():
        record = records[f"{OLD}-{code}"]
        before = earlier.get(code)
        if before is None:
            record.valid_from = MERGED_ON.isoformat()
        elif record.id not in except_for and _compared(before.title) != _compared(unit.title):
            parent = before.title.parent_id and f"{OLD}-{before.title.parent_id}"
            record.former.append(_former(before.title, parent, MERGED_ON))


def _compared(title: Title) -> tuple[Kind, str, str | None]:
    """A title as far as a difference is a change and not another spelling."""
    return title.kind, fold(title.name), title.parent_id


def _add_ended_units(built: Built, legacy: dict[str, Unit], earlier: dict[str, Unit]) -> None:
    """Districts and wards that only the earlier list knows, with what took them in."""
    ended = [unit for code, unit in earlier.items() if code not in legacy]
    known = {row["division"]: row["successor"] for row in _table("successors.csv")}
    children: dict[str | None, list[Unit]] = defaultdict(list)
    for unit in legacy.values():
        children[unit.title.parent_id].append(unit)
    districts_now: dict[str | None, set[str]] = defaultdict(set)
    for code, unit in earlier.items():
        if code in legacy and (district := legacy[code].title.parent_id):
            districts_now[unit.title.parent_id].add(district)

    for unit in ended:
        record = _record(OLD, unit, until=_day_before(MERGED_ON))
        built.records[record.id] = record
        if unit.title.kind.level is Level.DISTRICT:
            record.successors = [f"{OLD}-{code}" for code in districts_now[unit.code]]
            continue
        near = [
            candidate
            for district in sorted(districts_now[unit.title.parent_id])
            for candidate in children[district]
        ]
        if record.id in known:
            record.successors = [known[record.id]]
        else:
            record.successors = [f"{OLD}-{code}" for code in _took_in(unit, near)]
        if not record.successors:
            raise ValueError(
                f"{record.id} {unit.title.full_name}: no successor; see successors.csv"
            )
        if Kind(built.records[record.successors[0]].kind).level is Level.DISTRICT:
            built.passed_to_district.append(record)


def _took_in(ended: Unit, candidates: Iterable[Unit]) -> list[str]:
    """Codes of the wards that took `ended` in.

    The package lists under each ward what it absorbed, by kind and name; a ward merged into one
    that now bears its name is not listed there, and is found by that name.
    """
    candidates = list(candidates)
    key = standard(ended.title.full_name).replace(" ", "")
    absorbing = [unit.code for unit in candidates if key in unit.absorbed]
    name = standard(ended.title.name)
    return absorbing or [u.code for u in candidates if standard(u.title.name) == name]


def _derive_successors_of_districts(records: dict[str, Record]) -> None:
    """A district that lasted until 2025 passed to all that its wards passed to."""
    last_day = _day_before(REFORMED_ON).isoformat()
    for record in list(records.values()):
        parent = records.get(record.parent or "")
        if parent and parent.parent and parent.valid_to == record.valid_to == last_day:
            parent.successors += record.successors


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
