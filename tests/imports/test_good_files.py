"""Every way in which an office may write a list, and what residents then read."""

import unicodedata
from datetime import time

import pytest

from locations.models import ExposureLocation
from tests.imports.conftest import (
    MARKET,
    SCHOOL,
    at,
    csv_file,
    day,
    windows,
    xlsx_file,
)
from tests.imports.excel import shared_strings_file

EVENING = [(day(22), time(19), day(22), time(21, 30))]
ENGLISH = ("external_id", "name", "kind", "ward", "district", "starts_at", "ends_at")
BARE = ("MA", "ten dia diem", "LOAI", "phuong xa", "Quan/Huyen", "TU", "den")
VARIATIONS = {
    "commas": csv_file(MARKET, SCHOOL),
    "semicolons": csv_file(MARKET, SCHOOL, delimiter=";"),
    "tabs": csv_file(MARKET, SCHOOL, delimiter="\t"),
    "a byte order mark": b"\xef\xbb\xbf" + csv_file(MARKET, SCHOOL),
    "a named delimiter": b"sep=;\r\n" + csv_file(MARKET, SCHOOL, delimiter=";"),
    "Windows line ends": csv_file(MARKET, SCHOOL).replace(b"\n", b"\r\n"),
    "old Mac line ends": csv_file(MARKET, SCHOOL).replace(b"\n", b"\r"),
    "blank lines": b"\n\n" + csv_file(MARKET, ("",) * 7, SCHOOL) + b"\n\n",
    "English headings": csv_file(MARKET, SCHOOL, headings=ENGLISH),
    "headings without accents": csv_file(
        MARKET, SCHOOL, headings=BARE
    ),
    "decomposed letters": unicodedata.normalize("NFD", csv_file(MARKET, SCHOOL).decode()).encode(),
    "XLSX with text": xlsx_file(MARKET, SCHOOL),
    "XLSX with shared strings": shared_strings_file(MARKET, SCHOOL),
    "XLSX with dates": xlsx_file(
        (*MARKET[:5], at(22, 19), at(22, 21, 30)),
        (*SCHOOL[:5], day(21), None),
        formats={"F2": "dd/mm/yyyy hh:mm", "G2": "dd/mm/yyyy hh:mm", "F3": "dd/mm/yyyy"},
    ),
    "XLSX with blank rows": xlsx_file((), MARKET, (), SCHOOL),
    "ISO 8601": csv_file(
        (*MARKET[:5], "2021-03-22T19:00:00+07:00", "2021-03-22T14:30Z"),
        (*SCHOOL[:5], "2021-03-21", ""),
    ),
    "other ways to write hours": csv_file(
        (*MARKET[:5], "19h 22/3/2021", "22-03-2021 21h30"), (*SCHOOL[:5], "21.3.2021", "21/03/2021")
    ),
    "kinds before names": csv_file(
        (*MARKET[:3], "P. Máy Tơ", "Q. Ngô Quyền", *MARKET[5:]),
        (*SCHOOL[:3], "phường Đằng Giang", "quận Ngô Quyền", *SCHOOL[5:]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", VARIATIONS.values(), ids=VARIATIONS.keys())
def test_a_list_is_read_however_it_is_written(data, imported):
    imported(data)
    market, school = ExposureLocation.objects.listed().order_by("external_id")
    assert (market.name, market.kind, market.external_id) == ("Chợ Đổ", "market", "A1")
    assert windows(market) == EVENING
    assert market.unit_path == "phường Máy Tơ, quận Ngô Quyền, thành phố Hải Phòng"
    assert (school.kind, school.ward.name) == ("school", "Đằng Giang")
    assert windows(school) == [(day(21), None, day(21), None)]


WHEN = {
    "exact": ("22/03/2021 19:00", "22/03/2021 21:30", EVENING),
    "across midnight": (
        "22/03/2021 19:00", "23/03/2021 00:30", [(day(22), time(19), day(23), time(0, 30))]
    ),
    "day only": ("22/03/2021", "", [(day(22), None, day(22), None)]),
    "several days": ("20/03/2021", "22/03/2021", [(day(20), None, day(22), None)]),
    "unknown": ("", "", [(None, None, None, None)]),
    "end not known": ("22/03/2021 19:00", "", [(day(22), time(19), day(22), None)]),
    "start not known": ("", "22/03/2021 21:30", [(day(22), None, day(22), time(21, 30))]),
    "midnight itself": (
        "22/03/2021 00:00", "22/03/2021 01:00", [(day(22), time(0), day(22), time(1))]
    ),
    "day before month": ("02/03/2021", "", [(day(2), None, day(2), None)]),
    "another offset": (
        "2021-03-22T12:00:00Z", "2021-03-22T23:30:00+09:00", EVENING
    ),
}  # fmt: skip


@pytest.mark.parametrize(("start", "end", "expected"), WHEN.values(), ids=WHEN.keys())
@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_a_window_is_kept_as_far_as_it_is_known(file, start, end, expected, imported):
    imported(file((*MARKET[:5], start, end)))
    assert windows(ExposureLocation.objects.get()) == expected


def test_an_excel_date_at_midnight_is_an_hour_only_if_the_cell_shows_hours(imported):
    imported(
        xlsx_file(
            (*MARKET[:5], at(22, 0), at(22, 1)), (*SCHOOL[:5], at(21, 0), None),
            formats={"F2": "dd/mm/yyyy hh:mm", "F3": "d/m/yyyy"},
        )
    )  # fmt: skip
    market, school = ExposureLocation.objects.order_by("external_id")
    assert windows(market) == [(day(22), time(0), day(22), time(1))]
    assert windows(school) == [(day(21), None, day(21), None)]


def test_rows_of_one_id_are_windows_of_one_place(imported):
    later = (*MARKET[:2], "", "", "", "23/03/2021 08:00", "23/03/2021 09:00")
    imported(csv_file(later, MARKET))
    location = ExposureLocation.objects.get()
    assert windows(location) == [*EVENING, (day(23), time(8), day(23), time(9))]
    assert location.kind == "market"


def test_a_place_without_an_id_is_recognised_by_its_name_and_address(imported, look):
    nameless = ("", *MARKET[1:])
    imported(csv_file(nameless))
    again = look(csv_file(("", "CHỢ  ĐỔ", *MARKET[2:5], "23/03/2021", "")))
    assert again.counts == {"new": 0, "changed": 1, "unchanged": 0, "removed": 0}
    assert look(csv_file(nameless)).unchanged == 1


def test_texts_of_several_lines_points_and_tiers(imported):
    headings = ("Tên địa điểm", "Từ", "Mức tiếp xúc", "Việc cần làm", "Vĩ độ", "Kinh độ", "Ghi chú")
    row = (
        "Chợ, cũ",
        "22/03/2021",
        "Tiếp xúc gần",
        "Gọi CDC.\nỞ nhà.",
        "20,8449",
        "106.6881",
        'Cổng "B"',
    )
    imported(csv_file(row, headings=headings))
    location = ExposureLocation.objects.get()
    assert (location.name, location.tier, location.action) == (
        "Chợ, cũ",
        "close",
        "Gọi CDC.\nỞ nhà.",
    )
    assert (location.latitude, location.longitude) == (20.8449, 106.6881)
    assert location.note == 'Cổng "B"'


def test_text_is_stored_in_one_normal_form_and_without_what_nobody_sees(imported, look):
    data = csv_file(("A1", unicodedata.normalize("NFD", "Chợ\u200b Đổ\ufeff"), *MARKET[2:]))
    assert [warning.row for warning in look(data).warnings] == [2]
    imported(data)
    assert ExposureLocation.objects.get().name == "Chợ Đổ"


def test_units_are_those_of_the_day(imported, story_time):
    """Since 01/07/2025 there are no districts; a ward of one name is then another unit."""
    story_time.move_to("2025-08-01T08:00:00+07:00")
    headings = ("Mã", "Tên địa điểm", "Phường/Xã", "Quận/Huyện", "Từ")
    imported(
        csv_file(
            ("1", "Trước", "Gia Viên", "Ngô Quyền", "30/06/2025"),
            ("2", "Sau", "Gia Viên", "", "01/07/2025"),
            headings=headings,
        )
    )
    before, after = ExposureLocation.objects.order_by("external_id")
    assert before.unit_path == "phường Gia Viên, quận Ngô Quyền, thành phố Hải Phòng"
    assert after.unit_path == "phường Gia Viên, thành phố Hải Phòng"
