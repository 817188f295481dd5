"""Reading a file, told apart by what it holds and not by its name."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from locations.imports import delimited, xlsx
from locations.imports.problems import Refused
from locations.imports.sheets import (
    CONFLICT,
    FORMULA,
    MAX_BYTES,
    Row,
    Sheet,
    column_letter,
    conflict,
    formula,
)


def read(data: bytes) -> Sheet:
    """The rows of `data`, an XLSX or CSV file. Raises Refused."""
    if not data.strip():
        raise Refused(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise Refused(
            _("The file has %(size)d MB; the most is %(most)d MB. Divide it into several files.")
            % {"size": -(-len(data) // 2**20), "most": MAX_BYTES // 2**20}
        )
    for begins, refusal in FOREIGN.items():
        if data.startswith(begins):
            raise Refused(refusal(data))
    rows, remarks = xlsx.read(data) if data.startswith(b"PK") else delimited.read(data)
    return _checked(rows, remarks)


def _checked(rows: list[Row], remarks: list[str]) -> Sheet:
    filled = [row for row in rows if not row.is_blank]
    if not filled:
        raise Refused(_("The file is empty."))
    for row in filled:
        for position, cell in enumerate(row.cells):
            if not isinstance(cell, str):
                continue
            if CONFLICT.match(cell):
                raise Refused(conflict(row.number))
            if FORMULA.match(cell):
                raise Refused(formula(f"{column_letter(position)}{row.number}"))
    if len(filled) == 1:
        raise Refused(_("The file has headings but no rows."))
    return Sheet(filled[0], filled[1:], remarks)


def _of_old_excel(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _("The file is protected by a password. Save it without one.")
    return _("This is an old .xls file. Open it in Excel and save it as “.xlsx”.")


def _not_a_sheet(data: bytes) -> str:
    return _("This is neither an Excel file (.xlsx) nor CSV text.")


def _of_utf_16(data: bytes) -> str:
    return _("The text is in UTF-16. Save it as “CSV UTF-8” or as “.xlsx”.")


FOREIGN: dict[bytes, Callable[[bytes], str]] = {
    b"\xd0\xcf\x11\xe0": _of_old_excel,
    b"%PDF": _not_a_sheet,
    b"\x89PNG": _not_a_sheet,
    b"\xff\xd8\xff": _not_a_sheet,
    b"GIF8": _not_a_sheet,
    b"\x1f\x8b": _not_a_sheet,
    b"Rar!": _not_a_sheet,
    b"7z\xbc\xaf": _not_a_sheet,
    b"\x7fELF": _not_a_sheet,
    b"MZ\x90": _not_a_sheet,
    b"{\\rtf": _not_a_sheet,
    b"\xff\xfe": _of_utf_16,
    b"\xfe\xff": _of_utf_16,
}
