"""Whether what is public is what was approved, as far as it can be read in the time there is."""

import time
from collections.abc import Iterator

from portal.operating.alarms.finding import Finding, Options
from portal.publishing.verification import difference_at_the_end, first_difference


class _TimeIsOver(Exception):
    pass


def ledger(options: Options) -> Iterator[Finding]:
    began = time.monotonic()
    counted = (0, 0)

    def look_at_the_clock(done: int, total: int) -> None:
        nonlocal counted
        counted = (done, total)
        limit = options.ledger_seconds
        if limit and done < total and time.monotonic() - began > limit:
            raise _TimeIsOver

    try:
        difference = difference_at_the_end() or first_difference(progress=look_at_the_clock)
    except _TimeIsOver:
        done, total = counted
        yield Finding.ok(
            f"its end, and {done} of {total} rows in {options.ledger_seconds} s;"
            " manage.py verify_ledger reads all"
        )
        return
    if difference:
        yield Finding.critical(f"{difference}; see manage.py verify_ledger --all")
    else:
        yield Finding.ok(f"it is whole, {counted[1]} rows")
