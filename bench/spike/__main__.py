"""Measures everything in turn, prints it and writes bench/results.md and bench/growth.svg.

    [ROUNDS=3] [BENCH_DATABASE_URL=...] python -m bench.spike

ROUNDS=1 is a trial with short rounds, and leaves results.md and the picture as they are unless
WRITE=1. The portal's database is SQLite, or an empty one named in BENCH_DATABASE_URL. Exit 1 if a
limit is passed, a target is missed that bench/spike/misses.md does not explain, or an answer was an
error.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.spike import contenders, growth, machine, nginx, peers, publishing, report
from bench.spike.contest import Contest
from bench.spike.machine import LOAD_CORE
from bench.spike.portal import Portal
from bench.spike.servers import Site, granian, processor_time
from bench.spike.targets import Target, at_least, at_most, complaints
from tests.deploy.nginx import ask
from tests.ports import free_port

ROWS = 300


def main() -> int:
    # So that the servers are stopped however this is stopped.
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, lambda number, _frame: sys.exit(128 + number))
    machine.refuse_without_programs()
    os.sched_setaffinity(0, {LOAD_CORE})
    peers.build()
    rounds = int(os.environ.get("ROUNDS", "3"))
    with tempfile.TemporaryDirectory(prefix="spike-") as scratch:
        Path(scratch).chmod(0o755)  # for nginx, which may run as somebody else
        figures = measured(Path(scratch), rounds)
        targets = list(targets_of(figures))
        text = report.written(figures, targets)
        sys.stdout.write(f"\n{text}\n")
        if rounds >= 3 or os.environ.get("WRITE"):
            report.RESULTS.write_text(text)
            report.draw(figures, Path(scratch))
    wrong = [*complaints(targets), *errors_of(figures)]
    for complaint in wrong:
        say(complaint)
    return int(bool(wrong))


def measured(scratch: Path, rounds: int) -> report.Figures:
    described, busy_before = machine.described(), machine.busy()
    is_trial = rounds < 3
    seconds = 2 if is_trial else 4
    say("filling the portal")
    empty = Portal(scratch / "empty", free_port())
    empty.fill(0, 0)
    portal = replace(
        growth.copied(empty.folder, scratch / "portal"),
        database=os.environ.get("BENCH_DATABASE_URL", ""),
    )
    [path] = portal.fill(1, ROWS)
    with granian(portal.site(path)) as back:
        page = ask(back.port, path)
        file = scratch / "page"
        file.write_bytes(page.body)
        for name in peers.PATHS:
            say(f"filling {name}")
            peers.fill(name, peers.rows_of(back))
        with nginx.before(portal, back, page, scratch) as front:
            with contenders.at_work(portal, path, back, front, scratch) as all_of_them:
                contest = Contest(all_of_them)
                contest.run(rounds, seconds, say)
            say("approvals, seen behind nginx")
            behind_nginx = publishing.seen(portal, path, portal.port, 5 if is_trial else 40)
            say("approvals, seen at granian")
            direct = publishing.seen(portal, path, back.port, 5 if is_trial else 20)
    say("approvals, and what they cost readers")
    with granian(portal.counted(path)) as server:
        cost = publishing.cost(portal, path, server, rounds, 15 if is_trial else 30)
    say("starting")
    cold_starts = started(portal.site(path), rounds)
    return report.Figures(
        contest=contest,
        behind_nginx=behind_nginx,
        direct=direct,
        cost=cost,
        cold_starts=cold_starts,
        codings=peers.codings(file),
        rows=growth.rows(scratch, empty.folder, say),
        provinces=growth.provinces(scratch, empty.folder, say),
        machine=described,
        busy_before=busy_before,
        busy_after=machine.busy(),
        rounds=rounds,
        seconds=seconds,
    )


def started(ours: Site, rounds: int) -> dict[str, tuple[float, float]]:
    """Seconds until a new process has given its first page, and seconds of processor time."""
    sites = {
        "portal": ours,
        "stock Django": peers.site("stock_django"),
        "Wagtail": peers.site("wagtail_site"),
    }
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in sites}
    for _round in range(rounds):
        for name, site in sites.items():
            with granian(site) as server:
                took[name].append((server.cold_start, processor_time(server.pid)))
    return {
        name: (median(clock for clock, _cpu in some), median(cpu for _clock, cpu in some))
        for name, some in took.items()
    }


def targets_of(figures: report.Figures) -> Iterator[Target]:
    ratio, cost = figures.contest.ratio, figures.cost

    def to_wagtail(name: str) -> float:
        return min(ratio(name, wagtail) for wagtail in contenders.WAGTAIL)

    yield at_least("one process, to the file", ratio(contenders.KEPT), 0.58, limit=0.4)
    yield at_least("behind nginx, to the file", ratio(contenders.PROXY), 0.90, limit=0.6)
    yield at_least("one process, to Wagtail with a cache", to_wagtail(contenders.KEPT), 35, limit=6)
    yield at_least(
        "behind nginx, to Wagtail with a cache", to_wagtail(contenders.PROXY), 55, limit=10
    )
    yield at_least("304 by one process, to nginx's", ratio(contenders.KEPT_304), 0.58, limit=0.25)
    yield at_least("304 behind nginx, to nginx's", ratio(contenders.PROXY_304), 0.5)
    yield at_most("approval to visible, p99", figures.behind_nginx.p99, 1, " s", limit=2)
    yield at_most("readers behind by more than 200 ms", figures.direct.behind, 0)
    yield at_most("p99 with approvals, to the quiet p99", cost.growth, 3, limit=10)
    most = publishing.PAGES * publishing.ENCODINGS
    yield at_most("renders for an approval", cost.renders_each, most)
    memory = figures.provinces["province"][-1].memory
    yield at_most("memory with 63 provinces in 2 languages", memory, 200, " MB")
    yield at_most("start to first answer", figures.cold_starts["portal"][0], 2, " s", limit=5)
    yield at_least("kept, to nothing kept", ratio(contenders.KEPT, contenders.UNCACHED), 50)
    yield at_least(
        "with campaign strings, to without", ratio(contenders.STRINGS, contenders.KEPT), 0.5
    )


def errors_of(figures: report.Figures) -> Iterator[str]:
    loads = [figures.behind_nginx.load, figures.direct.load]
    loads += [*figures.cost.quiet, *figures.cost.busy]
    errors = figures.contest.errors + sum(load.errors for load in loads)
    if errors:
        yield f"{errors} answers were errors"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
