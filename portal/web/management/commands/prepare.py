"""Brings the database and the static files to what this version of the code needs."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

# Of the lock under which one box at a time prepares the database that all of them share.
LOCK = 20210326


class Command(BaseCommand):
    help = (
        "Make everything ready for serving: migrations, administrative units, static files, and in"
        " a demonstration (DEMO=1) its story and staff accounts. Run it after each update of the"
        " code; what staff wrote stays, and what is ready already takes no time."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with one_at_a_time():
            call_command("migrate", interactive=False, verbosity=0)
            self.call("load_divisions")
            if settings.DEMO:
                self.call("load_story")
                self.call("make_demo_accounts")
        collect_static_files()

    def call(self, command: str) -> None:
        call_command(command, stdout=self.stdout, stderr=self.stderr)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Boxes that start together wait for each other. SQLite has one box only."""
    try:
        while not locked():
            time.sleep(0.2)
        yield
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"the database cannot be used: {reason}") from error
    finally:
        connection.close()  # and the lock with it


def locked() -> bool:
    """Asked again and again: who waits for it within a query is waited for by those migrations that
    make an index beside everything else that goes on."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return True
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


def collect_static_files() -> None:
    """Run collectstatic, unless nothing has changed since it last came to its end."""
    kept = Path(settings.STATIC_ROOT) / "collected-from"
    sources = fingerprint_of_static_files()
    if kept.exists() and kept.read_text() == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    kept.write_text(sources)


def fingerprint_of_static_files() -> str:
    """Of their names and content: their times change with each copy, as into an image."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            content = Path(storage.path(name)).read_bytes()
            digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()
