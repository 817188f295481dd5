"""Files that no office would send, the same ones for the same seed."""

import gzip
import io
import random
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

from locations.imports.columns import COLUMNS
from locations.imports.sheets import MAX_BYTES
from tests.faults.filled import VALUES
from tests.imports.conftest import HEADINGS, MARKET, SCHOOL, csv_file, xlsx_file
from tests.imports.excel import MAIN, PARTS, shared_strings_file

GOOD_XLSX = (xlsx_file(MARKET, SCHOOL), shared_strings_file(MARKET, SCHOOL))
ALL = tuple(column.vietnamese for column in COLUMNS)
SHEET = "xl/worksheets/sheet1.xml"
NAMES = (
    "list.xlsx", "list.csv", "a.xls", "a.png", "a.svg", "a.html", "../../etc/passwd", "", "a\0.csv",
    "x" * 300 + ".csv", "\u202evsc.exe", "=1+1.csv", "<script>.csv", "CON", "a\r\nb.csv", ".csv",
)  # fmt: skip
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(8)
) + "]>"  # fmt: skip
ENTITIES = {
    "laughing": (LAUGHS, "&i;"),
    "quadratic": (f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 2_000),
    "from a file": ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
    "from elsewhere": ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "x"),
    "of parameters": (
        '<!DOCTYPE x [<!ENTITY % a "x"><!ENTITY % b "%a;%a;"><!ENTITY c "%b;">]>',
        "&c;",
    ),
    "of itself": ('<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;"),
}


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_of(rows: str) -> bytes:
    """A workbook whose one sheet has these rows as they stand."""
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()
    return packed({**parts_of(GOOD_XLSX[1]), SHEET: sheet})


def cell(reference: str, text: str, kind: str = "inlineStr") -> str:
    inner = f"<is><t>{text}</t></is>" if kind == "inlineStr" else f"<v>{text}</v>"
    return f'<c r="{reference}" t="{kind}">{inner}</c>'


HEADS = '<row r="1">' + "".join(
    cell(f"{letter}1", word) for letter, word in zip("ABCDEFG", HEADINGS, strict=True)
) + "</row>"  # fmt: skip


# --- bombs: each by itself, and small


def with_entities(part: str, kind: str, encoding: str = "utf-8") -> bytes:
    """A workbook of which one part defines entities, and uses them."""
    parts = parts_of(GOOD_XLSX[1])
    begins, uses = ENTITIES[kind]
    body = parts[part].decode()
    at = body.rindex("</")
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + begins
    parts[part] = (declared + body[:at] + uses + body[at:]).encode(encoding)
    return packed(parts)


def overlapping(copies: int = 250) -> bytes:
    """Parts that all are the same bytes of the file, after David Fifield's “better zip bomb”."""
    data = packed({"xl/a": b"0" * 1_000_000, **parts_of(GOOD_XLSX[0])})
    start = data.index(b"PK\1\2")
    names = struct.unpack_from("<H", data, start + 28)[0]
    entry = data[start : start + 46 + names]
    assert entry[46:] == b"xl/a"
    more = b"".join(entry[:-1] + bytes([98 + n % 20]) for n in range(copies))
    end = data.rindex(b"PK\5\6")
    counts, directory = struct.unpack_from("<H", data, end + 10)[0], data[start:end] + more
    tail = bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, counts + copies, counts + copies, len(directory))
    return data[:start] + directory + bytes(tail)


def lying(data: bytes, size: int) -> bytes:
    """An archive that says of each part that it unpacks to `size` bytes."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        at = data.find(mark)
        while at >= 0:
            struct.pack_into("<I", changed, at + offset, size)
            at = data.find(mark, at + 4)
    return bytes(changed)


def nested(depth: int = 6) -> bytes:
    data = bytes(5_000_000)
    for level in range(depth):
        data = packed({f"{level}.zip": data})
    return packed({**parts_of(GOOD_XLSX[0]), "xl/media/a.zip": data})


def repeated_text(letter: str, count: int = 8_000) -> bytes:
    """Much text of little: one shared text in each of very many cells."""
    rows = "".join(
        f'<row r="{number}">{cell(f"A{number}", "0", "s") * 30}</row>' for number in range(1, count)
    )
    texts = f"<sst {MAIN}><si><t>{letter * 5_000}</t></si></sst>".encode()
    parts = parts_of(sheet_of(rows))
    return packed({**parts, "xl/sharedStrings.xml": texts})


def picture(kind: str) -> bytes:
    """Pictures that unpack to gigabytes, or are a program as well."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    size = struct.pack(">IIBBBBB", 65_535, 65_535, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(4_000_000), 9)
    return {
        "png": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", pixels)
        + chunk(b"IEND", b""),
        "gif": b"GIF89a/*" + struct.pack("<HH", 65_535, 65_535) + b"*/=1;alert(1)//;",
        "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\xff\xc0\x00\x11\x08" + b"\xff" * 40,
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "tiff": b"II*\0" + b"\xff" * 60,
    }[kind]  # fmt: skip


