"""The drills of docs/van-hanh.md: the server is killed and its disk is gone, or somebody has made a
mistake; with a clock beside it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from portal.environment import BASE_DIR
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.deploy import boxes
from tests.faults import office
from tests.operating.commands import empty_place, manage
from tests.processes import descendants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

# Seconds, as docs/van-hanh.md promises them.
MOST_LOST, LONGEST = 60, 15 * 60
SCRIPTS = ("postgresql-archive", "postgresql-base", "postgresql-recover")
# An office that publishes one place after the other, and says so when it was done.
WRITER = """
import json, time
import django
django.setup()
from locations.models import Province
from tests import factories

province = Province.objects.filter(slug="hai-phong").first()
province = province or factories.province("Hải Phòng", "31")
while True:
    place = factories.location(province, name=f"Chợ {time.time()}")
    print(json.dumps({"code": place.code, "at": time.time()}), flush=True)
    time.sleep(0.2)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where PostgreSQL's own user may work."""
    made = Path(tempfile.mkdtemp(prefix="recovery-"))
    made.chmod(0o711)
    for name in ("wal", "base"):
        (made / name).mkdir()
    if os.getuid() == 0:
        for path in (made, made / "wal", made / "base"):
            shutil.chown(path, "postgres")
    for name in SCRIPTS:
        shutil.copy(BASE_DIR / "deploy" / name, made)
        (made / name).chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


