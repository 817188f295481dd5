"""Loading the data file into the database: adds and updates, never deletes a division."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from locations.divisions.records import FILE, Record, read
from locations.divisions.titles import Kind
from locations.models.division import Division
from portal.publishing import versions

T = TypeVar("T")

CHUNK = 1000
FIELDS = (
    "code", "level", "kind", "name", "folded_name", "search_text", "parent_id", "latitude",
    "longitude", "valid_from", "valid_to", "former",
)  # fmt: skip


@dataclass
class Loaded:
    """How many rows of divisions and of links to successors a load touched."""

    new: int
    changed: int
    unchanged: int
    links_added: int
    links_removed: int

    @property
    def is_up_to_date(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.new or self.changed or self.links_added or self.links_removed)


def load(path: Path = FILE, progress: Callable[[int, int], None] | None = None) -> Loaded:
    """Brings the tables to what the file says, in one transaction.

    Rows that already agree are left alone; divisions that the file does not know stay, because
    addresses refer to them. `progress` is told what is done and the total, in rows.
    Raises `records.UnreadableFile`.
    """
    records = read(path)
    wanted = _divisions(records)
    with transaction.atomic():
        present = {row[0]: row[1:] for row in Division.objects.values_list("pk", *FIELDS)}
        outdated = [d for d in wanted.values() if present.get(d.pk) != _values(d)]
        missing, obsolete = _compare_links(records)
        total = len(outdated) + len(missing)

        done = 0
        for chunk in _chunks(outdated):
            Division.objects.bulk_create(
                chunk, update_conflicts=True, unique_fields=["id"], update_fields=FIELDS
            )
            done += len(chunk)
            if progress:
                progress(done, total)
        for links in _chunks(missing):
            Successor.objects.bulk_create(links)
            done += len(links)
            if progress:
                progress(done, total)
        for keys in _chunks(obsolete):
            Successor.objects.filter(pk__in=keys).delete()
        if outdated or missing or obsolete:
            versions.changed_everywhere()

    new = sum(division.pk not in present for division in outdated)
    return Loaded(
        new=new,
        changed=len(outdated) - new,
        unchanged=len(wanted) - len(outdated),
        links_added=len(missing),
        links_removed=len(obsolete),
    )


Successor = Division.successors.through


def _divisions(records: Sequence[Record]) -> dict[str, Division]:
    divisions: dict[str, Division] = {}
    for record in records:
        division = Division(
            id=record.id,
            code=record.code,
            level=Kind(record.kind).level,
            kind=record.kind,
            name=record.name,
            parent=divisions[record.parent] if record.parent else None,
            latitude=record.latitude,
            longitude=record.longitude,
            valid_from=record.valid_from and date.fromisoformat(record.valid_from),
            valid_to=record.valid_to and date.fromisoformat(record.valid_to),
            former=record.former,
        )
        division.derive()
        divisions[record.id] = division
    return divisions


def _values(division: Division) -> tuple[Any, ...]:
    return tuple(getattr(division, name) for name in FIELDS)


def _compare_links(records: Sequence[Record]) -> tuple[list[Any], list[int]]:
    """Links that the table lacks, and keys of those that the file no longer has."""
    wanted = {(r.id, successor) for r in records for successor in r.successors}
    known = {r.id for r in records}
    present = {
        (ended, successor): pk
        for pk, ended, successor in Successor.objects.values_list(
            "pk", "from_division_id", "to_division_id"
        )
    }
    obsolete = [pk for link, pk in present.items() if link[0] in known and link not in wanted]
    missing = [
        Successor(from_division_id=ended, to_division_id=successor)
        for ended, successor in sorted(wanted - present.keys())
    ]
    return missing, obsolete


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
