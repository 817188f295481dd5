"""`manage.py` as an operator runs it, in a process of its own; and empty places to restore into."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess, Popen

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from portal.operating.backup import restoring
from portal.operating.backup.manifest import Refused
from tests import workers


def environment(**more: str) -> dict[str, str]:
    """What a command is told so that it works on the database and the files of the test."""
    return workers.environment(email_url="memorymail://", **more)


def manage(*arguments: object, **more: str) -> CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=settings.BASE_DIR, env=environment(**more), capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def start(*arguments: object, **more: str) -> "Popen[str]":
    return Popen(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=settings.BASE_DIR, env=environment(**more), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def backup(folder: Path, *arguments: object) -> Path:
    """A backup of the test's database and files in `folder`, made by this process."""
    before = set(folder.glob("portal-*"))
    call_command("backup", str(folder), *map(str, arguments), stdout=StringIO(), stderr=StringIO())
    (made,) = set(folder.glob("portal-*")) - before
    return made


def is_whole(made: Path) -> bool:
    try:
        restoring.check(made, lambda done, total: None)
    except Refused:
        return False
    return True


class Place:
    """Somewhere else to restore into: settings for `manage`, and a look at what is there."""

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self.settings = {"DATA_DIR": str(data), "DATABASE_URL": url}

    def manage(self, *arguments: object, **more: str) -> CompletedProcess[str]:
        return manage(*arguments, **self.settings | more)

    def ask(self, code: str) -> str:
        """What `code` prints there, in `manage.py shell` with its models at hand."""
        asked = self.manage("shell", "-v0", "-c", code)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.strip()


@contextmanager
def empty_place(folder: Path) -> Iterator[Place]:
    """A new database of the kind that the test has, and a new DATA_DIR."""
    data = folder / f"place-{uuid.uuid4().hex[:8]}"
    if connection.vendor == "sqlite":
        yield Place(data, f"sqlite:///{data}/portal.sqlite3")
        return
    name = f"restored_{uuid.uuid4().hex}"
    url = environment()["DATABASE_URL"].rpartition("/")[0]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield Place(data, f"{url}/{name}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
