"""Measures search, lists and the admin over a million places, and that a province's pages are as
quick with a million past places as with a thousand. Prints tables; exit 1 if a limit is passed.

    python bench/lists.py [PLACES]

In a database of its own, which is removed: SQLite, or the server in DATABASE_URL. Making a million
places twice takes some minutes.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

FEW, CURRENT = 1000, 300
# Milliseconds in which 95 of 100 searches are answered, by database; and so many pages of the
# admin, which are written as well as looked up.
SEARCH_LIMITS = {"postgresql": 50, "sqlite": 150}
ADMIN_LIMIT = 300
# How many times more work a page may be with all past places than with FEW; of its runs the one
# with the least counts, because what other programs do on this machine is no property of ours.
MOST_GROWTH = 1.2
RUNS, SEARCHES = 25, 100
TABLE = "locations_exposurelocation"
LIST, ADMIN = "/hai-phong/dia-diem/", "/admin/locations/exposurelocation/"
PAGES = (
    "/", "/hai-phong/", LIST, f"{LIST}?q=cho", f"{LIST}?status=past", f"{LIST}?status=all&page=9",
    f"{LIST}?status=all&kind=market", "/hai-phong/dinh-chinh/", "/hai-phong/theo-doi/",
    "/hai-phong/feed.atom", "/feed.atom",
)  # fmt: skip
ADMIN_PAGES = (ADMIN, f"{ADMIN}?q=cho", f"{ADMIN}?q=khongco", f"{ADMIN}?state__exact=draft")


def main(places: int) -> int:
    import django
    from django.test.utils import get_runner, setup_test_environment

    django.setup()
    from django.conf import settings
    from django.db import connection

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    say(f"Lists of {places:,} places on {connection.vendor}, {os.cpu_count()} cores")
    try:
        bench = Bench()
        missed = bench.archive(places)
        bench.empty()
        bench.whole_country(places)
        missed |= bench.searches(SEARCH_LIMITS[connection.vendor])
        missed |= bench.admin()
    finally:
        runner.teardown_databases(databases)
    return int(missed)


class Bench:
    def __init__(self) -> None:
        from django.core.management import call_command

        from locations.made_load import MadeLoad
        from locations.models import Division, Province
        from portal import clock
        from portal.publishing.roles import APPROVER, AUTHOR
        from tests import factories

        call_command("load_divisions", verbosity=0)
        author, approver = factories.national(AUTHOR), factories.national(APPROVER)
        MadeLoad(author=author, approver=approver).provinces(63)
        self.province = Province.objects.get(slug="hai-phong")
        self.officers = {
            "of the country": approver,
            "of a province": factories.officer("one", APPROVER, self.province),
        }
        self.divisions = Division.objects.wards().with_path()
        self.now = clock.now()
        ward = self.divisions.within(self.province.division)[0]
        self.place = factories.location(self.province, ward=ward)
        self.windows = list(self.place.windows.all())

    # --- what there is

    def fill(self, mark: str, places: int, *, days_ago: int, of: Any = None) -> None:
        from tests import many

        wards = self.divisions.within(of.division) if of else self.divisions.valid(self.place_day)
        newest = self.now - timedelta(days=days_ago)
        many.fill(self.place, places, wards=wards, newest=newest, mark=mark)

    @property
    def place_day(self) -> Any:
        return self.place.ward.valid_to

    def in_bulk(self, fill: Callable[[], None]) -> None:
        """With the index of the search made afterwards, which is quicker."""
        from django.db import connection

        from portal.publishing import search_index

        started = time.perf_counter()
        search_index.remove(connection, TABLE)
        fill()
        made = time.perf_counter()
        search_index.make(connection, TABLE)
        indexed = time.perf_counter()
        say(f"  (made in {made - started:.0f} s, indexed for search in {indexed - made:.0f} s)")

    def empty(self) -> None:
        from django.db import connection

        from portal.publishing import search_index

        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {TABLE} CASCADE")
        else:
            search_index.remove(connection, TABLE)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM locations_exposurewindow")
                cursor.execute("DELETE FROM locations_exposurelocation")
            search_index.make(connection, TABLE)
        self.place.pk = None
        self.place.save()
        for window in self.windows:
            window.pk, window.location = None, self.place
            window.save()

    # --- what is measured

    def archive(self, places: int) -> bool:
        """The pages of a province with FEW past places, and with `places`."""
        from django.test import Client

        self.fill("N", CURRENT, days_ago=0, of=self.province)
        self.fill("F", FEW, days_ago=30, of=self.province)
        get = Client().get
        few = {page: runs(partial(get, page)) for page in PAGES}
        self.in_bulk(partial(self.fill, "M", places - FEW, days_ago=60, of=self.province))
        many = {page: runs(partial(get, page)) for page in PAGES}
        say(f"\n  {'milliseconds with past places:':<40}{FEW:>14,}{places:>16,}{'times':>8}")
        say(f"  {'':<40}{'p50    p95':>14}{'p50    p95':>16}{'':>8}  limit {MOST_GROWTH}")
        missed = False
        for page in PAGES:
            growth = least_work(many[page]) / least_work(few[page])
            missed |= growth > MOST_GROWTH
            clocks = f"{shown(clocked(few[page])):>14}{shown(clocked(many[page])):>16}"
            mark = "  MISSED" if growth > MOST_GROWTH else ""
            say(f"  {page:<40}{clocks}{growth:>8.2f}{mark}")
        return missed

    def whole_country(self, places: int) -> None:
        self.in_bulk(partial(self.fill, "P", places, days_ago=30))

    def searches(self, limit: int) -> bool:
        """The twenty newest places that a search finds, as the page of the search shows them."""
        kinds = self.queries()
        took = {kind: list(map(self.searched, queries)) for kind, queries in kinds.items()}
        took["all of these"] = [one for several in took.values() for one in several]
        say(f"\n  {'milliseconds of a search for':<40}{'p50    p95':>16}{'limit':>8}")
        for kind, several in took.items():
            say(f"  {kind:<40}{shown(several):>16}{limit:>8}")
        missed = p95(took["all of these"]) > limit
        return missed

    def queries(self) -> dict[str, list[str]]:
        """What people type: words of places that there are, one to three that follow each other;
        what stands in very many places; what stands in none; and two letters."""
        from locations.models import ExposureLocation

        choose = random.Random(1)  # noqa: S311 - to be repeatable, not secret
        keys = [choose.randrange(10**9) for _ in range(SEARCHES)]
        first, last = (
            ExposureLocation.objects.order_by(order).values_list("pk", flat=True)[0]
            for order in ("pk", "-pk")
        )
        named = []
        for key in keys:
            rows = ExposureLocation.objects.filter(pk__gte=first + key % (last - first))
            words = rows.order_by("pk").values_list("search_text", flat=True)[0].split()
            begin = choose.randrange(len(words))
            named.append(" ".join(words[begin : begin + choose.randrange(1, 4)]))
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        return {
            "words of a place": named,
            "what very many have": ["cho", "xa", "hai phong", "thanh pho", "sieu thi", "ha noi"]
            * 3,
            "what none has": ["khongco", "benhvien", "sieu thi zzz", "quan 99x", "xyzxyz"] * 3,
            "two letters": ["".join(choose.choices(letters, k=2)) for _ in range(15)],
        }

    def searched(self, query: str) -> float:
        from locations.models import ExposureLocation

        started = time.perf_counter()
        found = ExposureLocation.objects.public().search(query).for_lists().newest_first()
        list(found[:20])
        return (time.perf_counter() - started) * 1000

    def admin(self) -> bool:
        from tests.conftest import StaffClient

        say(f"\n  {'milliseconds of the admin for an officer':<66}{'p50    p95':>16}{'limit':>8}")
        missed = False
        for scope, officer in self.officers.items():
            client = StaffClient()
            client.force_login(officer)
            for page in ADMIN_PAGES:
                took = clocked(runs(partial(client.get, page)))
                missed |= p95(took) > ADMIN_LIMIT
                say(f"  {f'{scope}: {page}':<66}{shown(took):>16}{ADMIN_LIMIT:>8}")
        return missed


@dataclass
class Run:
    """Milliseconds of one answer: on the clock, and of work, which is the CPU of this process and
    the time it waited for the database."""

    clock: float
    work: float


def runs(get: Callable[[], Any]) -> list[Run]:
    """RUNS answers; not the first, for which things are loaded."""
    from django.db import connection

    done = []
    for _ in range(RUNS + 1):
        waited = 0.0

        def wait(execute: Any, *given: Any) -> Any:
            nonlocal waited
            clock, cpu = time.perf_counter(), time.process_time()
            try:
                return execute(*given)
            finally:
                waited += time.perf_counter() - clock - (time.process_time() - cpu)

        clock, cpu = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(wait):
            if get().status_code != 200:
                raise SystemExit(f"a page could not be measured: {get}")
        used = time.process_time() - cpu
        done.append(Run((time.perf_counter() - clock) * 1000, (used + waited) * 1000))
    return done[1:]


def clocked(done: list[Run]) -> list[float]:
    return [run.clock for run in done]


def least_work(done: list[Run]) -> float:
    return min(run.work for run in done)


def p95(took: Iterable[float]) -> float:
    return quantiles(took, n=20, method="inclusive")[-1]


def shown(took: list[float]) -> str:
    return f"{median(took):6.1f} {p95(took):6.1f}"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
