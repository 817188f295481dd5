"""CSV that spreadsheets and strict parsers read alike, whatever somebody typed."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.utils.translation import gettext_lazy as _

from locations.models import ExposureLocation
from portal import clock
from portal.publishing.open_data.dataset import Column, Dataset, Row, Type
from portal.publishing.open_data.files import csv_file
from tests import factories
from tests.open_data.reading import body, csv_rows, json_rows

FORMULAS = ["=1+1", "+84 225", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"]
FORMULAS += ["＝1", "＋1", "－1", "＠SUM(1)", "  =1", "\ufeff=1", "\u200b\x1b@1", "\xa0\0-1"]
HARMLESS = [
    "",
    "Chợ = 1",
    "a\nb",
    'Quán "Bà Ba", số 2',
    "’",
    "'=1",
    "“=1",
    "1-2",
    "Ánh, Đỗ\r\nSố 3",
]


def written(text: str) -> str:
    """The cell of a file in which `text` stands, as a strict parser reads it."""
    dataset = Dataset(
        slug="", name="", title=_("text"), explanation=_("text"), model=ExposureLocation,
        columns=(Column("name", _("text")), Column("n", _("number"), Type.NUMBER)),
        load=lambda rows, at: rows,
    )  # fmt: skip
    row = Row(SimpleNamespace(name=text, n=-7.5), clock.now())
    file = "".join(csv_file(dataset, iter([[row]])))
    assert file.count("\r\n") >= 2
    assert file.endswith("\r\n")
    [heads, cells] = csv.reader(io.StringIO(file, newline=""), strict=True)
    assert heads == ["name", "n"]
    assert cells[1] == "-7.5"  # a number is no formula
    return cells[0]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_marked_as_text(text):
    assert written(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_every_other_text_is_written_as_it_is(text):
    assert written(text) == text


@pytest.mark.usefixtures("story_time")
def test_formulas_are_marked_in_csv_and_told_as_typed_in_json(hai_phong, client):
    factories.location(hai_phong, name="=HYPERLINK(1)", note="+84 225", address="@1")
    [in_csv] = csv_rows(body(client.get("/hai-phong/dia-diem.csv")))
    [in_json] = json_rows(body(client.get("/hai-phong/dia-diem.json")))
    marked = (in_csv["name"], in_csv["note"], in_csv["address"])
    assert marked == ("'=HYPERLINK(1)", "'+84 225", "'@1")
    assert (in_json["name"], in_json["note"]) == ("=HYPERLINK(1)", "+84 225")


@pytest.mark.usefixtures("story_time")
def test_lines_end_with_crlf_and_the_mark_for_excel_is_there_only_if_asked_for(location, client):
    plain = body(client.get("/hai-phong/dia-diem.csv"))
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert plain.count(b"\r\n") == plain.count(b"\n") == 2
    marked = body(client.get("/hai-phong/dia-diem.csv", {"bom": "1"}))
    assert marked == b"\xef\xbb\xbf" + plain
    assert body(client.get("/hai-phong/dia-diem.csv", {"bom": "0"})) == plain
    # JSON has no such mark (RFC 8259).
    assert body(client.get("/hai-phong/dia-diem.json", {"bom": "1"})).startswith(b"{")
