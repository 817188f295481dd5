"""What becomes of it with more rows in one province, and with more provinces."""

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.spike import peers
from bench.spike.load import loaded
from bench.spike.portal import Portal
from bench.spike.servers import Server, granian, memory, processor_time, read
from tests.deploy.nginx import ask
from tests.ports import free_port

ROWS = (10, 100, 1000, 10_000)
PROVINCES = (1, 4, 16, 63)
ROWS_EACH = 300
# Languages in which each page is read, and encodings in which it is kept.
LANGUAGES = ("", "/en")
ENCODINGS = ("br", "gzip")
# Pages that are rendered one after the other, and seconds after which those that were suffice.
ASKED, ENOUGH = 40, 3.0
LOADED = 2


@dataclass(frozen=True)
class Point:
    """With `size` rows or provinces: answers with the kept page for each second of processor time,
    milliseconds of it for the page when nothing is kept, kilobytes of the page on the wire,
    megabytes of the process."""

    size: int
    rate: float
    render: float
    kilobytes: float
    memory: float


# What is measured, as it is called in tables and picture.
NAMES = {
    "portal": "portal",
    "stock_django": "stock Django",
    "wagtail_site": "Wagtail",
    "province": "page of a province",
    "country": "page of the country",
}

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
        site = portal.site
        with granian(site(paths[0])) as kept, granian(site(paths[0], cached=False)) as anew:
            read_all(kept, ["/", *paths])
            for name, path in (("province", paths[0]), ("country", "/")):
                curves[name].append(point(size, kept.at(path), anew.at(path)))
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
    before = processor_time(kept.pid)
    load = loaded(kept.url, LOADED)
    used = processor_time(kept.pid) - before
    return Point(size, load.rate * LOADED / used, render(anew), load.bytes / 1024, memory(kept.pid))


def render(server: Server) -> float:
    """Milliseconds of processor time for a page, the mean of many."""
    read(server.port, server.path)
    before, until = processor_time(server.pid), time.monotonic() + ENOUGH
    asked = 0
    while asked < ASKED and (not asked or time.monotonic() < until):
        read(server.port, server.path)
        asked += 1
    return 1000 * (processor_time(server.pid) - before) / asked


def plain(curves: Curves) -> dict[str, list[dict[str, Any]]]:
    return {NAMES[name]: [asdict(one) for one in points] for name, points in curves.items()}
