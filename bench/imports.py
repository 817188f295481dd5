"""Measures the bulk import: a preview of 10,000 rows, handing it over, approving it, importing it
again unchanged and changed. Prints a table; exit 1 if a limit is passed.

    python bench/imports.py [ROWS]

In a database of its own, which is removed: SQLite, or the server in DATABASE_URL.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

# Seconds, and megabytes of memory of the process and its children.
LIMITS = {"preview": 20.0, "hand over": 30.0, "approve": 30.0}
MOST_MEMORY = 400
COLUMNS = (
    "external_id", "name", "kind", "address", "ward", "district", "starts_at", "ends_at", "tier",
    "action", "latitude", "longitude", "note",
)  # fmt: skip


def main(rows: int) -> int:
    import django
    from django.test.utils import get_runner, setup_test_environment

    django.setup()
    from django.conf import settings
    from django.db import connection

    setup_test_environment()
    runner = get_runner(settings)(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        figures = list(measure(rows))
    finally:
        runner.teardown_databases(databases)
    memory = peak_memory()
    say(f"Import of {rows} rows on {connection.vendor}, {os.cpu_count()} cores")
    say(f"  {'':<28}{'took':>8}{'CPU':>9}{'limit':>9}")
    missed = memory > MOST_MEMORY
    for name, (seconds, cpu) in figures:
        limit = next(most for step, most in LIMITS.items() if name.startswith(step))
        missed |= seconds > limit
        say(f"  {name:<28}{seconds:6.1f} s{cpu:7.1f} s{limit:7.0f} s")
    say(f"  {'memory at most':<28}{memory:5.0f} MB{'':9}{MOST_MEMORY:6.0f} MB")
    return int(missed)


def measure(rows: int) -> Any:
    from django.core.management import call_command

    from locations.imports.preview import hand_over, preview
    from portal.publishing.batches import approve_batch
    from portal.publishing.roles import APPROVER, AUTHOR
    from tests import factories

    call_command("load_divisions", verbosity=0)
    province = factories.province("Hải Phòng", "31")
    author = factories.officer("author", AUTHOR, province)
    approver = factories.officer("approver", APPROVER, province)
    forget_peak = Path("/proc/self/clear_refs")
    for kind, values in {"new": {}, "changed": {"action": "Gọi 1900 9095."}}.items():
        made = table(province, rows, **values)
        files = {"CSV": as_csv(made), "XLSX": as_xlsx(made)}
        del made
        if kind == "new" and forget_peak.exists():
            forget_peak.write_text("5")  # what making the files held is not the import's
        for name, data in files.items():
            options = {"file_name": "list", "province": province, "by": author, "replace": True}
            took, shown = timed(partial(preview, data, **options))
            require(not shown.errors, shown.errors[:3])
            yield f"preview, {kind}, {name}", took
        took, batch = timed(partial(hand_over, shown, by=author))
        yield f"hand over, {kind}", took
        del shown
        took, _ = timed(partial(approve_batch, batch=batch, by=approver, note="đã xem"))
        yield f"approve, {kind}", took
    took, shown = timed(partial(preview, data, **options))
    require(shown.unchanged == rows, shown.counts)
    yield "preview, unchanged, XLSX", took


def table(province: Any, rows: int, **values: str) -> list[dict[str, Any]]:
    """A made-up list with every kind of window, in the wards of 2021."""
    import random
    from datetime import timedelta

    from locations.models import Division
    from portal import clock

    choose = random.Random(1)  # noqa: S311 - to be repeatable, not secret
    wards = list(Division.objects.wards().within(province.division).with_path())
    today = clock.today()
    made = []
    for number in range(rows):
        ward = choose.choice(wards)
        first = min(today - timedelta(days=choose.randrange(14)), ward.valid_to or today)
        hour = choose.randrange(6, 20)
        start, end = f"{first:%d/%m/%Y} {hour}:15", f"{first:%d/%m/%Y} {hour + 2}:45"
        if number % 10 == 0:
            start, end = f"{first:%d/%m/%Y}", ""
        made.append(
            {
                "external_id": f"HP-{number}",
                "name": f"Cửa hàng số {number}",
                "kind": choose.choice(["chợ", "shop", "nhà hàng", "trường học"]),
                "address": f"{choose.randrange(1, 400)} Lạch Tray",
                "ward": ward.full_name_on(first),
                "district": ward.parent.full_name_on(first) if ward.parent.level == 2 else "",
                "starts_at": start,
                "ends_at": end,
                "tier": choose.choice(["close", "tiếp xúc thường", ""]),
                "action": "Khai báo y tế và theo dõi sức khỏe.",
                "latitude": round(20.7 + choose.random() / 3, 5),
                "longitude": round(106.5 + choose.random() / 3, 5),
                "note": "",
            }
            | values
        )
    return made


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    import csv
    import io

    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def as_xlsx(rows: list[dict[str, Any]]) -> bytes:
    import io

    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([row[name] for name in COLUMNS])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Seconds on the clock and of this process's CPU, which a busy machine does not change."""
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    return (time.perf_counter() - started, time.process_time() - cpu), result


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def require(condition: bool, otherwise: Any) -> None:
    if not condition:
        raise SystemExit(f"the import went wrong: {otherwise}")


def peak_memory() -> float:
    """Megabytes that this process held at most, beside the reader of XLSX files."""
    status = Path("/proc/self/status")
    for line in status.read_text().splitlines() if status.exists() else ():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
