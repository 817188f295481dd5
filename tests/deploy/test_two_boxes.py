"""Two boxes of the portal on one database with a replica, and what readers notice when a part of it
dies: nothing."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from tests.deploy import boxes
from tests.deploy.boxes import PROVINCE, Installation
from tests.deploy.officers import new_name

# With the others that keep both cores busy, one after the other.
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        bool(boxes.missing()), reason=f"apt-get install {' '.join(boxes.missing())}"
    ),
]

# Seconds after an approval in which every reader sees it.
SEEN_WITHIN = 2.0


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with boxes.installation() as running:
        yield running


@pytest.fixture
def two(running: Installation) -> Installation:
    running.mend()
    return running


class Readers:
    """They ask for pages through nginx, one after the other and kept or made for them alone, until
    it is enough; what they were answered."""

    def __init__(self, two: Installation) -> None:
        self.two = two
        self.statuses: list[int] = []
        self.slowest = 0.0
        self._is_enough = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[n], daemon=True) for n in "123"]

    def _read(self, name: str) -> None:
        number = 0
        while not self._is_enough.is_set():
            number += 1
            began = time.monotonic()
            # Every other is a search that nobody keeps: it asks the database.
            search = f"/hai-phong/dia-diem/?q=cho+{name}+{number}" if number % 2 else PROVINCE
            # Each at an address of its own, which nginx lets search so often.
            self.statuses.append(self.two.ask(search, source=f"127.0.1.{name}").status)
            self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.02)

    def __enter__(self) -> "Readers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_enough.set()
        for thread in self._threads:
            thread.join(timeout=30)


@contextmanager
def nobody_notices(two: Installation) -> Iterator[None]:
    with Readers(two) as readers:
        time.sleep(0.3)
        yield
        time.sleep(0.5)
    assert set(readers.statuses) == {200}
    assert len(readers.statuses) > 20
    assert readers.slowest < 5


def seconds_until_seen(two: Installation, name: str, since: float, path: str = PROVINCE) -> float:
    """From `since` to the moment from which on whoever asks is shown `name`, by nginx and by every
    box that runs."""
    alive = [box.ask for box in two.boxes if box.process]
    longest = 0.0
    for ask in (*alive, lambda path: two.ask(path).text):
        asked = time.monotonic()
        while name not in ask(path):
            assert asked - since < 10, "it is never seen"
            time.sleep(0.01)
            asked = time.monotonic()
        longest = asked - since
    return longest


def published(two: Installation) -> str:
    """A change that all readers see in time."""
    name = new_name()
    assert seconds_until_seen(two, name, two.officers.approve(name)) < SEEN_WITHIN
    return name


def asked_of_the_replica(two: Installation) -> int:
    """How often it was asked for places."""
    return two.replica.says().count('FROM "locations_exposurelocation"')


def test_what_is_approved_on_one_box_is_read_on_the_other(two):
    # As readers do all the time: a portal that has just started has yet to load its templates.
    for box in two.boxes:
        box.ask(PROVINCE)
    revision = two.officers.submit(name := new_name())
    before = asked_of_the_replica(two)
    two.officers.approve_at(two.box_a.port, revision)
    assert seconds_until_seen(two, name, time.monotonic()) < SEEN_WITHIN
    assert asked_of_the_replica(two) > before
    # A search is made for whoever asks, and shows it too.
    found = two.box_b.ask(f"/hai-phong/dia-diem/?q={name.split()[1]}")
    assert name in found


def test_a_page_of_a_replica_that_is_behind_is_never_kept(two):
    """It is made from the primary instead, on both boxes, and by whoever searches."""
    published(two)
    two.replica.ask("SELECT pg_wal_replay_pause()")
    try:
        with nobody_notices(two):
            names = [published(two) for _ in range(3)]
            for box in two.boxes:
                assert names[-1] in box.ask(f"/hai-phong/dia-diem/?q={names[-1].split()[1]}")
    finally:
        two.replica.ask("SELECT pg_wal_replay_resume()")


def test_a_replica_that_has_caught_up_is_asked_again(two):
    until = time.monotonic() + 15
    before = asked_of_the_replica(two)
    while asked_of_the_replica(two) < before + 2:
        two.box_b.ask(f"/hai-phong/dia-diem/?q={uuid4().hex}")
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_box_that_dies_is_not_noticed(two):
    with nobody_notices(two):
        two.box_a.kill()
        time.sleep(0.3)
        revision = two.officers.submit(name := new_name())
        two.officers.approve_at(two.box_b.port, revision)
        assert seconds_until_seen(two, name, time.monotonic()) < SEEN_WITHIN
        two.mend()
        published(two)


def test_a_replica_that_dies_is_not_noticed(two):
    with nobody_notices(two):
        two.replica.stop()
        published(two)


def test_redis_that_dies_is_not_noticed(two):
    """And a withdrawal is seen as soon as ever."""
    name = published(two)
    with nobody_notices(two):
        two.stop_redis()
        name = published(two)
        revision = two.officers.request_withdrawal("Nhầm địa điểm")
        two.officers.approve_at(two.box_a.port, revision)
        withdrawn_at = time.monotonic()
        while any(f'">{name}</a></h3>' in box.ask(PROVINCE) for box in two.boxes):
            assert time.monotonic() - withdrawn_at < SEEN_WITHIN
            time.sleep(0.01)
