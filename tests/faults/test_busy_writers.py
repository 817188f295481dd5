"""Eight offices write at once on SQLite, each reading before it writes: with the portal's settings
nobody is refused; with Django's own, and with half of ours, many are, in the same minute."""

import sqlite3
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.faults import writer
from tests.faults.forked import processes

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL locks rows"),
]

WRITERS = 8
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "Django's defaults": ("DELETE", {}),
    "WAL alone": ("WAL", {}),
    "the portal's settings": ("WAL", settings.DATABASES["default"].get("OPTIONS", {})),
}


def copied(to: Path, journal: str) -> str:
    """A copy of the test's database, with that kind of journal."""
    with sqlite3.connect(connection.settings_dict["NAME"]) as source, sqlite3.connect(to) as copy:
        source.backup(copy)
    copy = sqlite3.connect(to)
    assert copy.execute(f"PRAGMA journal_mode={journal}").fetchone() == (journal.lower(),)
    copy.close()
    return str(to)


def at_work(database: str, options: dict[str, Any], seconds: float) -> tuple[int, int, int]:
    """What the writers did, how often they were refused, and in how many places what is public
    differs from what was approved."""
    pipes: list[Connection] = []
    running = []
    for number in range(WRITERS):
        ours, its = processes.Pipe(duplex=False)
        arguments = (database, options, number, seconds, its)
        running.append(processes.Process(target=writer.work, args=arguments))
        running[-1].start()
        its.close()
        pipes.append(ours)
    told = [ours.recv() for ours in pipes]
    for one in running:
        one.join(60)
    ours, its = processes.Pipe(duplex=False)
    processes.Process(target=writer.verify, args=(database, its)).start()
    return (
        sum(done for done, _refused in told),
        sum(refused for _done, refused in told),
        ours.recv(),
    )


def test_nobody_who_writes_is_refused(hai_phong, tmp_path, times, tell):
    for role in (AUTHOR, APPROVER):
        factories.national(role)
    for number in range(WRITERS):
        factories.location(hai_phong, name=f"Chợ {number}")
    seconds = times(3, 6)
    found = {}
    for number, (way, (journal, options)) in enumerate(WAYS.items()):
        database = copied(tmp_path / f"{number}.sqlite3", journal)
        found[way] = at_work(database, options, seconds)
    done, refused, wrong = found.pop("the portal's settings")
    assert done > WRITERS
    assert all(theirs > 0 for _done, theirs, _wrong in found.values()), found
    others = ", ".join(f"{way}: {theirs}" for way, (_done, theirs, _wrong) in found.items())
    tell(
        f"eight writers at once for {seconds} s",
        injected=done,
        observed=f"{refused} refused ({others})",
        lost=refused + wrong,
    )
