"""Whose turn it is: SQLite has no row locks that workers could hold, so there they take turns."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


@contextmanager
def turn() -> Iterator[None]:
    """Within it no other worker of this SQLite database works; with PostgreSQL all may.

    The system takes the lock from a process that dies, however it dies.
    """
    if connection.features.has_select_for_update_skip_locked:
        yield
        return
    with Path(settings.DATA_DIR, "worker.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
