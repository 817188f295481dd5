"""CSV: UTF-8 text with commas, semicolons or tabs between the cells."""

import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from locations.imports import sheets
from locations.imports.columns import recognised
from locations.imports.problems import Refused
from locations.imports.sheets import Row

DELIMITERS = ",;\t"
# Excel writes this line to name the delimiter, and shows it to nobody.
NAMED_DELIMITER = re.compile(r"^sep=([,;\t|])\r?\n", re.IGNORECASE)
# Vietnamese in UTF-8 that was read as Windows-1252 and saved again: "Chợ" became "Chá»£".
TWICE_ENCODED = re.compile(r"á[º»]|Æ[°¡]|Ä[‘\x91\x90]|Ã[\xa0-\xbf]|â€")
# In one line, with those that stand in the text of cells and at its empty end.
MOST_DELIMITERS = sheets.MAX_COLUMNS * sheets.MAX_CELL
LINE_END = re.compile(r"\r\n?|\n")
MARKUP = re.compile(r"^\s*<(!doctype|html|\?xml|table|head|body|svg|script)\b", re.IGNORECASE)


def read(data: bytes) -> tuple[list[Row], list[str]]:
    """The rows, and what the officer should know of how they were read. Raises Refused."""
    text = _decoded(data)
    if MARKUP.match(text):
        raise Refused(_("This is neither an Excel file (.xlsx) nor CSV text."))
    conflict, garbled = sheets.CONFLICT.search(text), TWICE_ENCODED.search(text)
    if conflict and (garbled is None or conflict.start() < garbled.start()):
        raise Refused(sheets.conflict(_line(text, conflict.start())))
    if garbled:
        raise Refused(
            _("Line %d is garbled: its letters were saved in a wrong encoding. "
              "Export the list again as “CSV UTF-8”.") % _line(text, garbled.start())
        )  # fmt: skip
    named = NAMED_DELIMITER.match(text)
    text = text[named.end() :] if named else text
    delimiters = named[1] if named else DELIMITERS
    delimiter = max(delimiters, key=lambda one: recognised(_headings(text, one)))
    return _rows(text, delimiter), []


def _line(text: str, position: int) -> int:
    """The number of the line in which `position` is."""
    return 1 + sum(1 for _end in LINE_END.finditer(text, 0, position))


def _decoded(data: bytes) -> str:
    """Never line by line: of a file of 10 MB the lines would take forty times as much."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    nul = data.find(b"\0")
    try:
        text, wrong = data.decode(), -1
    except UnicodeDecodeError as error:
        text, wrong = "", error.start
    # The first line with either; what is in one line is called NUL.
    if nul >= 0 and (wrong < 0 or b"\n" not in data[wrong:nul]):
        number = data.count(b"\n", 0, nul) + 1
        raise Refused(_("Line %d holds a NUL character: this is not text.") % number)
    if wrong >= 0:
        before = data[: data.rfind(b"\n", 0, wrong) + 1]
        raise Refused(_not_utf_8(before.count(b"\n") + 1, mixed=not before.isascii()))
    return text


def _not_utf_8(number: int, *, mixed: bool) -> str:
    if mixed:
        return (
            _(
                "Line %d is not in UTF-8 while the lines above are: the file mixes two encodings. "
                "Export the list again as “CSV UTF-8”."
            )
            % number
        )
    return _("Line %d is not in UTF-8. Save the file as “CSV UTF-8” or as “.xlsx”.") % number


def _headings(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text[:20_000].lstrip("\r\n")), delimiter=delimiter), [])
    except csv.Error:
        return []


def _bounded(text: str, delimiter: str) -> Iterator[str]:
    """The lines of `text`. Raises Refused before one is told apart into millions of cells."""
    for line in io.StringIO(text, newline=""):
        if line.count(delimiter) > MOST_DELIMITERS:
            raise Refused(sheets.too_many_columns())
        yield line


def _rows(text: str, delimiter: str) -> list[Row]:
    rows: list[Row] = []
    reader = csv.reader(_bounded(text, delimiter), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if not any(cells):
                continue
            if len(rows) > sheets.MAX_ROWS:
                raise Refused(sheets.too_many_rows())
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > sheets.MAX_COLUMNS:
                raise Refused(sheets.too_many_columns())
            for position, cell in enumerate(cells):
                if len(cell) > sheets.MAX_CELL:
                    raise Refused(sheets.too_long(f"{sheets.column_letter(position)}{number}"))
            rows.append(Row(number, list(cells)))
    except csv.Error as error:
        raise Refused(
            _("From row %(row)d the text cannot be told apart into cells (%(error)s). "
              "Is a quotation mark missing?") % {"row": number + 1, "error": error}
        ) from error  # fmt: skip
    return rows
