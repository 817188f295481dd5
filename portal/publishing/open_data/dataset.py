"""What an open data file says of one kind of entry: its columns, and how each value is made.

Files and documentation are both made from these definitions, so that neither can say what the
other does not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.publishing.models import Entry, EntryQuerySet

Value = str | int | float | date | datetime | list[str] | None


class Type(Enum):
    """What a value is."""

    TEXT = _("text")
    WHOLE_NUMBER = _("whole number")
    NUMBER = _("number")
    DAY = _("day")
    MOMENT = _("moment")
    DAY_OR_MOMENT = _("day or moment")
    LIST = _("list")


class Status(models.TextChoices):
    """Where an entry stands; the same three that the pages show."""

    CURRENT = "current", _("current")
    PAST = "past", _("past")
    WITHDRAWN = "withdrawn", _("withdrawn")


def status_of(entry: Entry, at: datetime) -> Status:
    """Of an entry that is public at `at`."""
    if entry.is_withdrawn:
        return Status.WITHDRAWN
    return Status.CURRENT if entry.is_listed(at) else Status.PAST


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: an entry as it is at `at`, or the part with this number of one."""

    entry: Any
    at: datetime
    part: Any = None
    number: int = 1


@dataclass(frozen=True)
class Column:
    """`value` makes the value from a row; without it, it is the entry's field of that name.
    `choices` are all the values that there can be. `always` says that there is a value in every
    row, and `of_part` that it differs between the rows of one entry."""

    name: str
    explanation: Promise
    holds: Type = Type.TEXT
    value: Callable[[Row], Value] | None = None
    choices: type[models.TextChoices] | None = None
    always: bool = False
    of_part: bool = False

    def of(self, row: Row) -> Value:
        return self.value(row) if self.value else getattr(row.entry, self.name)


def whole(row: Row) -> Iterable[Row]:
    """An entry as the one row that most kinds have."""
    return (row,)


@dataclass(frozen=True)
class Dataset:
    """One kind of entry as a table.

    `slug` names it in addresses and `name` in files. `load` fetches what the columns read, as it
    is public at a moment, in a fixed number of queries. `split` makes rows of an entry, which
    `parts` names where an entry has several. `linked` are the kinds of which codes stand in its
    rows. `geometry` places a row on the map by RFC 7946; without it there is no GeoJSON.
    """

    slug: str
    name: str
    title: Promise
    explanation: Promise
    model: type[Entry]
    columns: tuple[Column, ...]
    load: Callable[[EntryQuerySet, datetime], EntryQuerySet]
    split: Callable[[Row], Iterable[Row]] = whole
    parts: str = ""
    linked: tuple[type[Entry], ...] = ()
    geometry: Callable[[Row], dict[str, Any] | None] | None = None

    @property
    def extensions(self) -> tuple[str, ...]:
        return ("csv", "json", "geojson") if self.geometry else ("csv", "json")

    def entries(self, at: datetime, province: Any = None) -> EntryQuerySet:
        """Every public entry at `at`, current, past and withdrawn: those on the pages of
        `province`, or of all."""
        public = public_of(self.model, at)
        return public if province is None else public.concerning(province)

    def rows(self, entries: Iterable[Entry], at: datetime) -> Iterable[Row]:
        for entry in entries:
            yield from self.split(Row(entry, at))

    def values(self, row: Row) -> dict[str, Value]:
        """The values of a row by column; what is not known is None."""
        return _values(self.columns, row)

    def object_of(self, entry: Entry, at: datetime) -> dict[str, Any]:
        """The values of an entry as one object: those that all its rows share, and under `parts`
        a list with those of each row."""
        rows = list(self.split(Row(entry, at)))
        shared = [column for column in self.columns if not column.of_part]
        own = [column for column in self.columns if column.of_part]
        values: dict[str, Any] = _values(shared, rows[0])
        return values | {self.parts: [_values(own, row) for row in rows]} if own else values


def _values(columns: Iterable[Column], row: Row) -> dict[str, Value]:
    found = ((column.name, column.of(row)) for column in columns)
    return {name: None if value == "" else value for name, value in found}


def public_of(model: Any, at: datetime) -> EntryQuerySet:
    """What is public of `model` at `at`."""
    return model._default_manager.public(at)


def columns(*own: Column) -> tuple[Column, ...]:
    """The columns of a kind: `own` between those that every kind has."""
    return (*FIRST, *own, *LAST)


def public_url(entry: Any) -> str:
    """The address of the entry's page; Vietnamese if that is the active language."""
    return settings.PUBLIC_BASE_URL + entry.get_absolute_url()


FIRST = (
    Column("id", _("The code of the entry: permanent, and never used for anything else."),
           value=lambda row: row.entry.code, always=True),
    Column("province", _("The province that published it, as in the addresses of its pages; "
                         "empty for the whole country."),
           value=lambda row: row.entry.scope.slug if row.entry.scope else None),
)  # fmt: skip
LAST = (
    Column("status", _("Where the entry stands. It follows from the clock too: what was current "
                       "becomes past at “listed_until”."),
           value=lambda row: status_of(row.entry, row.at).value, choices=Status, always=True),
    Column("revision", _("The number of its published version. After a correction or withdrawal "
                         "it is higher."),
           Type.WHOLE_NUMBER, lambda row: row.entry.revision_number, always=True),
    Column("announced_on", _("The day on which the office made it known, if before it came here."),
           Type.DAY),
    Column("added", _("When it was published here for the first time."),
           Type.MOMENT, lambda row: row.entry.published_at, always=True),
    Column("updated", _("When what residents read changed last. The same as “added” until it is "
                        "corrected or withdrawn."),
           Type.MOMENT, lambda row: row.entry.updated_at, always=True),
    Column("listed_until", _("When it stops being current, unless it is withdrawn before."),
           Type.MOMENT, always=True),
    Column("public_note", _("Why it was corrected or withdrawn, in the words of the office.")),
    Column("url", _("The page of the entry. It stays for ever."),
           value=lambda row: public_url(row.entry), always=True),
)  # fmt: skip