def columns_wide(count: int) -> bytes:
    return csv_file(["x"] * count, headings=[*HEADINGS, *(f"c{n}" for n in range(count))])


BOMBS: dict[str, Callable[[], bytes]] = {
    **{f"entities {kind} in {part}{encoding and ' in ' + encoding}":
       (lambda part=part, kind=kind, encoding=encoding:
        with_entities(part, kind, encoding or "utf-8"))
       for part in (*PARTS, SHEET, "xl/sharedStrings.xml") for kind in ENTITIES
       for encoding in ("", "utf-16")},
    **{f"a picture, {kind}": (lambda kind=kind: picture(kind))
       for kind in ("png", "gif", "jpeg", "svg", "tiff")},
    **{f"a list in a picture, {kind}": (lambda kind=kind: picture(kind) + GOOD_XLSX[0])
       for kind in ("png", "gif", "svg")},
    "overlapping parts": overlapping,
    "parts in parts": nested,
    "sizes too large": lambda: lying(GOOD_XLSX[0], 2**32 - 1),
    "sizes too small": lambda: lying(sheet_of(" " * 50_000_000), 9),
    "a row of millions": lambda: sheet_of(HEADS + '<row r="99999999"><c r="A1"><v>1</v></c></row>'),
    "a far column": lambda: sheet_of(HEADS + '<row r="2"><c r="XFD2"><v>1</v></c></row>'),
    "a farther column": lambda: sheet_of(HEADS + '<row r="2"><c r="ZZZZZZZ2"><v>1</v></c></row>'),
    "a million cells": lambda: sheet_of(f"<row>{'<c><v>1</v></c>' * 700_000}</row>"),
    "deep XML": lambda: sheet_of("<row>" * 400_000),
    "an attribute of megabytes": lambda: sheet_of(f'<row r="1" x="{"a" * 9_000_000}"></row>'),
    "many attributes": lambda: sheet_of("<row" + many_attributes() + "/>"),
    "a number of digits": lambda: sheet_of(HEADS + f"<row>{cell('A2', '9' * 100_000, 'n')}</row>"),
    "a date of nowhere": lambda: sheet_of(HEADS + f"<row>{cell('F2', '1e308', 'd')}</row>"),
    "text of text": lambda: repeated_text("a"),
    "Vietnamese text of text": lambda: repeated_text("ợ"),
    "text beyond Unicode's first plane": lambda: repeated_text("😷"),
    "as much text as there may be": lambda: repeated_text("😷", 70),
    "three times as much": lambda: repeated_text("ợ", 200),
    "a cell of 10 MB": lambda: csv_file(("A1", "x" * (MAX_BYTES - 2_000), *MARKET[2:])),
    "a quoted cell of 10 MB": lambda: csv_file(("A1", "x," * 5_000_000, *MARKET[2:]))[:MAX_BYTES],
    "10 MB of quotation marks": lambda: b'"' * MAX_BYTES,
    "10 MB of line ends": lambda: csv_file(MARKET) + b"\r\n" * 5_000_000,
    "10 MB of commas": lambda: csv_file(MARKET) + b"," * (MAX_BYTES - 500),
    "10 MB of spaces": lambda: csv_file(MARKET) + b" " * (MAX_BYTES - 500),
    "10 MB in one line": lambda: b"a" * MAX_BYTES,
    "more than 10 MB": lambda: b"a" * (MAX_BYTES + 1),
    "10 MB of what nobody sees": lambda: unseen(),
    "10 MB of places": lambda: full("22/03/2021"),
    "10 MB of errors": lambda: full("99/99/9999"),
    "a hundred thousand columns": lambda: columns_wide(100_000),
    "a million rows": lambda: csv_file(*["xy"] * 1_000_000, headings=HEADINGS[1:3])[:MAX_BYTES],
    "compressed": lambda: gzip.compress(bytes(9_000_000)),
    "only a mark": lambda: b"\xef\xbb\xbf",
    "UTF-7": lambda: csv_file(MARKET).decode().encode("utf-7"),
    "UTF-32": lambda: csv_file(MARKET).decode().encode("utf-32"),
    "an office's own letters": lambda: csv_file(MARKET).decode().encode("cp1258", "replace"),
    "EBCDIC": lambda: csv_file(MARKET).decode().encode("cp500", "replace"),
}  # fmt: skip


