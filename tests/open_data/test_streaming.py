"""100,000 rows leave in constant memory, with a fixed number of queries for each chunk."""

import gc
import json
import tracemalloc
from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import ExposureLocation
from portal.publishing.open_data.files import CHUNK
from tests import factories, states

pytestmark = pytest.mark.usefixtures("story_time")
ROWS = 100_000
# What some chunks may take; all entries at once would take a hundred times as much. How many of
# them wait for the garbage collector differs from run to run: seen were 15 to 43 MB.
MOST = 80 * 2**20


def copies(entry: ExposureLocation, count: int) -> None:
    """`count` more places like `entry`, each with its windows, made within the database."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
    code = "'C' || COALESCE(i, 0)"
    insert(numbers, "n", entry, {"code": code}, [count])
    made = "(SELECT id AS i FROM locations_exposurelocation WHERE code LIKE 'C%%') made"
    for window in entry.windows.all():
        insert("", made, window, {"location_id": "i"}, [])


def insert(before: str, source: str, row: Any, instead: dict[str, str], values: list) -> None:
    """A copy of `row` for each `i` of `source`, with other expressions for some columns."""
    names = [f.column for f in row._meta.concrete_fields if not f.primary_key]
    chosen = ", ".join(instead.get(name, f"t.{name}") for name in names)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"{before} INSERT INTO {table} ({', '.join(names)}) "
            f"SELECT {chosen} FROM {source}, {table} t WHERE t.id = %s",
            [*values, row.pk],
        )


def read(parts: Iterable[bytes]) -> tuple[int, int]:
    """How many lines there are, and the most memory that was in use while they were made."""
    gc.collect()
    tracemalloc.start()
    lines = sum(part.count(b"\n") for part in parts)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return lines, most


@pytest.fixture
def place(hai_phong) -> ExposureLocation:
    """With a ward, and with two windows, the second across midnight."""
    ward = hai_phong.division.children.first().children.first()
    entry = factories.location(hai_phong, ward=ward, on=(None, date(2021, 3, 22)))
    return entry


def test_a_hundred_thousand_rows_leave_in_constant_memory(place, client):
    address = "/hai-phong/dia-diem.csv"
    copies(place, 4 * CHUNK - 1)
    lines, for_some = read(client.get(address).streaming_content)
    assert lines == 2 * 4 * CHUNK + 1
    ExposureLocation.objects.exclude(pk=place.pk).delete()
    copies(place, ROWS // 2 - 1)
    lines, for_all = read(client.get(address).streaming_content)
    assert lines == ROWS + 1
    assert for_all < MOST, f"{for_some / 2**20:.1f}, {for_all / 2**20:.1f}"
    for extension in ("json", "geojson"):
        # Whoever gathers them all first would have done so before the first part.
        parts = client.get(f"/hai-phong/dia-diem.{extension}").streaming_content
        lines, most = read(islice(parts, 6))
        assert lines == pytest.approx(2 * 5 * CHUNK, abs=2)
        assert most < min(3 * for_some, MOST), f"{extension}: {most / 2**20:.1f} MB"


@pytest.mark.parametrize("kind", states.KINDS)
def test_a_chunk_asks_the_same_however_many_rows_it_has(kind, hai_phong, binh_duong, client):
    places, flights = [factories.location(hai_phong)], [factories.flight(hai_phong, number="VN99")]
    make, _change = states.KINDS[kind]
    links = {
        "chuyen-bay": {"also_concerns": [binh_duong]},
        "ca-benh": {"also_concerns": [binh_duong], "locations": places, "flights": flights},
        "thong-bao": {"locations": places, "flights": flights},
    }.get(kind, {})
    asked = []
    for count in (1, 7):
        for number in range(count):
            numbered = {"number": f"VJ{count}{number}"} if kind == "chuyen-bay" else {}
            make(hai_phong, **links, **numbered)
        with CaptureQueriesContext(connection) as queries:
            json.loads(b"".join(client.get(f"/hai-phong/{kind}.json").streaming_content))
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 16, kind


def test_a_second_chunk_asks_as_much_as_the_first(place, client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            list(client.get("/hai-phong/dia-diem.csv").streaming_content)
        return len(queries)

    one = asked()
    copies(place, 3 * CHUNK)
    four = asked()
    # The places, their windows, their province, their wards.
    assert four - one == 3 * 4
