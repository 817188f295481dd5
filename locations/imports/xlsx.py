"""XLSX: checked from outside, then read by a process that may use little memory and time."""

import io
import json
import struct
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from locations.imports import sheets
from locations.imports.problems import Refused
from locations.imports.sheets import Moment, Row

CHILD = Path(__file__).with_name("xlsx_child.py")
SECONDS = 30
MAX_PARTS = 500
# All parts unpacked; a sheet of 20,000 full rows has about 20 MB.
MAX_UNPACKED = 60 * 1024 * 1024
# What people type packs to a tenth; only what was made to hurt packs to a hundredth.
MAX_RATIO = 100
HARMLESS = 1024 * 1024
# What zipfile raises for one broken archive or another.
BROKEN = (
    zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error, EOFError,
    IndexError, OverflowError,
)  # fmt: skip


def read(data: bytes) -> tuple[list[Row], list[str]]:
    """The rows of the first sheet, and remarks for the officer. Raises Refused."""
    _check_archive(data)
    answer = _answer(data)
    if refusal := answer.get("refused"):
        raise Refused(_refusal(refusal, answer.get("cell", "")))
    remarks = []
    if answer["others"]:
        remarks.append(
            _("Only the sheet “%(first)s” is read; not: %(others)s.")
            % {"first": answer["sheet"], "others": ", ".join(answer["others"][:10])}
        )
    rows = [Row(number, [_cell(cell) for cell in cells]) for number, cells in answer["rows"]]
    return rows, remarks


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except BROKEN as error:
        raise Refused(_damaged()) from error
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_("The file is protected by a password. Save it without one."))
    if (
        len(parts) > MAX_PARTS
        or len(names) < len(parts)
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or any(
            part.file_size > HARMLESS and part.file_size > MAX_RATIO * part.compress_size
            for part in parts
        )
    ):
        raise Refused(
            _("Unpacked, the file is far larger than a list of places can be; it is not opened.")
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_("The file holds macros. Save it as “.xlsx” (without macros)."))
    if "xl/workbook.bin" in names:
        raise Refused(_("This is an .xlsb file. Open it in Excel and save it as “.xlsx”."))
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise Refused(_("This is neither an Excel file (.xlsx) nor CSV text."))


def _answer(data: bytes) -> dict[str, Any]:
    limits = f"{sheets.MAX_ROWS},{sheets.MAX_COLUMNS},{sheets.MAX_CELL}"
    try:
        child = subprocess.run(
            [sys.executable, "-I", CHILD, limits],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(_("Reading the file takes too long; it is not a plain list.")) from error
    try:
        return json.loads(child.stdout)
    except ValueError as error:
        raise Refused(_damaged()) from error


def _refusal(reason: str, cell: str) -> str:
    return {
        "rows": sheets.too_many_rows,
        "columns": sheets.too_many_columns,
        "formula": lambda: sheets.formula(cell),
        "cell": lambda: sheets.too_long(cell),
        "error": lambda: _("Cell %s shows an error of Excel's. Correct or empty it.") % cell,
        "text": lambda: _("There is too much text in the file. Divide it into several."),
    }.get(reason, _damaged)()


def _damaged() -> str:
    return _("The Excel file is damaged. Open it in Excel and save it again as “.xlsx”.")


def _cell(cell: Any) -> Any:
    if isinstance(cell, list):
        return Moment(datetime.fromisoformat(cell[0]), has_hour=cell[1])
    return cell