def many_attributes() -> str:
    return "".join(f' a{number}="1"' for number in range(9_000))


def unseen() -> bytes:
    """As many warnings as there can be: something invisible in every cell of a full list."""
    hidden = "\u200b"
    day = f"22/03/2021{hidden}"
    rows = ((f"{n}{hidden}", f"C{n}{hidden}", f"chợ{hidden}", *([hidden] * 3), day, *([hidden] * 6))
            for n in range(20_000))  # fmt: skip
    return csv_file(*rows, headings=ALL)[:MAX_BYTES].rpartition(b"\n")[0]


def full(day: str) -> bytes:
    """A list with the most rows, and as long as it may be."""
    rows = ((f"{n}", f"Chợ {n} " + "đ" * 150, "chợ", "", "", "", day) for n in range(20_000))
    return csv_file(*rows, headings=ALL[:7])[:MAX_BYTES].rpartition(b"\n")[0]


# --- damage: good files, changed by chance


def damaged(chance: random.Random) -> bytes:
    return chance.choice((bad_cells, bad_cells, bad_bytes, bad_parts, bad_spelling))(chance)


def bad_cells(chance: random.Random) -> bytes:
    """A list in whose cells anything stands, as CSV or XLSX."""
    headings = chance.sample(ALL, chance.randrange(1, len(ALL) + 1))
    if chance.random() < 0.7:
        headings = list(HEADINGS)
    rows = [
        [
            text(chance) if chance.random() < 0.3 else good
            for good in chance.choice((MARKET, SCHOOL))
        ]
        for _row in range(chance.randrange(1, 6))
    ]
    if chance.random() < 0.1:
        headings[chance.randrange(len(headings))] = text(chance)
    if chance.random() < 0.5:
        return csv_file(*rows, headings=headings, delimiter=chance.choice(",;\t"))
    return raw_sheet([headings, *rows], chance)


def raw_sheet(rows: list[list[str]], chance: random.Random) -> bytes:
    """XLSX as no program writes it: openpyxl would refuse some of these texts."""
    kinds = ("inlineStr", "inlineStr", "inlineStr", "str", "n", "b", "e", "d", "s", "?")
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = [
            cell(f"{'ABCDEFGHIJKLM'[at % 13]}{number}",
                 one.replace("&", "&amp;").replace("<", "&lt;"),
                 "inlineStr" if number == 1 or one in (*MARKET, *SCHOOL) else chance.choice(kinds))
            for at, one in enumerate(row)
        ]  # fmt: skip
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    sheet = f"<worksheet {MAIN}><sheetData>{''.join(lines)}</sheetData></worksheet>"
    return packed({**parts_of(GOOD_XLSX[1]), SHEET: sheet.encode("utf-8", "surrogatepass")})


def bad_bytes(chance: random.Random) -> bytes:
    data = bytearray(chance.choice((csv_file(MARKET, SCHOOL), *GOOD_XLSX)))
    for _change in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(len(data))
        piece = chance.choice((b"", b"\0", b'"', b"\r", b"\xff", b",,,,", chance.randbytes(4)))
        data[at : at + chance.choice((0, 1, 4, 50))] = piece
    return bytes(data)


def bad_parts(chance: random.Random) -> bytes:
    """A workbook with a part changed, gone, or under another name, and packed again."""
    parts = parts_of(chance.choice(GOOD_XLSX))
    name = chance.choice(sorted(parts))
    content = parts.pop(name)
    way = chance.randrange(5)
    if way < 3:
        at = chance.randrange(len(content))
        piece = chance.choice((chance.choice(VALUES)[:3_000], b"<!--", b"<![CDATA[", b"<x>", b"/>"))
        parts[name] = content[:at] + piece + content[at + chance.choice((0, 1, 30)) :]
    elif way == 3:
        parts[chance.choice(("/" + name, "../" + name, name.upper(), name + "\0", "a/" * 500))] = (
            content
        )
    return packed(
        parts, chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
    )


def bad_spelling(chance: random.Random) -> bytes:
    """A good list in another spelling of Unicode or another encoding."""
    data = csv_file(MARKET, SCHOOL, delimiter=chance.choice(",;\t")).decode()
    data = unicodedata.normalize(chance.choice(("NFC", "NFD", "NFKC", "NFKD")), data)
    if chance.random() < 0.5:
        at = chance.randrange(len(data))
        data = data[:at] + text(chance) + data[at:]
    encoding = chance.choice(
        ("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1258", "utf-32")
    )
    return data.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")


def text(chance: random.Random) -> str:
    return chance.choice(VALUES)[:6_000].decode("utf-8", chance.choice(("replace", "ignore")))