class Server(boxes.Postgres):
    """A server whose pages are whole in its log, as they are unless somebody says otherwise."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, name, "-c", "full_page_writes=on")

    def do(self, script: str, *arguments: str | Path) -> None:
        """Runs a script of deploy/ as an operator does, on this server."""
        reach = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "portal"}
        self.run(self.folder / script, *arguments, PGPASSWORD=boxes.PASSWORD, **reach)

    def lose(self) -> None:
        """As when the machine burns: SIGKILL to every process, and the folder is no more."""
        pid = int((self.data / "postmaster.pid").read_text().split()[0])
        for one in (pid, *descendants(pid)):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        assert self.process
        self.process.wait(timeout=20)
        self.process = None
        shutil.rmtree(self.data)

    def manage(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder),
            "DEMO": "1",
            "PYTHONPATH": str(BASE_DIR),
        }

    def recovered(self, base: Path, *moment: str) -> float:
        """Brings the server to a moment or to the end; the seconds until it takes writes."""
        began = time.monotonic()
        self.do("postgresql-recover", self.folder / "wal", base, self.data, *moment)
        self.start()
        while self.ask("SELECT pg_is_in_recovery()")[0]:
            assert time.monotonic() - began < LONGEST, self.says()
            time.sleep(0.1)
        return time.monotonic() - began

    def codes(self) -> set[str]:
        query = "SELECT json_agg(code) FROM locations_exposurelocation WHERE state = 'published'"
        return set(self.ask(query, "portal")[0])


def archives_again(server: Server) -> None:
    """A server that died after it had copied a file of its log, and before it noted that, copies it
    again; it must not try for ever."""
    status = server.data / "pg_wal" / "archive_status"
    (*_, copied) = sorted(status.glob("0*[0-9A-F].done"))
    copied.rename(copied.with_suffix(".ready"))
    server.ask("SELECT pg_switch_wal()")
    until = time.monotonic() + 60
    while not copied.exists():
        assert time.monotonic() < until, server.says()
        time.sleep(0.1)
    assert server.ask("SELECT failed_count FROM pg_stat_archiver")[0] == 0


def written(writer: "subprocess.Popen[str]", seconds: float) -> list[dict[str, Any]]:
    """What the office has said of `seconds`."""
    assert writer.stdout
    until, said = time.time() + seconds, []
    while time.time() < until:
        said.append(json.loads(writer.stdout.readline()))
    return said


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="point-in-time recovery is its own")
def test_to_a_moment_and_to_the_end(folder, times, tell):
    lost = Server(folder, "lost")
    (folder / "password").write_text(boxes.PASSWORD)
    lost.run(
        *("initdb", "--pgdata", lost.data, "--username", "portal", "--no-sync"),
        *("--pwfile", folder / "password", "--auth", "scram-sha-256"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8"),
    )
    lost.start()
    lost.ask("CREATE DATABASE portal")
    lost.do("postgresql-archive", folder / "wal")
    lost.stop()
    lost.start()
    for command in ("migrate", "load_divisions"):
        lost.manage(command, "-v0")
    for _week in range(3):
        lost.do("postgresql-base", folder / "wal", folder / "base")
        time.sleep(1.1)
    # The newest two are kept, and the log since the older one.
    base, _newest = sorted((folder / "base").iterdir())
    archives_again(lost)

    # Longer than the server may keep its log to itself, and a mistake on the way.
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER], cwd=BASE_DIR, env=lost.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    said = written(writer, times(5, 20))
    time.sleep(1.1)
    moment, moment_at = lost.ask("SELECT now()::text")[0], time.time()
    lost.ask("DELETE FROM locations_exposurewindow", "portal")
    after = written(writer, times(36, 60))
    lost.lose()
    gone_at = time.time()
    writer.wait(60)
    said_after = [json.loads(line) for line in writer.stdout or ()]

    end = Server(folder, "end")
    seconds_to_end = end.recovered(base)
    everything = [*said, *after, *said_after]
    missing = [one for one in everything if one["code"] not in end.codes()]
    # The mistake is there too, and nothing else is wrong.
    found = end.manage("verify_ledger", "--all", code=1)
    assert set(re.findall(r"^exposurelocation \w+: (\w+) is", found, re.M)) == {"windows"}
    # Nothing is missing in between: what was lost are the last seconds.
    assert missing == everything[len(everything) - len(missing) :]
    seconds_lost = gone_at - missing[0]["at"] if missing else 0.0
    end.stop()

    before = Server(folder, "before")
    seconds_to_moment = before.recovered(base, moment)
    before.manage("verify_ledger", "--all")
    there = before.codes()
    undone = {one["code"] for one in said} - there
    windows = before.ask("SELECT count(*) FROM locations_exposurewindow", "portal")[0]
    before.stop()
    assert not undone and windows >= len(said)
    # What was said first after the moment may have been committed before it.
    later = [one["code"] for one in [*after, *said_after] if one["at"] > moment_at][1:]
    assert later and not there & {*later}
    assert max(seconds_to_end, seconds_to_moment) < LONGEST
    tell(
        "PostgreSQL killed and its disk gone",
        injected=len(everything),
        observed=f"{seconds_lost:.0f} s lost, back in {seconds_to_end:.0f} s;"
        f" to a moment in {seconds_to_moment:.0f} s",
        lost=int(seconds_lost > MOST_LOST),
    )


def test_from_the_newest_backup(hai_phong, settings, tmp_path, times, tell):
    """Of either database: whatever was public when the backup began is there again."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    for role in (AUTHOR, APPROVER):
        factories.national(role)
    ours, its = office.processes.Pipe(duplex=False)
    arguments = (connection.settings_dict["NAME"], 1, its)
    working = office.processes.Process(target=office.work, args=arguments)
    working.start()
    its.close()
    acknowledged: list[int] = []
    while len(acknowledged) < times(20, 200):
        acknowledged += ours.recv()
    began = time.monotonic()
    made = manage("backup", tmp_path / "backups")
    backed_up = time.monotonic() - began
    assert made.returncode == 0, made.stderr
    for _more in range(3):
        assert ours.poll(60)
        ours.recv()
    working.kill()
    working.join()
    with empty_place(tmp_path) as place:
        began = time.monotonic()
        restored = place.manage("restore", tmp_path / "backups")
        seconds = time.monotonic() - began
        assert restored.returncode == 0, restored.stderr
        assert place.manage("verify_ledger", "--all").returncode == 0
        code = "from portal.publishing.models import Revision; print(*Revision.objects.approved()."
        there = set(map(int, place.ask(code + "values_list('pk', flat=True))").split()))
    missing = set(acknowledged) - there
    tell(
        "the machine gone, and the newest backup restored",
        injected=len(acknowledged),
        observed=f"{len(missing)} missing; made in {backed_up:.0f} s, back in {seconds:.0f} s",
        lost=len(missing),
    )
