"""What is wrong with a row is said of that row and column; then nothing of the file is taken."""

import re
from datetime import time

import pytest

from locations.imports.preview import hand_over
from locations.imports.problems import MOST_ERRORS, Refused
from portal.publishing.models import Batch
from tests.imports.conftest import MARKET, SCHOOL, at, csv_file, xlsx_file

WHEN = ("Mã", "Tên địa điểm", "Từ", "Đến")


def place(**cells: object) -> bytes:
    headings = ("Mã", "Tên địa điểm", "Loại", "Phường/Xã", "Quận/Huyện", "Từ", "Đến",
                "Mức tiếp xúc", "Vĩ độ", "Kinh độ", "Địa chỉ", "Ghi chú")  # fmt: skip
    good = dict(zip(headings, MARKET, strict=False))
    return csv_file(SCHOOL, [({**good, **cells}).get(name, "") for name in headings],
                    headings=headings)  # fmt: skip


WRONG_CELLS = {
    "no name": ({"Tên địa điểm": ""}, "Tên địa điểm", "missing"),
    "a very long name": ({"Tên địa điểm": "x" * 201}, "Tên địa điểm", "200"),
    "a very long id": ({"Mã": "x" * 61}, "Mã", "60"),
    "an unknown kind": ({"Loại": "tiệm"}, "Loại", "market"),
    "an unknown tier": ({"Mức tiếp xúc": "F1"}, "Mức tiếp xúc", "casual"),
    "an unknown ward": ({"Phường/Xã": "Không Có"}, "Phường/Xã", "Không Có"),
    "a ward of another province": ({"Phường/Xã": "Thuận An"}, "Phường/Xã", "Thuan An|Thuận An"),
    "a ward of another district": ({"Quận/Huyện": "Lê Chân"}, "Phường/Xã", "Máy Tơ"),
    "an unknown district": ({"Phường/Xã": "", "Quận/Huyện": "X"}, "Quận/Huyện", "X"),
    "a ward of several districts": (
        {"Phường/Xã": "Hòa Bình", "Quận/Huyện": ""}, "Phường/Xã", "may be"
    ),
    "no day": ({"Từ": "hôm qua"}, "Từ", "22/03/2021 19:00"),
    "an hour without a day": ({"Từ": "19:00"}, "Từ", "without its day"),
    "month before day": ({"Từ": "03/22/2021"}, "Từ", "no day"),
    "a year of two digits": ({"Từ": "22/03/21"}, "Từ", "four digits"),
    "30 February": ({"Từ": "30/02/2021"}, "Từ", "no day"),
    "25 o'clock": ({"Từ": "22/03/2021 25:00"}, "Từ", "no day"),
    "an end before the start": ({"Đến": "22/03/2021 18:00"}, "Đến", "after the start"),
    "a day in the far future": (
        {"Từ": "22/03/2022", "Đến": ""}, "Đến", "future"
    ),
    "a day before COVID-19": ({"Từ": "22/03/2011", "Đến": "22/03/2011"}, "Đến", "2019"),
    "no number": ({"Vĩ độ": "bắc", "Kinh độ": "106"}, "Vĩ độ", "no number"),
    "not a number": ({"Vĩ độ": "nan", "Kinh độ": "106"}, "Vĩ độ", "between"),
    "a number too large": ({"Vĩ độ": "106", "Kinh độ": "20"}, "Vĩ độ", "between"),
    "half a point": ({"Vĩ độ": "20.8"}, "Vĩ độ", "together"),
    "a character that turns text around": (
        {"Tên địa điểm": "Chợ \u202eĐổ"}, "Tên địa điểm", r"U\+202E"
    ),
    "a control character": ({"Ghi chú": "a\x07b"}, "Ghi chú", r"U\+0007"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "column", "says"), WRONG_CELLS.values(), ids=WRONG_CELLS.keys())
def test_an_error_names_its_row_and_column_and_nothing_is_saved(cells, column, says, look, author):
    shown = look(place(**cells))
    assert [(error.row, error.column) for error in shown.errors] == [(3, column)]
    assert re.search(says, shown.errors[0].message)
    with pytest.raises(Refused):
        hand_over(shown, by=author)
    assert not Batch.objects.exists()


def test_all_errors_are_named_at_once(look):
    rows = [("1", "", "", ""), ("2", "A", "x", "y"), ("3", "B", "", "")]
    shown = look(csv_file(*rows, headings=WHEN))
    assert [(error.row, error.column) for error in shown.errors] == [
        (2, "Tên địa điểm"), (3, "Từ"), (3, "Đến"),
    ]  # fmt: skip


def test_rows_count_as_excel_counts_them_whatever_lies_between(look):
    quoted = ("1", "Chợ\nĐổ", "", "")
    shown = look(csv_file(quoted, (), ("2", "A", "x", ""), headings=WHEN))
    assert [error.row for error in shown.errors] == [4]
    shown = look(xlsx_file(quoted, (), ("2", "A", "x", ""), headings=WHEN))
    assert [error.row for error in shown.errors] == [4]


def test_a_number_or_an_hour_in_the_place_of_a_date_is_an_error(look):
    shown = look(
        xlsx_file(("1", "A", 44277.5, None), ("2", "B", time(19), None), ("3", "C", at(22, 1), 1),
                  headings=WHEN)
    )  # fmt: skip
    assert [(error.row, error.column) for error in shown.errors] == [
        (2, "Từ"), (3, "Từ"), (4, "Đến"),
    ]  # fmt: skip


def test_rows_of_one_id_that_contradict_each_other_are_named(look):
    other = ("A1", "Chợ Ga", *MARKET[2:5], "23/03/2021", "")
    [error] = look(csv_file(MARKET, other)).errors
    assert (error.row, error.column) == (3, "Tên địa điểm")
    assert "Chợ Đổ" in error.message and "row 2" in error.message


def test_the_same_row_twice_is_taken_once_with_a_warning(look):
    shown = look(csv_file(MARKET, MARKET))
    assert not shown.errors
    assert [warning.row for warning in shown.warnings] == [3]
    assert len(shown.new[0].proposal.content["windows"]) == 1


def test_a_cell_under_no_heading_is_an_error(look):
    assert [error.column for error in look(csv_file((*MARKET, "lạc"))).errors] == ["H"]


def test_a_point_outside_vietnam_is_a_warning(look):
    shown = look(place(**{"Vĩ độ": "20.8", "Kinh độ": "20.8"}))
    assert not shown.errors
    assert [(warning.row, warning.column) for warning in shown.warnings] == [(3, "Vĩ độ")]


def test_errors_without_end_are_cut_off(look):
    shown = look(csv_file(*[("", "", "x", "")] * (MOST_ERRORS + 50), headings=WHEN))
    assert len(shown.errors) == MOST_ERRORS + 1
    assert "more errors" in shown.errors[-1].message
