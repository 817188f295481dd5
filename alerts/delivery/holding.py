"""Who is sending a broadcast: a lock that holds across several transactions, and that PostgreSQL
takes from a worker that dies. With SQLite workers take turns (`alerts.delivery.turns`), and the
lock is theirs anyway.

Needs a connection to the database of the worker's own: no pool that hands connections out by
transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Told from other advisory locks by this number.
KIND = 0x2A10


@contextmanager
def held(key: int) -> Iterator[bool]:
    """Whether the delivery `key` is ours until the end of the block."""
    if not _has_locks():
        yield True
        return
    is_mine = _ask("SELECT pg_try_advisory_lock(%s, %s)", key)
    try:
        yield is_mine
    finally:
        if is_mine:
            _ask("SELECT pg_advisory_unlock(%s, %s)", key)


def wait_for(key: int) -> None:
    """Waits until nobody sends the delivery `key`; nobody begins before our transaction ends."""
    if _has_locks():
        _ask("SELECT pg_advisory_xact_lock(%s, %s)", key)


def _has_locks() -> bool:
    return connection.features.has_select_for_update_skip_locked


def _ask(question: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, [KIND, key % (1 << 31)])
        return bool(cursor.fetchone()[0])
