"""Files to import, made as offices make them."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from locations.imports.preview import Preview, hand_over, preview
from locations.models import ExposureLocation
from portal.publishing.batches import approve_batch
from portal.publishing.models import Batch

HEADINGS = ("Mã", "Tên địa điểm", "Loại", "Phường/Xã", "Quận/Huyện", "Từ", "Đến")
MARKET = ("A1", "Chợ Đổ", "chợ", "Máy Tơ", "Ngô Quyền", "22/03/2021 19:00", "22/03/2021 21:30")
SCHOOL = ("A2", "Trường Kim Đồng", "school", "Đằng Giang", "Ngô Quyền", "21/03/2021", "")


def csv_file(*rows: Any, headings: Any = HEADINGS, delimiter: str = ",") -> bytes:
    def quoted(cell: Any) -> str:
        words = "" if cell is None else str(cell)
        return '"' + words.replace('"', '""') + '"' if set(words) & set(',;\t"\n') else words

    return "\n".join(delimiter.join(map(quoted, row)) for row in (headings, *rows)).encode()


def xlsx_file(*rows: Any, headings: Any = HEADINGS, formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    for row in (headings, *rows):
        book.active.append([None if cell == "" else cell for cell in row])
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def packed(book: Workbook) -> bytes:
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def windows(location: ExposureLocation) -> list[tuple[Any, ...]]:
    return [(w.starts_on, w.starts_time, w.ends_on, w.ends_time) for w in location.windows.all()]


def day(number: int, month: int = 3) -> date:
    return date(2021, month, number)


def at(number: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2021, 3, number, hour, minute)  # noqa: DTZ001 - as Excel keeps it


@pytest.fixture(autouse=True)
def in_english():
    """The messages as the code words them, whatever their translation."""
    with override("en"):
        yield


@pytest.fixture
def look(hai_phong, author, story_time):
    """The preview of a file for Hải Phòng."""

    def look(data: bytes, **options: Any) -> Preview:
        options = {"file_name": "list.csv", "province": hai_phong, "by": author} | options
        return preview(data, **options)

    return look


@pytest.fixture
def imported(look, author, approver):
    """Imports a file and lets a colleague approve it."""

    def imported(data: bytes, **options: Any) -> Batch:
        shown = look(data, **options)
        assert not shown.errors, shown.errors
        batch = hand_over(shown, by=author)
        approve_batch(batch=batch, by=approver, note="đã kiểm tra")
        return batch

    return imported
