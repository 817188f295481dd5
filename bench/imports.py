"""Measures the bulk import: a preview of 10,000 rows, handing it over, approving it, importing it
again unchanged and changed. Prints a table; exit 1 if a limit is passed.

    python bench/imports.py [ROWS]

In a database of its own, which is removed: SQLite, or the server in DATABASE_URL.
"""

import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable
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
    print(f"Import of {rows} rows on {connection.vendor}, {os.cpu_count()} cores")
    missed = memory > MOST_MEMORY
    for name, seconds in figures:
        limit = next((most for step, most in LIMITS.items() if name.startswith(step)), None)
        missed |= limit is not None and seconds > limit
        print(f"  {name:<34}{seconds:8.1f} s" + (f"   (limit {limit:.0f} s)" if limit else ""))
    print(f"  {'memory at most':<34}{memory:8.0f} MB  (limit {MOST_MEMORY} MB)")
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
    lists = {
        "new": table(province, rows),
        "changed": table(province, rows, action="Gọi 1900 9095."),
    }
    for kind, list_of in lists.items():
        for format_name, written in (("CSV", as_csv), ("XLSX", as_xlsx)):
            data = written(list_of)
            options = {"file_name": "list", "province": province, "by": author, "replace": True}
            seconds, shown = timed(lambda: preview(data, **options))  # noqa: B023 - called at once
            assert not shown.errors, shown.errors[:3]
            yield f"preview, {kind}, {format_name}", seconds
        seconds, batch = timed(lambda: hand_over(shown, by=author))  # noqa: B023
        yield f"hand over, {kind}", seconds
        seconds, _ = timed(lambda: approve_batch(batch=batch, by=approver, note="đã xem"))  # noqa: B023
        yield f"approve, {kind}", seconds
    seconds, shown = timed(lambda: preview(data, **options))
    assert shown.unchanged == rows, shown.counts
    yield "preview, unchanged, XLSX", seconds


def table(province: Any, rows: int, **values: str) -> list[dict[str, Any]]:
    """A made-up list with every kind of window, in the wards of 2021."""
    import random
    from datetime import timedelta

    from locations.models import Division
    from portal import clock

    choose = random.Random(1)
    wards = list(Division.objects.wards().within(province.division).with_path())
    today = clock.today()
    made = []
    for number in range(rows):
        ward = choose.choice(wards)
        first = min(today - timedelta(days=choose.randrange(14)), ward_end(ward, today))
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


def ward_end(ward: Any, today: Any) -> Any:
    return ward.valid_to or today


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


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def peak_memory() -> float:
    """Of this process plus the largest of its children, in megabytes."""
    return sum(
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
