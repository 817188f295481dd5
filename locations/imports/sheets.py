"""A file as rows of cells: what every kind of file is read to, and how much of it."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 40
MAX_CELL = 5_000

# At the beginning of a line.
CONFLICT = re.compile(r"(?<![^\r\n])(<{7}|\|{7}|={7}|>{7})(\s|$)")
# What a spreadsheet would calculate: "=1+1", "@SUM(A1)", "+cmd|…".
FORMULA = re.compile(r"^\s*(=|[+@-][A-Za-z.]+[(|!])")


@dataclass(frozen=True)
class Moment:
    """A real date cell; without an hour if its format shows none."""

    at: datetime
    has_hour: bool


Cell = str | int | float | bool | Moment | None


@dataclass(frozen=True)
class Row:
    number: int  # as Excel counts, the headings' row is usually 1
    cells: list[Cell]

    @property
    def is_blank(self) -> bool:
        return all(cell is None or cell == "" for cell in self.cells)


@dataclass
class Sheet:
    """The headings' row and the rows below that hold anything."""

    headings: Row
    rows: list[Row]
    remarks: list[str] = field(default_factory=list)


def conflict(line: int) -> str:
    return (
        _(
            "Line %d is the mark of a merge conflict: this file is two versions mixed together. "
            "Choose the right version and import that."
        )
        % line
    )


def formula(cell: str) -> str:
    return (
        _("Cell %s holds a formula. Replace formulas by their values (copy, then paste as values).")
        % cell
    )


def too_many_rows() -> str:
    return _("There are more than %d rows. Divide the file into several.") % MAX_ROWS


def too_many_columns() -> str:
    return _("There are more than %d columns. Delete those that are not needed.") % MAX_COLUMNS


def too_long(cell: str) -> str:
    return _("Cell %(cell)s holds more than %(most)d characters.") % {
        "cell": cell,
        "most": MAX_CELL,
    }


def column_letter(position: int) -> str:
    """How Excel calls the column at `position`, which counts from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
