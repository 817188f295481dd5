"""The numbers of what is current, shared through a real Redis by processes that never met."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from portal.publishing import shared_versions, versions
from portal.publishing.shared_versions import SharedVersions
from portal.web.rates import is_too_often
from tests.deploy.boxes import redis_server
from tests.deploy.nginx import wait_for_port
from tests.ports import free_port

pytestmark = pytest.mark.skipif(not redis_server(), reason="apt-get install redis-server")


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self) -> None:
        command = [redis_server() or "", "--port", str(self.port), "--dir", self.folder]
        self.process = subprocess.Popen([*command, "--save", "", "--logfile", self.folder / "log"])
        wait_for_port(self.port, self.process, self.folder / "log")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


class Database:
    """The numbers, and how often it was asked for them."""

    def __init__(self) -> None:
        self.numbers = {"hai-phong": 1}
        self.asked = 0
        self.meanwhile = lambda: None

    def read(self) -> dict[str, int]:
        self.asked += 1
        found = dict(self.numbers)
        self.meanwhile()
        return found

    def change(self) -> None:
        self.numbers["hai-phong"] += 1


@pytest.fixture
def database() -> Database:
    return Database()


def boxes(redis: Server, count: int = 2) -> list[SharedVersions]:
    return [SharedVersions(redis.url, "https://portal.test") for _ in range(count)]


def test_one_asks_the_database_for_all(redis, database, monkeypatch):
    monkeypatch.setattr(shared_versions, "LIFETIME", 60)
    one, other = boxes(redis)
    for _ in range(3):
        assert one.numbers(database.read) == other.numbers(database.read) == {"hai-phong": 1}
    assert database.asked == 1
    database.change()
    one.changed()
    assert other.numbers(database.read) == one.numbers(database.read) == {"hai-phong": 2}
    assert database.asked == 2
    # Another portal in the same Redis has numbers of its own.
    assert SharedVersions(redis.url, "https://other.test").numbers(lambda: {"": 9}) == {"": 9}
    assert one.numbers(database.read) == {"hai-phong": 2}


def test_an_answer_from_before_a_change_is_never_taken_for_one_after_it(
    redis, database, monkeypatch
):
    """Whoever asked the database just before the change writes what he heard just after it."""
    monkeypatch.setattr(shared_versions, "LIFETIME", 60)
    slow, fast = boxes(redis)

    def meanwhile() -> None:
        database.meanwhile = lambda: None
        database.change()
        fast.changed()
        assert fast.numbers(database.read) == {"hai-phong": 2}

    database.meanwhile = meanwhile
    assert slow.numbers(database.read) == {"hai-phong": 1}
    assert slow.numbers(database.read) == fast.numbers(database.read) == {"hai-phong": 2}


def test_a_change_that_nobody_could_count_is_seen_after_a_moment(redis, database, monkeypatch):
    monkeypatch.setattr(shared_versions, "LIFETIME", 0.05)
    [box] = boxes(redis, 1)
    box.numbers(database.read)
    database.change()
    numbers = {}
    for _ in range(1000):
        numbers = box.numbers(database.read)
        if numbers == {"hai-phong": 2}:
            break
    assert numbers == {"hai-phong": 2}


def test_without_redis_the_database_is_asked(redis, database, monkeypatch, caplog):
    monkeypatch.setattr(shared_versions, "TRY_AGAIN", 0.0)
    one, other = boxes(redis)
    one.numbers(database.read)
    redis.stop()
    database.change()
    one.changed()
    for _ in range(3):
        assert other.numbers(database.read) == {"hai-phong": 2}
    assert database.asked == 4
    assert len(caplog.records) == 2  # one for each box
    redis.start()
    assert one.numbers(database.read) == other.numbers(database.read) == {"hai-phong": 2}
    assert database.asked == 5


@pytest.mark.django_db(transaction=True)
def test_a_change_is_counted_when_it_is_committed_and_not_before(redis, monkeypatch):
    one, other = boxes(redis)
    monkeypatch.setattr(versions, "shared", one)
    monkeypatch.setattr(shared_versions, "LIFETIME", 60)
    before = other.numbers(versions.numbers)
    with transaction.atomic():
        versions.changed(["hai-phong"])
        assert versions.read().versions == before
    after = versions.read().versions
    assert after["hai-phong"] == before.get("hai-phong", 0) + 1
    assert other.numbers(versions.numbers) == after


def test_nobody_is_turned_away_because_the_shared_cache_is_away(redis, settings, rf):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis.url,
            "OPTIONS": shared_versions.OPTIONS,
        },
    }
    request = rf.get("/", REMOTE_ADDR="203.0.113.9")

    def asked(what: str) -> list[bool]:
        return [is_too_often(request, what, most=2, seconds=60) for _ in range(4)]

    assert asked("there") == [False, False, True, True]
    redis.stop()
    # Counted by this process alone.
    assert asked("away") == [False, False, True, True]
