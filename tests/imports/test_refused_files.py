"""Files that are not taken: each with one message that says why, and nothing saved."""

import gzip
import io
import re
import subprocess
import sys
import time
import warnings
import zipfile

import pytest
from openpyxl import Workbook

from locations.imports import sheets, xlsx, xlsx_child
from locations.imports.problems import Refused
from locations.imports.reading import read
from tests.imports.conftest import HEADINGS, MARKET, SCHOOL, csv_file, packed, xlsx_file

GOOD_CSV = csv_file(MARKET, SCHOOL)
GOOD_XLSX = xlsx_file(MARKET, SCHOOL)


def with_part(name: str, content: bytes = b"x", data: bytes = GOOD_XLSX) -> bytes:
    """An XLSX file with one more part."""
    file = io.BytesIO(data)
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
    ):
        archive.writestr(name, content)
    return file.getvalue()


def with_changed_part(name: str, change) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD_XLSX)) as good, zipfile.ZipFile(file, "w") as changed:
        for part in good.namelist():
            content = good.read(part)
            changed.writestr(part, change(content) if part == name else content)
    return file.getvalue()


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook(**cells: object) -> bytes:
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(MARKET)
    for cell, value in cells.items():
        book.active[cell] = value
    return packed(book)


def bomb() -> bytes:
    """Under 100 KB that unpack to 40 MB of cells, each of which openpyxl makes an object of."""
    rows = b"<row>" + b"<c><v>1</v></c>" * (40 * 1024 * 1024 // 15) + b"</row>"
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(GOOD_XLSX)) as good,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made,
    ):
        for part in good.namelist():
            made.writestr(part, sheet if part.endswith("sheet1.xml") else good.read(part))
    return file.getvalue()


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8))
    + b"]>"
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
REFUSED = {
    "nothing": (b"", "empty"),
    "only blank lines": (b"\n\n  \n", "empty"),
    "only headings": (csv_file(), "no rows"),
    "too large": (b"a" * (sheets.MAX_BYTES + 1), "MB"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "neither"),
    "a PDF": (b"%PDF-1.7 " + bytes(100), "neither"),
    "a web page": (b"<!DOCTYPE html><html><table></table></html>", "neither"),
    "a compressed file": (gzip.compress(GOOD_CSV), "neither"),
    "another zip": (zipped(**{"a.txt": b"x"}), "neither"),
    "a Word document": (
        zipped(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "neither"
    ),
    "a broken zip": (GOOD_XLSX[:900], "damaged"),
    "an old .xls": (OLD_EXCEL, r"old \.xls"),
    "a protected workbook": (OLD_EXCEL + "EncryptedPackage".encode("utf-16-le"), "password"),
    "macros": (with_part("xl/vbaProject.bin"), "macros"),
    "an .xlsb": (with_part("xl/workbook.bin"), "xlsb"),
    "a part twice": (with_part("xl/workbook.xml"), "far larger"),
    "a bomb": (bomb(), "far larger"),
    "very many parts": (zipped(**{f"xl/{n}": b"" for n in range(600)}), "far larger"),
    "laughing entities": (
        with_changed_part(
            "xl/worksheets/sheet1.xml", lambda xml: LAUGHS + xml.replace(b"<t>", b"<t>&i;")
        ),
        "damaged",
    ),
    "no XML": (with_changed_part("xl/worksheets/sheet1.xml", lambda xml: b"<<" + xml), "damaged"),
    "a conflict": (b"<<<<<<< HEAD\n" + GOOD_CSV, "Line 1 .*conflict"),
    "a conflict further down": (GOOD_CSV + b"\n=======\n" + GOOD_CSV, "Line 4 .*conflict"),
    "a conflict in XLSX": (workbook(A3=">>>>>>> main"), "Line 3 .*conflict"),
    "two encodings": (
        GOOD_CSV + "\nA3,Chợ Ga".encode() + "\nA4,Chï".encode("latin-1"), "Line 5 .*mixes"
    ),
    "another encoding": ("id,Caf\xe9\n".encode("latin-1") * 3, "Line 1 is not in UTF-8"),
    "saved twice": (GOOD_CSV.replace("Chợ".encode(), "Chá»£".encode()),
                    "Line 2 is garbled"),
    "UTF-16": (GOOD_CSV.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": (GOOD_CSV.decode().encode("utf-16-le"), "NUL|UTF-8"),
    "NUL": (GOOD_CSV.replace(b"A1", b"A\0"), "Line 2 holds a NUL"),
    "a formula": (workbook(B2="=1+1"), "Cell B2 holds a formula"),
    "a formula as text in CSV": (csv_file(("=HYPERLINK(1)", *MARKET[1:])), "Cell A2 .*formula"),
    "a command in CSV": (csv_file(("A1", "+cmd|' /C calc'!A0", *MARKET[2:])), "Cell B2 .*formula"),
    "an error of Excel's": (workbook(B2="#REF!"), "Cell B2 shows an error"),
    "a heading twice": (csv_file((*MARKET, "x"), headings=(*HEADINGS, "ma")), r"twice \(A and H\)"),
    "an unknown heading": (csv_file((*MARKET, "x"), headings=(*HEADINGS, "Màu")), r"“Màu” \(H\)"),
    "a missing heading": (csv_file(("A1", "X"), headings=("Mã", "Loại")), "Tên địa điểm, Từ"),
    "no headings": (csv_file(SCHOOL, headings=MARKET), "does not know these headings"),
    "an open quotation": (GOOD_CSV + b'\n"A3,Ch', "quotation mark"),
    "too many rows": (
        csv_file(*(["x", "y"] * (sheets.MAX_ROWS + 1)), headings=("Tên địa điểm", "Từ")),
        "more than 20000 rows",
    ),
    "too many columns": (csv_file(MARKET, headings=["Mã"] * 50), "more than 40 columns"),
    "too many columns in XLSX": (workbook(AZ1="Mã"), "more than 40 columns"),
    "a very long cell": (csv_file(("A1", "x" * 6000, *MARKET[2:])), "Cell B2 holds more than"),
    "a very long cell in XLSX": (workbook(B2="x" * 6000), "Cell B2 holds more than"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_is_refused_with_one_message(data, says, look):
    with pytest.raises(Refused) as refused:
        look(data)
    assert re.search(says, str(refused.value))
    assert "\n" not in str(refused.value)


def test_the_name_does_not_decide_what_a_file_is(look):
    assert look(GOOD_CSV, file_name="list.xlsx").counts["new"] == 2
    assert look(GOOD_XLSX, file_name="list.csv").counts["new"] == 2


def test_a_bomb_is_refused_at_once_and_unopened():
    data = bomb()
    assert len(data) < 100_000
    started = time.monotonic()
    with pytest.raises(Refused):
        read(data)
    assert time.monotonic() - started < 2


def test_a_bomb_that_passes_the_first_check_breaks_only_the_child(monkeypatch):
    """Even without any look at the archive the reader stays within its limits."""
    monkeypatch.setattr(xlsx, "_check_archive", lambda data: None)
    with pytest.raises(Refused):
        read(bomb())


# A process says how much a child of its own held; a child of this one would inherit its peak.
HELD = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[2:], stdin=open(sys.argv[1]));"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)"
)


def test_the_reader_holds_little_memory(tmp_path):
    (tmp_path / "bomb.xlsx").write_bytes(bomb())
    reader = [sys.executable, "-I", xlsx_child.__file__, "20000,40,5000"]
    held = subprocess.run(
        [sys.executable, "-c", HELD, tmp_path / "bomb.xlsx", *reader], capture_output=True
    )
    assert b"refused" in held.stdout
    assert int(held.stderr) < 256


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(xlsx, "SECONDS", 0.01)
    with pytest.raises(Refused, match="too long"):
        read(GOOD_XLSX)


def test_sheets_that_are_not_read_are_named(look):
    book = Workbook()
    book.active.append(HEADINGS)
    book.active.append(MARKET)
    book.create_sheet("Ghi chép")
    shown = look(packed(book))
    assert shown.counts["new"] == 1
    assert "Ghi chép" in str(shown.warnings[0])
