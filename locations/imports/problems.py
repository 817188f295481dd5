"""What is wrong with a file: the file as a whole, or one of its cells."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

# Whoever has corrected so many tries again; the rest of the file is then not looked at.
MOST_ERRORS = 500


class Refused(Exception):
    """The file is not taken at all; the message says why and what to do."""


@dataclass(frozen=True)
class Problem:
    """Something about one cell or row, in words for the officer; `row` counts as Excel does."""

    row: int | None
    column: str
    message: str

    def __str__(self) -> str:
        where = []
        if self.row is not None:
            where.append(_("row %d") % self.row)
        if self.column:
            where.append(_("column “%s”") % self.column)
        return f"{', '.join(where)}: {self.message}" if where else self.message

    def as_json(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "message": self.message}


class TooManyErrors(Exception):
    """There are as many errors as anybody reads at once."""


@dataclass
class Findings:
    """Errors forbid the import, warnings do not."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, row: int | None, column: str, message: str) -> None:
        self.errors.append(Problem(row, column, message))
        if len(self.errors) == MOST_ERRORS:
            more = _("There are more errors than these. Correct them and try again.")
            self.errors.append(Problem(None, "", more))
            raise TooManyErrors

    def warn(self, row: int | None, column: str, message: str) -> None:
        self.warnings.append(Problem(row, column, message))
