"""Approvals while everybody reads: how soon each is seen, and what it costs the readers."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

import brotli

from bench.spike.load import Load, loaded
from bench.spike.machine import ROOT, on_server_core
from bench.spike.portal import COUNT, Portal
from bench.spike.servers import Server, read, url

# As portal.web.page_cache.content has it: nobody gets what was replaced longer ago, in seconds.
BELIEVED = 0.2
# What readers of one changed page may make the portal render: it in both languages, and were it
# rendered for each encoding, both of these.
PAGES, ENCODINGS = 2, 2
APPROVALS_A_MINUTE = 20


@dataclass(frozen=True)
class Seen:
    """Seconds from each commit to the first reader who has it; how many were still given the page
    of before more than BELIEVED after it; what the load was told meanwhile."""

    waits: list[float]
    behind: int
    load: Load

    @property
    def p50(self) -> float:
        return median(self.waits)

    @property
    def p99(self) -> float:
        return quantiles(self.waits, n=100, method="inclusive")[-1]


@dataclass(frozen=True)
class Cost:
    """The slowest hundredth of the answers with nothing going on and with approvals arriving, in
    milliseconds, round by round; and how often Django was asked for a page."""

    quiet: list[Load]
    busy: list[Load]
    approvals: int
    renders: int

    @property
    def growth(self) -> float:
        return median(
            busy.p99 / quiet.p99 for quiet, busy in zip(self.quiet, self.busy, strict=True)
        )

    @property
    def renders_each(self) -> float:
        return self.renders / self.approvals


@contextmanager
def officer(portal: Portal, path: str, times: int, pause: float) -> Iterator[Iterator[list[str]]]:
    """At work on the core of the servers, since it is theirs; yields, once he is
    ready, the moment of each commit and the name that is to be read since."""
    program = ("-m", "bench.spike.approving", path, times, pause)
    with subprocess.Popen(
        on_server_core(sys.executable, *program), cwd=ROOT, env=os.environ | portal.env,
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        lines = iter(process.stdout or ())
        next(lines, None)
        yield (line.strip().split(" ", 1) for line in lines)
    if process.returncode:
        sys.exit("the officer could not work")


def seen(portal: Portal, path: str, port: int, changes: int) -> Seen:
    """By readers at `port`, under full load, one approval about every second and a half."""
    with officer(portal, path, changes, 0.8) as commits, full_load(url(port, path)) as load:
        waits, behind = [], 0
        for committed, name in commits:
            wait, late = wait_for(name, port, path, float(committed))
            waits.append(wait)
            behind += late
    if len(waits) != changes:
        sys.exit(f"{len(waits)} changes were seen of {changes}")
    return Seen(waits, behind, summed(load))


def wait_for(name: str, port: int, path: str, committed: float) -> tuple[float, int]:
    late = 0
    while True:
        asked = time.monotonic()
        # The copy that the load reads, and none of its own.
        page = brotli.decompress(read(port, path).body)
        if name.encode() in page:
            return time.monotonic() - committed, late
        late += asked - committed > BELIEVED
        time.sleep(0.005)


@contextmanager
def full_load(address: str) -> Iterator[list[Load]]:
    """For as long as the block lasts, two seconds at a time."""
    loads: list[Load] = []
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            loads.append(loaded(address, 2))

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield loads
    finally:
        over.set()
        thread.join()


def summed(loads: list[Load]) -> Load:
    columns = list(zip(*loads, strict=True))
    return Load(*(median(column) for column in columns[:4]), errors=sum(columns[4]))


def cost(portal: Portal, path: str, server: Server, rounds: int, seconds: int) -> Cost:
    """To the readers of `server`, which counts: a page in both languages and encodings."""
    approvals = seconds * APPROVALS_A_MINUTE // 60
    # He takes half a second more on average, and then some for the work.
    pause = 60 / APPROVALS_A_MINUTE - 0.75
    quiet, busy, renders = [], [], 0
    for _round in range(rounds):
        loaded(url(server.port, path), 1, script="mixed")
        quiet.append(loaded(url(server.port, path), seconds // 2, script="mixed"))
        before = int(server.ask(COUNT).text)
        with officer(portal, path, approvals, pause) as commits:
            busy.append(loaded(url(server.port, path), seconds, script="mixed"))
            made = len(list(commits))
        renders += int(server.ask(COUNT).text) - before
        if made != approvals:
            sys.exit(f"{made} approvals were made of {approvals}")
    return Cost(quiet, busy, rounds * approvals, renders)
