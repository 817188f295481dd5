"""What readers notice of a fault: nothing. Two boxes as operators set them up, under steady load, and
one fault after the other."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import pytest

from tests.deploy import boxes
from tests.deploy.boxes import PROVINCE, Installation
from tests.faults.crowd import Crowd, Ending, Seen, marked, reading

# With the others that keep both cores busy, one after the other.
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        bool(boxes.missing()), reason=f"apt-get install {' '.join(boxes.missing())}"
    ),
]

LIST = "/hai-phong/dia-diem/"
# Seconds in which a server of workers lets one die twice; then it ends, and systemd starts it anew.
BETWEEN_KILLS = 6.5
numbers = count(1)


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with boxes.installation() as running:
        running.officers.approve(marked(next(numbers)))
        yield running


@pytest.fixture
def two(running: Installation) -> Installation:
    running.mend()
    return running


@pytest.fixture
def crowd(two: Installation) -> Crowd:
    """Of every kind of page, in both languages, and of data and feeds."""
    province = two.ask(PROVINCE).text
    place = re.search(r'(/hai-phong/dia-diem/\w+/)">Chợ M', province)
    notice = re.search(r"/hai-phong/thong-bao/\w+/", province)
    assert place, province
    pages = ["/", PROVINCE, LIST, place[1], "/hai-phong/thong-bao/", "/hai-phong/dinh-chinh/"]
    pages += [notice[0]] if notice else []
    files = ["/hai-phong/dia-diem.csv", "/hai-phong/dia-diem.json", "/hai-phong/thong-bao.csv"]
    feeds = ["/hai-phong/feed.atom", "/kiem-tra/data.json"]
    crowd = Crowd(two.nginx_port, [*pages, *(f"/en{page}" for page in pages), *files, *feeds])
    crowd.lists = [PROVINCE, LIST]
    return crowd


def corrected(two: Installation, crowd: Crowd) -> None:
    number = next(numbers)
    crowd.acknowledge(number, two.officers.approve(marked(number)))


def ends_in(two: Installation, seconds: int) -> Ending:
    """A notice, in force for so long."""
    code, until = two.officers.announce_for(seconds)
    return Ending(code, datetime.fromisoformat(until), until)


def kill_a_worker(box: boxes.Box) -> None:
    """While it has requests in its hands: stopped first, so that they gather."""
    worker = box.workers[-1]
    os.kill(worker, signal.SIGSTOP)
    time.sleep(0.2)
    os.kill(worker, signal.SIGKILL)


def outcome(tell: Callable[..., None], fault: str, injected: int, seen: Seen) -> None:
    assert seen.requests > 100
    assert not seen.wrong, "\n".join([str(seen), *seen.wrong[:20]])
    tell(fault, injected=injected, observed=str(seen), lost=len(seen.wrong))


def test_publishes_and_corrections(two, crowd, times, tell):
    changes = times(8, 20)
    with reading(crowd) as seen:
        for number in range(changes):
            if number % 4 == 3:
                name = f"Quán {number} {next(numbers)}"
                crowd.expect(name, two.officers.publish(name))
            else:
                corrected(two, crowd)
        time.sleep(2.5)
    assert not seen.as_of["box"] and not seen.as_of["nginx"]
    outcome(tell, "publishes and corrections under load", changes, seen)


def test_workers_killed_in_the_middle_of_requests(two, crowd, times, tell):
    rounds = times(1, 6)
    with reading(crowd) as seen:
        for number in range(rounds):
            for box in two.boxes:
                kill_a_worker(box)
                time.sleep(0.5)
            # And both at once: nobody is there to ask.
            corrected(two, crowd)
            time.sleep(BETWEEN_KILLS if number + 1 < rounds else 2.5)
    outcome(tell, "workers killed in the middle of requests", 2 * rounds, seen)


def test_workers_killed_in_the_middle_of_a_publish(two, crowd, times, tell):
    """What was acknowledged is public, what was not is whole or not there at all."""
    kills = times(2, 12)
    acknowledged = 0
    with reading(crowd) as seen:
        for turn in range(kills):
            box = two.boxes[turn % 2]
            number = next(numbers)
            revision = two.officers.submit(marked(number))
            is_told = threading.Event()

            def approve(box=box, revision=revision, is_told=is_told) -> None:
                two.officers.approve_at(box.port, revision)
                is_told.set()

            publish = threading.Thread(target=quietly(approve), daemon=True)
            publish.start()
            time.sleep(0.03 + 0.3 * turn / kills)
            os.kill(box.workers[-1], signal.SIGKILL)
            publish.join(timeout=30)
            told, at = is_told.is_set(), time.monotonic()
            acknowledged += told
            if not told and not is_approved(two, revision):
                two.officers.approve_at(two.boxes[(turn + 1) % 2].port, revision)
                at = time.monotonic()
            assert is_approved(two, revision)
            crowd.acknowledge(number, at)
            time.sleep(BETWEEN_KILLS / 2)
    assert acknowledged < kills
    outcome(tell, "workers killed in the middle of a publish", kills, seen)


def quietly(do: Callable[[], None]) -> Callable[[], None]:
    """`do`, whose failure is expected, and seen by what it did not do."""

    def tried() -> None:
        try:
            do()
        except (OSError, AssertionError):
            pass

    return tried


def is_approved(two: Installation, revision: int) -> bool:
    question = f"SELECT state FROM publishing_revision WHERE id = {revision}"
    return two.primary.ask(question, "portal") == ("approved",)


def test_postgresql_stopped(two, crowd, times, tell):
    """With the workers killed while it is away, and a notice that ends meanwhile."""
    seconds = times(5, 60)
    crowd.ending = ends_in(two, 4)
    time.sleep(2.5)
    with reading(crowd) as seen:
        two.primary.stop()
        two.replica.stop()
        time.sleep(seconds / 2)
        for box in two.boxes:
            os.kill(box.workers[-1], signal.SIGKILL)
        time.sleep(seconds / 2)
        assert seen.as_of["box"] and seen.as_of["nginx"]
        two.mend()
        corrected(two, crowd)
        time.sleep(3)
    for path in crowd.paths:
        assert "last-good" not in two.ask(path).text
    outcome(tell, f"PostgreSQL stopped for {seconds} s, workers killed", 1, seen)
