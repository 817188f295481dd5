"""From which database a public page is read. The replica here is a copy of the file of SQLite that
follows when it is told to; a real one is in tests/deploy/test_two_boxes.py."""

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import (
    DEFAULT_DB_ALIAS,
    OperationalError,
    connection,
    connections,
    router,
    transaction,
)
from django.test.utils import CaptureQueriesContext

from locations.models import ExposureLocation, Province
from portal.publishing import replicas
from portal.publishing.replicas import Replica, Router, reading_from
from tests import factories
from tests.kept_pages import ask, cache_in_front

ALIAS = "replica-1"
SEARCH = "/hai-phong/dia-diem/?q=cho"

on_sqlite = [
    pytest.mark.django_db(transaction=True, databases=[DEFAULT_DB_ALIAS, ALIAS]),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="a copy of a file stands in for a replica"
    ),
]


class Copy:
    """The replica: a copy of the database as it was when it last followed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def follow(self) -> None:
        primary = connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]
        with closing(sqlite3.connect(primary)) as source, closing(sqlite3.connect(self.path)) as to:
            source.backup(to)


@pytest.fixture
def replica(divisions, tmp_path, settings, monkeypatch):
    """In place of the mirror that tests/settings.py names."""
    copy = Copy(tmp_path / "replica.sqlite3")
    copy.follow()
    connections[ALIAS].close()
    monkeypatch.setitem(connections[ALIAS].settings_dict, "NAME", str(copy.path))
    monkeypatch.setattr(router, "routers", [Router()])
    settings.REPLICAS = [ALIAS]
    yield copy
    connections[ALIAS].close()


@pytest.fixture
def cache(replica):
    """The portal with its page cache, made anew: the middleware asks once whether there are
    replicas."""
    return cache_in_front(get_wsgi_application())


@contextmanager
def reading(of):
    """How many queries for places go to the replica, and how many to the primary."""
    counted = SimpleNamespace()
    with (
        CaptureQueriesContext(connections[ALIAS]) as there,
        CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as here,
    ):
        yield counted
    for name, captured in (("replica", there), ("primary", here)):
        table = f'FROM "{of._meta.db_table}"'
        setattr(counted, name, sum(table in query["sql"] for query in captured))


class TestPages:
    pytestmark = on_sqlite

    @pytest.mark.parametrize("path", ["/hai-phong/", SEARCH, "/api/v1/locations"])
    def test_a_public_page_is_read_from_the_replica(self, path, replica, hai_phong, cache):
        factories.location(hai_phong)
        replica.follow()
        cache.watch.current()  # which asks the primary when the clock changes something next
        with reading(ExposureLocation) as asked:
            assert ask(cache, path).code == 200
        assert asked.replica and not asked.primary

    def test_what_a_replica_lacks_is_read_from_the_primary(self, replica, hai_phong, cache):
        place = factories.location(hai_phong)
        replica.follow()
        factories.correct(place, name="Chợ Đổ")
        for path in ("/hai-phong/", SEARCH):
            with reading(ExposureLocation) as asked:
                assert "Chợ Đổ" in ask(cache, path).text
            assert asked.primary and not asked.replica
        replica.follow()
        with reading(ExposureLocation) as asked:
            assert "Chợ Đổ" in ask(cache, SEARCH).text
        assert asked.replica and not asked.primary

    def test_staff_and_whoever_sends_something_read_the_primary(self, replica, hai_phong, cache):
        factories.location(hai_phong)
        replica.follow()
        cache.watch.current()
        with reading(ExposureLocation) as asked:
            ask(cache, SEARCH, HTTP_COOKIE="session=anything")
        assert asked.primary and not asked.replica
        with reading(Province) as asked:
            ask(cache, "/hai-phong/theo-doi/email/", "POST")
        assert not asked.replica

    def test_a_replica_that_fails_within_a_page_is_not_noticed(
        self, replica, hai_phong, cache, caplog
    ):
        place = factories.location(hai_phong)
        replica.follow()
        assert "Chợ Sắt" in ask(cache, SEARCH).text
        with closing(sqlite3.connect(replica.path)) as link:
            link.execute("DROP TABLE locations_exposurewindow")
            link.execute("DROP TABLE locations_exposurelocation")
        for _ in range(2):
            assert place.name in ask(cache, SEARCH).text
        # It is left alone after the first failure, and said so once.
        assert caplog.text.count("replica-1 is left alone") == 1


class TestRouter:
    pytestmark = on_sqlite

    def test_after_a_write_and_in_a_transaction_the_primary_is_read(self, replica, hai_phong):
        replica.follow()
        with reading_from(ALIAS):
            assert Province.objects.get().pk == hai_phong.pk
            assert Province.objects.all().db == ALIAS
            with transaction.atomic():
                assert Province.objects.all().db == DEFAULT_DB_ALIAS
            assert Province.objects.all().db == ALIAS
            Province.objects.update(office="Sở Y tế")
            assert Province.objects.get().office == "Sở Y tế"
        assert Province.objects.all().db == DEFAULT_DB_ALIAS

    def test_what_was_read_there_is_saved_on_the_primary(self, replica, hai_phong):
        replica.follow()
        with reading_from(ALIAS):
            page = Province.objects.get()
        page.office = "Sở Y tế"
        page.save()
        assert Province.objects.get().office == "Sở Y tế"
        assert not Router().allow_migrate(ALIAS, "locations")


class Away:
    """Numbers as a replica has them, or an error if it is away."""

    def __init__(self, monkeypatch) -> None:
        self.numbers: dict[str, int] | None = {}
        self.asked = 0
        self.now = 1000.0
        monkeypatch.setattr(replicas.versions, "numbers", self.read)
        monkeypatch.setattr(replicas.time, "monotonic", lambda: self.now)

    def read(self, alias):
        self.asked += 1
        if self.numbers is None:
            raise OperationalError("no route to host")
        return dict(self.numbers)


@pytest.fixture
def there(monkeypatch):
    return Away(monkeypatch)


def test_what_a_replica_once_had_it_is_not_asked_for_again(there):
    replica = Replica(ALIAS)
    there.numbers = {"": 1, "hai-phong": 7}
    assert replica.has({"hai-phong": 7})
    assert replica.has({"hai-phong": 6, "": 1}) and there.asked == 1
    assert not replica.has({"hai-phong": 8})
    assert not replica.has({"binh-duong": 1})


def test_one_that_failed_is_tried_by_one_thread_after_a_while(there):
    replica = Replica(ALIAS)
    assert replica.may_be_asked() and replica.has({})
    replica.leave("gone")
    assert not replica.may_be_asked()
    there.now += replicas.TRY_AGAIN
    assert [replica.may_be_asked() for _ in range(3)] == [True, False, False]
    assert replica.has({})
    assert [replica.may_be_asked() for _ in range(3)] == [True] * 3


def test_one_that_follows_at_a_distance_is_kept_and_one_that_does_not_is_left(
    there, settings, caplog
):
    settings.REPLICA_LAG_SECONDS = 5
    replica = Replica(ALIAS)
    assert replica.may_be_asked() and replica.has({})
    for number in range(1, 20):  # always behind, by two changes and two seconds
        there.numbers = {"hai-phong": number - 2}
        assert not replica.has({"hai-phong": number})
        assert replica.may_be_asked()
        there.now += 1
    for _ in range(10):  # behind by the same changes all the time
        assert not replica.has({"hai-phong": 20})
        there.now += 1
    assert not replica.may_be_asked()
    assert "replica-1 is left alone, and the primary asked: behind by more than 5" in caplog.text
