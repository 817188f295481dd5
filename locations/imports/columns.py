"""The columns of an import and their headings, English or Vietnamese, in any case and accents."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.imports.problems import Refused
from locations.imports.sheets import Cell, Row, column_letter
from portal.text import fold


@dataclass(frozen=True)
class Column:
    name: str
    vietnamese: str
    explanation: str | Promise
    is_required: bool = False


COLUMNS = (
    Column("external_id", "Mã", gettext_lazy(
        "The id of the place in your own list, at most 60 characters. "
        "Rows with the same id are windows of one place.")),
    Column("name", "Tên địa điểm", gettext_lazy("At most 200 characters."), is_required=True),
    Column("kind", "Loại", gettext_lazy(
        "area, hotel, residential, workplace, shop, market, restaurant, school, health, "
        "transport, worship, event or other; or the Vietnamese word.")),
    Column("address", "Địa chỉ", gettext_lazy("Number and street, without ward and district.")),
    Column("ward", "Phường/Xã", gettext_lazy("As it was called at the time of the exposure.")),
    Column("district", "Quận/Huyện", gettext_lazy(
        "As it was called at the time; empty since 01/07/2025.")),
    Column("starts_at", "Từ", gettext_lazy(
        "Day and hour: 22/03/2021 19:00. Only the day if the hour is not known; empty if "
        "nothing is."), is_required=True),
    Column("ends_at", "Đến", gettext_lazy("Like “Từ”; empty if the end is not known.")),
    Column("tier", "Mức tiếp xúc", gettext_lazy(
        "close, casual or monitor; or the Vietnamese word; or empty.")),
    Column("action", "Việc cần làm", gettext_lazy("What whoever was there must do.")),
    Column("latitude", "Vĩ độ", gettext_lazy("Degrees such as 20.8449; may be empty.")),
    Column("longitude", "Kinh độ", gettext_lazy("Degrees such as 106.6881; may be empty.")),
    Column("note", "Ghi chú", gettext_lazy("Nothing about persons: residents read it.")),
)  # fmt: skip
BY_HEADING = {
    fold(heading): column for column in COLUMNS for heading in (column.name, column.vietnamese)
}


@dataclass(frozen=True)
class Headings:
    """Where each column stands, and how the file calls it."""

    positions: dict[str, int]
    words: dict[str, str]

    @classmethod
    def of(cls, row: Row) -> "Headings":
        """Raises Refused if a heading is unknown, given twice or missing."""
        positions: dict[str, int] = {}
        words: dict[str, str] = {}
        unknown = []
        for position, cell in enumerate(row.cells):
            word = _word(cell)
            column = BY_HEADING.get(fold(word))
            if not word:
                continue
            if column is None:
                unknown.append(f"“{word[:40]}” ({column_letter(position)})")
            elif column.name in positions:
                raise Refused(
                    _("The column “%(heading)s” is there twice (%(first)s and %(second)s). "
                      "Delete one.")
                    % {
                        "heading": word,
                        "first": column_letter(positions[column.name]),
                        "second": column_letter(position),
                    }
                )  # fmt: skip
            else:
                positions[column.name], words[column.name] = position, word
        if unknown:
            raise Refused(
                _("The portal does not know these headings: %(unknown)s. It knows: %(known)s.")
                % {"unknown": ", ".join(unknown[:5]), "known": _known()}
            )
        missing = [c.vietnamese for c in COLUMNS if c.is_required and c.name not in positions]
        if missing:
            raise Refused(
                _("These columns are missing: %(missing)s. The first row must hold the headings.")
                % {"missing": ", ".join(missing)}
            )
        return cls(positions, words)

    def cells(self, row: Row) -> dict[str, Cell]:
        """The cells of `row` by the name of their column; None where the row ends before."""
        return {
            name: row.cells[position] if position < len(row.cells) else None
            for name, position in self.positions.items()
        }

    def stray(self, row: Row) -> str:
        """The letter of the first filled cell of `row` under no heading; "" if there is none."""
        headed = set(self.positions.values())
        for position, cell in enumerate(row.cells):
            if position not in headed and cell not in (None, ""):
                return column_letter(position)
        return ""


def recognised(headings: list[str]) -> int:
    """How many of `headings` are known."""
    return sum(fold(heading) in BY_HEADING for heading in headings)


def _word(cell: Any) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else "" if cell is None else str(cell)


def _known() -> str:
    return ", ".join(f"{column.vietnamese} ({column.name})" for column in COLUMNS)
