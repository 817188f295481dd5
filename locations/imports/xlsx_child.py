"""Run as a program: reads an XLSX file from standard input and writes its first sheet as JSON.

It stands alone, without Django, the environment or a connection, so that a file that breaks the
reader breaks nothing else. It limits its own memory and time before it looks at the file.
"""

import io
import json
import re
import resource
import sys
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY = 256 * 1024 * 1024
CPU_SECONDS = 25
# Characters, as many as a CSV file may have: a text in a table of texts can be in every cell.
MAX_TEXT = 10 * 1024 * 1024
# The last row that Excel has. A file may claim another, and openpyxl makes all those before it.
LAST_ROW = 1_048_576
PROLOGUE = 64 * 1024
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Refusal(Exception):
    def __init__(self, reason: str, cell: str = "") -> None:
        self.reason, self.cell = reason, cell


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    limits = [int(limit) for limit in sys.argv[1].split(",")]
    try:
        answer = sheet(sys.stdin.buffer.read(), *limits)
    except Refusal as refusal:
        answer = {"refused": refusal.reason, "cell": refusal.cell}
    except Exception:
        answer = {"refused": "damaged"}
    # Half a character is passed on too: whoever reads the cell says where it stands.
    for part in json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).iterencode(answer):
        sys.stdout.buffer.write(part.encode("utf-8", "surrogatepass"))


def sheet(data: bytes, max_rows: int, max_columns: int, max_cell: int) -> dict[str, Any]:
    from openpyxl import load_workbook

    warnings.simplefilter("ignore")
    refuse_entities(data)
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    visible = [one for one in book.worksheets if one.sheet_state == "visible"]
    if not visible:
        raise Refusal("damaged")
    first, *others = visible
    # What the file says of its own size is often wrong and may be a trap.
    first.reset_dimensions()
    rows: list[tuple[int, list[Any]]] = []
    text = 0
    for number, cells in enumerate(first.iter_rows(), start=1):
        if number > LAST_ROW:
            raise Refusal("damaged")
        values = [value(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if len(rows) > max_rows:
            raise Refusal("rows")
        if len(values) > max_columns:
            raise Refusal("columns")
        for cell, one in zip(cells, values, strict=False):
            if isinstance(one, str):
                text += len(one)
                if len(one) > max_cell:
                    raise Refusal("cell", cell.coordinate)
        if text > MAX_TEXT:
            raise Refusal("text")
        rows.append((number, values))
    return {"sheet": first.title, "others": [one.title for one in others], "rows": rows}


def refuse_entities(data: bytes) -> None:
    """A document type may define entities that grow without end; Excel never writes one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            with archive.open(name) as part:
                if b"<!DOCTYPE" in part.read(PROLOGUE):
                    raise Refusal("damaged")


def value(cell: Any) -> Any:
    held = cell.value
    if held is None or isinstance(held, bool | int):
        return held
    if cell.data_type == "f":
        raise Refusal("formula", cell.coordinate)
    if cell.data_type == "e":
        raise Refusal("error", cell.coordinate)
    if isinstance(held, datetime):
        # Excel counts in days: an hour comes back a few microseconds off.
        held = (held + timedelta(milliseconds=500)).replace(microsecond=0)
        shows_hour = "h" in (cell.number_format or "").lower()
        return [held.isoformat(), shows_hour or held.time() != time()]
    if isinstance(held, date):
        return [held.isoformat() + "T00:00:00", False]
    if isinstance(held, float):
        return held if held == held and abs(held) != float("inf") else None
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(held))


if __name__ == "__main__":
    main()
