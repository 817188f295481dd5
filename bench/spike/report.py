"""What was measured, in words and tables, and as a picture."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.spike import growth, machine, peers
from bench.spike.contest import Contest
from bench.spike.growth import Curves
from bench.spike.publishing import Cost, Seen
from bench.spike.targets import Target, explanations, shown

RESULTS = machine.ROOT / "bench" / "results.md"
PICTURE = machine.ROOT / "bench" / "growth.svg"
HEAD = """# A spike of readers: what `make bench` measured

Written by `python -m bench.spike`. Servers on one core, wrk on another, each server in turn: read
the ratios, not the numbers. A ratio is the median of those of the rounds. The targets are judged by
the answers for each second of processor time that the server used: on a quiet machine that is the
ratio of answers a second too, and other programs disturb it least.
"""
Row = Sequence[object]


@dataclass(frozen=True)
class Figures:
    contest: Contest
    behind_nginx: Seen
    direct: Seen
    cost: Cost
    rows: Curves
    provinces: Curves
    cold_starts: dict[str, tuple[float, float]]
    codings: list[dict[str, Any]]
    machine: dict[str, str]
    busy_before: str
    busy_after: str
    rounds: int
    seconds: int


def written(figures: Figures, targets: list[Target]) -> str:
    """results.md."""
    parts = [HEAD, ground(figures), verdicts(targets), servers(figures), sizes(figures.codings)]
    parts += [approvals(figures), starts(figures.cold_starts), grown(figures)]
    return "\n".join(parts)


def ground(figures: Figures) -> str:
    usual, most = figures.contest.noise
    known = figures.machine | {
        f"peers: {name}": version for name, version in peers.versions().items()
    }
    rows = [
        ("measured", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"),
        *known.items(),
        ("rounds", f"{figures.rounds} of {figures.seconds} s for each server"),
        ("load averages before", figures.busy_before),
        ("load averages after", figures.busy_after),
        ("noise", f"the rounds of a server lie {usual:.0%} apart (median), {most:.0%} at most"),
    ]
    return table(("", ""), rows)


def verdicts(targets: list[Target]) -> str:
    text = "## Targets\n\n" + table(("target", "aim", "measured", ""), [t.row for t in targets])
    explained = explanations()
    for target in targets:
        if not target.is_met:
            text += f"\n### {target.name}: missed\n\n"
            text += explained.get(target.name, "Not explained yet.") + "\n"
    return text


def servers(figures: Figures) -> str:
    contest = figures.contest
    names = ("server", "answers/s", "per CPU s", "to the file", "by CPU", "p50 ms", "p99 ms",
             "bytes", "MB", "spread", "errors")  # fmt: skip
    rows = [
        (name, f"{one.rate:,.0f}", f"{one.work:,.0f}", shown(contest.by_clock(name)),
         shown(contest.by_work(name)), shown(one.p50), shown(one.p99), f"{one.bytes:,.0f}",
         f"{one.megabytes:.0f}", f"{one.spread:.0%}", one.errors)
        for name, one in contest.by_name.items()
    ]  # fmt: skip
    return (
        "## Servers\n\n"
        "“The file” is nginx with the same page as a pre-compressed file; for answers of 304,\n"
        "that file's 304. Bytes: of an answer with its headers. MB: of the process (PSS). The\n"
        "portal's page shows 50 of the 300 rows and links to the rest; the peers show all 300\n"
        "unless it says otherwise.\n\n" + table(names, rows, right=True)
    )


def sizes(codings: list[dict[str, Any]]) -> str:
    rows = [
        (f"{one['coding']} {one['level']}", f"{one['bytes']:,}", f"{one['ms']:.2f}")
        for one in codings
    ]
    ours = next(one for one in codings if (one["coding"], one["level"]) == ("br", 5))
    smaller = [
        one
        for one in codings
        if one["coding"] == "zstd" and one["bytes"] < ours["bytes"] and one["ms"] <= 2 * ours["ms"]
    ]
    verdict = (
        f"zstd pays: level {smaller[0]['level']} makes the page smaller than brotli 5 does, in no"
        " more than twice its time."
        if smaller
        else "zstd does not pay: no level makes the page smaller than brotli 5 does in up to\n"
        "twice its time, every browser with zstd has brotli, and each encoding more is one more\n"
        "copy of each page in memory and in nginx."
    )
    return (
        "## Encodings of the page\n\n"
        + table(("coding", "bytes", "ms"), rows, right=True)
        + f"\n{verdict}\n"
    )


def approvals(figures: Figures) -> str:
    rows = [
        (name, len(seen.waits), *(f"{1000 * s:.0f}" for s in (seen.p50, seen.p99, max(seen.waits))),
         f"{seen.load.rate:,.0f}", seen.load.errors)
        for name, seen in (("behind nginx", figures.behind_nginx), ("at granian", figures.direct))
    ]  # fmt: skip
    names = ("readers", "approvals", "p50 ms", "p99 ms", "longest ms", "answers/s", "errors")
    cost = figures.cost
    quiet, busy = ([f"{load.p99:.1f}" for load in side] for side in (cost.quiet, cost.busy))
    return (
        "## Approvals under full load\n\n"
        "From the commit to the first reader who has the change; officer, portal and nginx share\n"
        "one core.\n\n"
        + table(names, rows, right=True)
        + f"\nReaders at granian who were given the old page more than 200 ms after the commit:"
        f" {figures.direct.behind}.\n\n"
        f"While 20 approvals a minute arrived, the p99 of a page in two languages and two encodings"
        f"\nwas {', '.join(busy)} ms, and {', '.join(quiet)} ms without them; Django was asked\n"
        f"{cost.renders} times for {cost.approvals} approvals.\n"
    )


def starts(started: dict[str, tuple[float, float]]) -> str:
    rows = [(name, f"{took:.2f}", f"{cpu:.2f}") for name, (took, cpu) in started.items()]
    return "## From start to first answer\n\n" + table(
        ("server", "seconds", "CPU s"), rows, right=True
    )


def grown(figures: Figures) -> str:
    names = ("", "size", "CPU ms to render", "kept, answers per CPU s", "KB", "MB")

    def rows(curves: Curves) -> list[Row]:
        return [
            (growth.NAMES[name], f"{p.size:,}", shown(p.render), f"{p.rate:,.0f}",
             f"{p.kilobytes:.1f}", f"{p.memory:.0f}")
            for name, points in curves.items()
            for p in points
        ]  # fmt: skip

    return (
        f"## Growth\n\n![Curves of growth]({PICTURE.name})\n\n"
        "With more rows in one province (the peers show all of them):\n\n"
        + table(names, rows(figures.rows), right=True)
        + f"\nWith more provinces of {growth.ROWS_EACH} rows, all their pages kept in two languages"
        " and two encodings:\n\n" + table(names, rows(figures.provinces), right=True)
    )


def table(names: Sequence[str], rows: Iterable[Row], *, right: bool = False) -> str:
    """In Markdown, aligned so that it can be read on a terminal too."""
    lines = [[str(cell) for cell in row] for row in [names, *rows]]
    widths = [max(3, *(len(line[place]) for line in lines)) for place in range(len(names))]
    align = ["<", *(">" if right else "<" for _name in names[1:])]

    def line(cells: Sequence[str]) -> str:
        padded = (f"{c:{a}{w}}" for c, a, w in zip(cells, align, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = ["-" * (w - 1) + (":" if a == ">" else "-") for a, w in zip(align, widths, strict=True)]
    return "\n".join([line(lines[0]), line(rule), *map(line, lines[1:])]) + "\n"


def draw(figures: Figures, scratch: Path) -> None:
    curves = {"rows": figures.rows, "provinces": figures.provinces}
    plain = {name: growth.plain(some) for name, some in curves.items()}
    file = scratch / "curves.json"
    file.write_text(json.dumps(plain))
    peers.run(peers.PYTHON, "picture.py", file, PICTURE)
