"""What readers notice of a fault: nothing. Two boxes as operators set them up, under steady load,
and one fault after the other."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count

import pytest
import requests
from django.utils import timezone

from portal.environment import BASE_DIR
from portal.publishing.roles import AUTHOR
from tests.browser import PHONE, wait_until
from tests.deploy import boxes
from tests.deploy.boxes import PROVINCE, Installation
from tests.deploy.officers import Refused
from tests.faults.clock import DAY, Clock, files_of_the_moved_clock, forget_the_future, libfaketime
from tests.faults.crowd import Crowd, Ending, Seen, marked, reading
from tests.faults.disk import Disk, small_disk
from tests.faults.release import collect_static_files, next_release
from tests.imports.conftest import MARKET, csv_file

# With the others that keep both cores busy, one after the other.
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(
        bool(boxes.missing()), reason=f"apt-get install {' '.join(boxes.missing())}"
    ),
]

LIST = "/hai-phong/dia-diem/"
numbers = count(1)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    folder = tmp_path_factory.mktemp("clock")
    for each in (folder, folder.parent):
        each.chmod(0o755)
    return Clock(folder)


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    with small_disk() as disk:
        yield disk


@pytest.fixture(scope="module")
def running(clock: Clock, disk: Disk) -> Iterator[Installation]:
    variables = clock.for_python() | {"TMPDIR": str(disk.folder / "tmp")}
    (disk.folder / "tmp").mkdir(mode=0o777)
    with boxes.installation(variables, clock.for_programs(), disk.folder) as running:
        running.officers.approve(marked(next(numbers)))
        yield running


@pytest.fixture
def two(running: Installation, clock: Clock) -> Installation:
    clock.move(0)
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


@pytest.fixture
def outcome(two: Installation, tell: Callable[..., None]) -> Callable[..., None]:
    """Puts what the readers saw into the table; nothing of it may be wrong, and nothing of an
    earlier moment unless that is said."""

    def told(fault: str, *, injected: int, seen: Seen, may_be_earlier: bool = True) -> None:
        assert seen.requests > 50
        wrong = seen.wrong
        if not may_be_earlier and seen.as_of.total():
            wrong.append(f"shown as of an earlier moment: {dict(seen.as_of)}")
        assert not wrong, "\n".join([str(seen), *wrong[:20], *complaints(two)])
        tell(fault, injected=injected, observed=str(seen), lost=len(wrong))

    return told


def complaints(two: Installation) -> list[str]:
    """The last lines of what the boxes could not do, each once."""
    errors = (line for box in two.boxes for line in box.says().splitlines() if '"ERROR"' in line)
    return sorted({line[-300:] for line in errors})


def test_publishes_and_corrections(two, crowd, times, outcome):
    changes = times(8, 20)
    with reading(crowd) as seen:
        for number in range(changes):
            if number % 4 == 3:
                name = f"Quán {number} {next(numbers)}"
                crowd.expect(name, two.officers.publish(name))
            else:
                corrected(two, crowd)
        time.sleep(2.5)
    outcome(
        "publishes and corrections under load", injected=changes, seen=seen, may_be_earlier=False
    )


def test_workers_killed_in_the_middle_of_requests(two, crowd, times, outcome):
    rounds = times(1, 6)
    with reading(crowd) as seen:
        for number in range(rounds):
            for box in two.boxes:
                box.kill_worker(with_requests=True)
                # In every other round both are away at once.
                time.sleep(0.5 if number % 2 == 0 else 0)
            corrected(two, crowd)
        time.sleep(2.5)
    outcome("workers killed in the middle of requests", injected=2 * rounds, seen=seen)


def test_workers_killed_in_the_middle_of_a_publish(two, crowd, times, outcome):
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

            box.wait_for_its_turn()
            publish = threading.Thread(target=quietly(approve), daemon=True)
            publish.start()
            time.sleep(0.03 + 0.3 * turn / kills)
            box.kill_worker()
            publish.join(timeout=30)
            told, at = is_told.is_set(), time.monotonic()
            acknowledged += told
            while not is_approved(two, revision):
                # As the approver does who was shown an error.
                quietly(lambda: two.officers.approve_at(two.nginx_port, revision))()  # noqa: B023
                at = time.monotonic()
            crowd.acknowledge(number, at)
        time.sleep(2.5)
    assert acknowledged < kills
    outcome("workers killed in the middle of a publish", injected=kills, seen=seen)


def quietly(do: Callable[[], None]) -> Callable[[], None]:
    """`do`, whose failure is expected, and seen by what it did not do."""

    def tried() -> None:
        with suppress(requests.RequestException, ValueError, AssertionError):
            do()

    return tried


def is_approved(two: Installation, revision: int) -> bool:
    question = f"SELECT state FROM publishing_revision WHERE id = {revision}"
    return two.primary.ask(question, "portal") == ("approved",)


def test_postgresql_stopped(two, crowd, times, outcome, browser):
    """With the workers killed while it is away, and a notice that ends meanwhile."""
    seconds = times(6, 60)
    with reading(crowd) as seen, browser.new_context(viewport=PHONE) as context:
        tab = context.new_page()
        crowd.ending = ends_in(two, 6)
        for box in two.boxes:
            while crowd.ending.written not in box.ask(PROVINCE):
                time.sleep(0.05)
        # nginx keeps a page as it was compressed for whoever asked, and this browser takes another
        # compression than the crowd.
        tab.goto(f"http://localhost:{two.nginx_port}{PROVINCE}")
        two.primary.stop()
        two.replica.stop()
        stopped_at = time.monotonic()
        assert time.time() < crowd.ending.at.timestamp()
        # A box tells a page what time it is once a second.
        sleep_until(crowd.ending.at.timestamp() + 1.3)
        assert shows_as_over(tab, two)
        for box in two.boxes:
            box.kill_worker()
        time.sleep(1)
        assert shows_as_over(tab, two)
        time.sleep(max(seconds - (time.monotonic() - stopped_at), 0))
        assert seen.as_of["box"] and seen.as_of["nginx"]
        two.mend()
        corrected(two, crowd)
        time.sleep(3)
    for path in crowd.paths:
        assert "last-good" not in two.ask(path).text
    outcome(f"PostgreSQL stopped for {seconds} s, workers killed", injected=1, seen=seen)


def sleep_until(moment: float) -> None:
    time.sleep(max(moment - time.time(), 0))


def shows_as_over(tab, two: Installation) -> bool:
    """Whether the page says of when it is, and what has ended is past in it, by itself."""
    tab.goto(f"http://localhost:{two.nginx_port}{PROVINCE}")
    wait_until(tab, "document.querySelectorAll('#notices .over').length > 0")
    header = tab.locator("header.top").inner_text()
    return "Tính đến" in header and not tab.locator("#notices [data-listed-until]").count()


def test_redis_stopped(two, crowd, times, outcome):
    seconds = times(3, 30)
    with reading(crowd) as seen:
        two.stop_redis()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            corrected(two, crowd)
            time.sleep(0.5)
        two.mend()
        corrected(two, crowd)
        time.sleep(2.5)
    outcome(f"Redis stopped for {seconds} s", injected=1, seen=seen, may_be_earlier=False)


@pytest.mark.skipif(libfaketime() is None, reason="apt-get install libfaketime")
def test_the_clock_moved_by_a_day(two, crowd, outcome, clock):
    """There and back: what has ended tomorrow is not shown then, and is shown again today."""
    with reading(crowd) as seen:
        crowd.ending = ends_in(two, 3600)
        assert seconds_until(two, lambda page: crowd.ending.is_current_in(PROVINCE, page)) < 15
        moved_at = time.time()
        clock.move(DAY)
        assert seconds_until(two, lambda page: not crowd.ending.is_current_in(PROVINCE, page)) < 15
        crowd.ahead = DAY
        corrected(two, crowd)
        time.sleep(2.5)
        crowd.ahead = 0
        # nginx is put right first: what the boxes tell it meanwhile holds until tomorrow.
        clock.move_programs(0)
        time.sleep(2)
        clock.move(0)
        # As the unit waits: for answers that are on their way.
        time.sleep(3)
        for box in two.boxes:
            while f'data-now="{timezone.localdate()}' not in box.ask(PROVINCE):
                time.sleep(0.1)
        files_of_the_moved_clock(two.cache, moved_at, DAY)
        assert forget_the_future(two.cache, two.nginx)
        for path in crowd.lists:
            of_today = marked(next(numbers))
            crowd.acknowledge(int(of_today[-5:]), two.officers.approve(of_today))
            assert seconds_until(two, lambda page, name=of_today: name in page, path) < 15
        assert crowd.ending.is_current_in(PROVINCE, two.ask(PROVINCE).text)
        time.sleep(2.5)
    outcome("the clock moved by a day, there and back", injected=2, seen=seen)


def seconds_until(two: Installation, holds: Callable[[str], bool], path: str = PROVINCE) -> float:
    began = time.monotonic()
    while not holds(two.ask(path).text):
        assert time.monotonic() - began < 20
        time.sleep(0.1)
    return time.monotonic() - began


def test_the_disk_full(two, crowd, outcome, disk):
    """Officers are refused, by a page that says so, until there is room; nothing is half saved."""
    if not disk.is_small:
        pytest.skip("a small disk needs `mount`, as root")
    author = two.officers.sign_in(AUTHOR)
    refused = 0
    with reading(crowd) as seen:
        with disk.full():
            answer = uploaded(two, author)
            assert answer.status_code == 503, answer.text
            assert "Chưa lưu được" in answer.text
            until = time.monotonic() + 20
            while not refused and time.monotonic() < until:
                try:
                    corrected(two, crowd)
                except Refused:
                    refused += 1
            time.sleep(2)
        assert refused
        two.mend()
        corrected(two, crowd)
        assert uploaded(two, author).status_code == 200
        time.sleep(2.5)
    outcome("the disk full", injected=1, seen=seen)
    ledger = [sys.executable, "manage.py", "verify_ledger"]
    subprocess.run(ledger, cwd=BASE_DIR, env=two.box_a.environment, check=True)


def uploaded(two: Installation, author: requests.Session) -> requests.Response:
    """The answer to an officer who brings a list."""
    address = f"http://localhost:{two.nginx_port}/admin/locations/exposurelocation/import/"
    assert author.get(address, timeout=20).status_code == 200
    province = two.primary.ask(
        "SELECT id FROM locations_province WHERE slug = 'hai-phong'", "portal"
    )
    given = {"csrfmiddlewaretoken": author.cookies["csrf"], "province": province[0]}
    return author.post(address, given, files={"file": ("list.csv", csv_file(MARKET))}, timeout=30)


def test_a_deploy_with_a_migration(two, crowd, outcome, tmp_path_factory):
    """As docs/several-boxes.md says: nginx's static files first, then one box after the other."""
    release = next_release(tmp_path_factory.mktemp("next") / "portal")
    before = stylesheet(two)
    with reading(crowd) as seen:
        collect_static_files(release, two.folder / "box-a")
        for box in reversed(two.boxes):
            box.stop()
            box.code = release
            box.start()
            corrected(two, crowd)
            box.wait()
            corrected(two, crowd)
            # Until nginx asks it again.
            time.sleep(3)
    assert stylesheet(two) != before
    assert two.primary.ask("SELECT count(entrance) FROM locations_exposurelocation", "portal")
    outcome("a deploy with a migration", injected=1, seen=seen, may_be_earlier=False)


def stylesheet(two: Installation) -> str:
    return two.ask(PROVINCE).text.partition('rel="stylesheet" href="')[2].partition('"')[0]
