"""What a search finds is said by the words alone; the index only finds it sooner."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from locations.models import ExposureLocation, Flight
from portal.publishing import search_index
from portal.publishing.models.publishable import entry_models
from portal.text import fold, search_words
from tests import factories

pytestmark = pytest.mark.django_db
SQLITE = connection.vendor == "sqlite"

# Few letters, so that words occur in one another; with marks, and with what folding takes away.
TYPED = st.text("aăbđ1é% _'\"*-^", max_size=7)
TEXTS = st.lists(st.lists(TYPED, max_size=4).map(" ".join), min_size=1, max_size=8)


def row(province, number: int, text: str) -> ExposureLocation:
    """A place as it stands in the table; every three of them were published together."""
    return ExposureLocation(
        province=province,
        code=f"T{number}",
        state="published",
        revision_number=1,
        published_at=datetime(2021, 3, 1, tzinfo=UTC) + timedelta(hours=number // 3),
        search_text=fold(text),
    )


def read_one_by_one(query: str) -> list[ExposureLocation]:
    """What the search is to find, in the order of lists, without the help of a database."""
    words = search_words(query)
    found = [e for e in ExposureLocation.objects.all() if all(w in e.search_text for w in words)]
    return sorted(found, key=lambda e: (e.published_at, e.pk), reverse=True)


@pytest.mark.parametrize("often", [0, 2, search_index.OFTEN])
def test_both_databases_find_what_reading_every_entry_finds(hai_phong, monkeypatch, often):
    """With whatever way SQLite chooses: through the index, or by reading the newest."""
    monkeypatch.setattr(search_index, "OFTEN", often)

    @given(texts=TEXTS, query=TYPED)
    @example(texts=["ab a", "b", "aab", ""], query="ab")
    @example(texts=["1 ab", "ab", "bab1"], query="ab b")
    @settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
    def holds(texts, query):
        ExposureLocation.objects.all().delete()
        ExposureLocation.objects.bulk_create(
            row(hai_phong, number, text) for number, text in enumerate(texts)
        )
        found = ExposureLocation.objects.public().search(query).newest_first()
        assert list(found) == read_one_by_one(query)

    holds()


@pytest.mark.parametrize("query", ["zz", "zx", "q3", "3q", "az", "z"])
def test_two_letters_are_found_wherever_they_stand(hai_phong, query):
    texts = [
        "zz",
        "azz",
        "zza",
        "a zz b",
        "azx",
        "zxa",
        "zx q3",
        "q3 zx",
        "phuong q3",
        "123q",
        "az",
    ]
    ExposureLocation.objects.bulk_create(
        row(hai_phong, number, text) for number, text in enumerate(texts)
    )
    found = ExposureLocation.objects.search(query).newest_first()
    assert list(found) == read_one_by_one(query) != []


@pytest.mark.skipif(not SQLITE, reason="PostgreSQL keeps its indexes itself")
def test_the_index_follows_every_way_of_writing(hai_phong):
    def indexed(words: str) -> set[int]:
        with connection.cursor() as cursor:
            table = "locations_exposurelocation_search"
            cursor.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [words])
            return {pk for (pk,) in cursor.fetchall()}

    def check() -> None:
        for words in ("cho sat", "ben xe", "nha tho", "sat 4", "a t"):
            holding = ExposureLocation.objects.filter(search_text__contains=words)
            assert indexed(f'"{words}"') == set(holding.values_list("pk", flat=True)), words

    places = [row(hai_phong, number, f"cho sat {number}") for number in range(9)]
    ExposureLocation.objects.bulk_create(places)
    check()
    for place in places[:3]:
        place.search_text = "ben xe"
    ExposureLocation.objects.bulk_update(places[:3], ["search_text"])
    check()
    places[3].search_text = "ben xe"
    places[3].save()
    ExposureLocation.objects.filter(pk=places[4].pk).update(search_text="nha tho")
    places[5].delete()
    check()
    assert indexed('"ben xe"') == {place.pk for place in places[:4]}


@pytest.mark.parametrize("model", entry_models(), ids=lambda model: model.__name__)
def test_every_kind_of_entry_has_its_search_index(model):
    """A migration that makes SQLite copy a table takes its triggers away, and adds them again."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if SQLITE:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
            )
            triggers = {name for (name,) in cursor.fetchall()}
            assert triggers == {
                f"{table}_search_{event}" for event in ("insert", "update", "delete")
            }
        else:
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"{table}_search"]
            )
            [(definition,)] = cursor.fetchall()
            assert "gin (search_text gin_trgm_ops)" in definition


def test_the_pages_and_the_admin_ask_the_same_search(hai_phong, client, author):
    factories.flight(hai_phong, number="VN1234")
    factories.flight(hai_phong, number="VJ458", origin="PQC")
    client.force_login(author)
    for address in ("/hai-phong/chuyen-bay/?q=", "/tim-kiem/?q=", "/admin/locations/flight/?q="):
        page = client.get(f"{address}n12").content.decode()
        assert "VN1234" in page and "VJ458" not in page, address
    assert Flight.objects.search("n12").count() == 1
