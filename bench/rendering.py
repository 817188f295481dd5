"""Measures how long Django takes to make the pages of a province with 300 places, the page cache
left out: with all that is kept; after one place was corrected, which no notice names; after one was
corrected that the notice in force names, so that it is made anew too; and with nothing kept, which
is also the first time in a new process. Prints a table; exit 1 if a limit is passed by what is kept
or by what follows a correction.

    python bench/rendering.py

In milliseconds of processor time, which other programs on the machine disturb least. In a database
of its own, which is removed: SQLite, or the server in DATABASE_URL (whose own work is then not
counted).
"""

import gc
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

PLACES, RUNS = 300, 25
LIST = "/hai-phong/dia-diem/"
# Milliseconds that each may take.
PAGES = {
    "/hai-phong/": 10,
    "/en/hai-phong/": 10,
    LIST: 25,
    f"{LIST}?page=2&status=all": 25,
    f"{LIST}?kind=market&status=all": 25,
    f"{LIST}?q=cho": 25,
    "/hai-phong/thong-bao/": 25,
    "/hai-phong/chuyen-bay/": 25,
    "/tim-kiem/?q=cho": 25,
    "/": 25,
}
# What kept rows must save at least, of a page that is mostly rows.
MOST_OF_ANEW = {"/hai-phong/": 0.6, "/en/hai-phong/": 0.6}


def main() -> int:
    import django
    from django.test.utils import get_runner

    django.setup()
    from django.conf import settings
    from django.db import connection

    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    say(f"Pages of {PLACES} places on {connection.vendor}, {os.cpu_count()} cores")
    try:
        missed = measured(fill())
    finally:
        runner.teardown_databases(databases)
    return int(missed)


def fill() -> dict[str, Any]:
    """A province with PLACES places in the wards it had, a notice and a flight; two of the places,
    to be corrected."""
    from django.core.management import call_command

    from locations.models import Division
    from portal import clock
    from tests import factories, many

    call_command("load_divisions", verbosity=0)
    province = factories.province("Hải Phòng", "31")
    wards = Division.objects.wards().with_path().within(province.division)
    place, named = (factories.location(province, ward=wards[0]) for _both in range(2))
    many.fill(place, PLACES - 2, wards=wards, newest=clock.now(), mark="N")
    factories.notice(province, locations=[named], flights=[factories.flight(province)])
    return {"corrected": place, "named": named}


def measured(places: dict[str, Any]) -> bool:
    from tests import factories
    from tests.kept_pages import forget_all_that_is_kept

    names = iter(range(1_000_000))

    def correct(place: Any) -> None:
        factories.correct(place, name=f"Chợ {next(names)}")

    say(f"\n  {'milliseconds':<44}{'kept':>8}{'corrected':>11}{'named':>8}{'anew':>8}{'limit':>8}")
    missed = False
    for page, limit in PAGES.items():
        kept = took(page)
        after = {of: took(page, first=partial(correct, places[of]), runs=9) for of in places}
        anew = took(page, first=forget_all_that_is_kept, runs=9)
        is_missed = max(kept, after["corrected"]) > limit
        is_missed |= kept / anew > MOST_OF_ANEW.get(page, 1.1)
        missed |= is_missed
        say(
            f"  {page:<44}{kept:>8.1f}{after['corrected']:>11.1f}{after['named']:>8.1f}{anew:>8.1f}"
            f"{limit:>8}" + ("  MISSED" if is_missed else "")
        )
    return missed


def took(page: str, *, first: Callable[[], None] | None = None, runs: int = RUNS) -> float:
    """Of the page as the server's process makes it, the median of `runs`; each after `first`."""
    from django.core.handlers.wsgi import WSGIHandler

    from portal.web.page_cache.declaring import Address
    from portal.web.page_cache.rendering import rendered

    application = WSGIHandler()
    path, _question, query = page.partition("?")
    times = []
    for _run in range(runs + 1):
        if first:
            first()
        gc.collect()
        started = time.process_time()
        answer = rendered(application, Address(path, query))
        times.append((time.process_time() - started) * 1000)
        if answer.code != 200:
            raise SystemExit(f"{page}: {answer.status}")
    return median(times[1:])


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
