"""What becomes of it with more rows in one province, and with more provinces."""

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.spike import peers
from bench.spike.load import loaded
from bench.spike.portal import Portal
from bench.spike.servers import Server, granian, read
from tests.deploy.nginx import ask, free_port

ROWS = (10, 100, 1000, 10_000)
PROVINCES = (1, 4, 16, 63)
ROWS_EACH = 300
# Languages in which each page is read, and encodings in which it is kept.
LANGUAGES = ("", "/en")
ENCODINGS = ("br", "gzip")
# Answers of which the middle one counts, and seconds after which those that were given suffice.
ASKED, ENOUGH = 11, 3.0
LOADED = 2


@dataclass(frozen=True)
class Point:
    """With `size` rows or provinces: answers a second of the kept page, milliseconds for the page
    when nothing is kept, kilobytes of it on the wire, megabytes of the process."""

    size: int
    rate: float
    render: float
    kilobytes: float
    memory: float


Curves = dict[str, list[Point]]


def rows(scratch: Path, empty: Path, say: Callable[[str], None]) -> Curves:
    """Of the portal and its peers, by the rows that there are."""
    curves: Curves = {"portal": [], **{name: [] for name in peers.PATHS}}
    portal = copied(empty, scratch / "rows")
    for size in ROWS:
        say(f"growth: {size:,} rows")
        [path] = portal.fill(1, size)
        site = portal.site
        with granian(site(path)) as kept, granian(site(path, cached=False)) as anew:
            published = peers.rows_of(kept)
            curves["portal"].append(point(size, kept, anew))
        for name in peers.PATHS:
            peers.fill(name, published)
            of = peers.site
            with granian(of(name)) as kept, granian(of(name, cached=False)) as anew:
                curves[name].append(point(size, kept, anew))
    return curves


def provinces(scratch: Path, empty: Path, say: Callable[[str], None]) -> Curves:
    """Of the portal with the pages of all provinces kept: the page of the first of them, and the
    page of the whole country."""
    curves: Curves = {"province": [], "country": []}
    portal = copied(empty, scratch / "provinces")
    for size in PROVINCES:
        say(f"growth: {size} provinces of {ROWS_EACH} rows")
        paths = portal.fill(size, ROWS_EACH)
        for name, path in (("province", paths[0]), ("country", "/")):
            site = portal.site
            with granian(site(path)) as kept, granian(site(path, cached=False)) as anew:
                read_all(kept, paths)
                curves[name].append(point(size, kept, anew))
    return curves


def copied(empty: Path, folder: Path) -> Portal:
    """A portal with administrative units and static files, and nothing else."""
    shutil.copytree(empty, folder)
    return Portal(folder, free_port())


def read_all(server: Server, paths: Iterable[str]) -> None:
    """Every page in every language and encoding, so that all of it is kept."""
    for path in paths:
        for language in LANGUAGES:
            for coding in ENCODINGS:
                answer = ask(server.port, language + path, Accept_Encoding=coding)
                if answer.status != 200:
                    sys.exit(f"{language}{path} cannot be read: {answer}")


def point(size: int, kept: Server, anew: Server) -> Point:
    load = loaded(kept.url, LOADED)
    return Point(size, load.rate, render(anew), load.bytes / 1024, kept.memory)


def render(server: Server) -> float:
    """Milliseconds, asked one after the other."""
    took: list[float] = []
    began = time.monotonic()
    while len(took) < ASKED and (len(took) < 3 or time.monotonic() - began < ENOUGH):
        asked = time.perf_counter()
        read(server.port, server.path)
        took.append(1000 * (time.perf_counter() - asked))
    return median(took)


def plain(curves: Curves) -> dict[str, list[dict[str, Any]]]:
    return {name: [asdict(one) for one in points] for name, points in curves.items()}
