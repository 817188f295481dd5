"""Whatever bytes are sent as a file: they are read, or refused with one message; never an error."""

import io
import zipfile
import zlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locations.imports import cells, delimited, xlsx_child
from locations.imports.cells import Unreadable
from locations.imports.columns import Headings
from locations.imports.problems import Refused
from locations.imports.reading import read
from locations.imports.sheets import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Moment
from tests.imports.conftest import HEADINGS, MARKET, SCHOOL, csv_file, xlsx_file
from tests.imports.excel import shared_strings_file

GOOD = [
    csv_file(MARKET, SCHOOL),
    csv_file(MARKET, SCHOOL, delimiter=";"),
    csv_file(("A1", 'Chợ "Đổ",\ncũ', *MARKET[2:])),
    xlsx_file(MARKET, SCHOOL),
    shared_strings_file(MARKET, SCHOOL),
]
often = settings(
    max_examples=400, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
# Each of these starts a process.
seldom = settings(often, max_examples=25)

mutations = st.lists(
    st.tuples(
        st.sampled_from(["replace", "insert", "delete", "repeat", "swap"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=8) | st.sampled_from(
            [b"\0", b'"', b"\r", b"\xff", b"\xef\xbb\xbf", b"=1", b"<<<<<<< ", b",,,,", b"\n\n"]
        ),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def mutated(data: bytes, changes) -> bytes:
    for kind, where, some in changes:
        at = int(where * (len(data) + 1))
        if kind == "replace":
            data = data[:at] + some + data[at + len(some) :]
        elif kind == "insert":
            data = data[:at] + some + data[at:]
        elif kind == "delete":
            data = data[:at] + data[at + len(some) :]
        elif kind == "repeat":
            data = data + data[at:]
        else:
            data = data[at:] + data[:at]
    return data


def read_or_refused(data: bytes) -> None:
    try:
        sheet = read(data)
        headings = Headings.of(sheet.headings)
    except Refused as refused:
        assert str(refused).strip()
        return
    for row in sheet.rows:
        for cell in headings.cells(row).values():
            understood(cell)


def understood(cell) -> None:
    for reader in (
        cells.text,
        cells.moment,
        cells.kind,
        cells.tier,
        lambda c: cells.degrees(c, 90),
    ):
        try:
            value = reader(cell)
        except Unreadable as error:
            assert str(error)
        else:
            if isinstance(value, str):
                value.encode()


@settings(often, max_examples=60)
@given(st.sampled_from(GOOD[:3]), mutations)
def test_the_preview_of_damaged_csv(look, data, changes):
    try:
        shown = look(mutated(data, changes))
    except Refused:
        return
    assert all(error.message for error in shown.errors)
    assert len(shown.fingerprint) == 64


@often
@given(st.binary(max_size=400))
def test_random_bytes(data):
    read_or_refused(data)


@often
@given(st.text(max_size=300))
def test_random_text(typed):
    read_or_refused(typed.encode("utf-8", "surrogatepass"))


@often
@given(st.sampled_from(GOOD[:3]), mutations)
def test_damaged_csv(data, changes):
    read_or_refused(mutated(data, changes))


@seldom
@given(st.sampled_from(GOOD[3:]), mutations)
def test_damaged_xlsx(data, changes):
    read_or_refused(mutated(data, changes))


@settings(often, max_examples=150)
@given(st.sampled_from(GOOD[3:]), st.integers(0, 8), mutations)
def test_damaged_parts_of_xlsx_break_the_reader_only_in_known_ways(data, part, changes):
    """As the child does it, without the process: its own refusals, or what it takes for damage."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as good, zipfile.ZipFile(made, "w") as broken:
        for number, name in enumerate(good.namelist()):
            content = good.read(name)
            broken.writestr(name, mutated(content, changes) if number == part else content)
    try:
        answer = xlsx_child.sheet(made.getvalue(), MAX_ROWS, MAX_COLUMNS, MAX_CELL)
    except (Exception, zlib.error):
        return
    for _number, values in answer["rows"]:
        for value in values:
            assert value is None or isinstance(value, str | int | float | list)


@often
@given(st.text(max_size=60) | st.floats() | st.integers() | st.booleans()
       | st.builds(Moment, st.datetimes(), st.booleans()))  # fmt: skip
def test_any_cell_is_understood_or_unreadable(cell):
    understood(cell)


@often
@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=7), max_size=6)
)
def test_what_is_in_the_cells_of_csv_is_what_was_written(rows):
    rows = [row for row in rows if any(row)]
    data = csv_file(*rows, headings=HEADINGS)
    try:
        found, _remarks = delimited.read(data)
    except Refused:
        return
    assert found[0].cells == list(HEADINGS)
