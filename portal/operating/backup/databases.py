"""What is the same of both kinds of database: which module copies it, and what is read of it."""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.contrib.sessions.models import Session
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from portal.operating.backup import postgresql, sqlite
from portal.operating.backup.manifest import Progress, Refused, Table
from portal.publishing.models import LedgerHead

KINDS: dict[str, ModuleType] = {"postgresql": postgresql, "sqlite": sqlite}
NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
# Whoever holds the key of a session is signed in.
WITHOUT = frozenset({Session._meta.db_table})


def kind(database: BaseDatabaseWrapper) -> Any:
    """The module that copies and loads such a database."""
    return KINDS[database.vendor]


@dataclass(frozen=True)
class Content:
    """What a database holds: the migrations applied, the end of the ledger, the rows."""

    migrations: list[str]
    ledger: str
    tables: dict[str, Table]


def content(module: Any, connection: Any, progress: Progress) -> Content:
    """Raises Refused if it is no database of the portal."""
    names = module.tables(connection)
    migrations, head = MigrationRecorder.Migration._meta.db_table, LedgerHead._meta.db_table
    if missing := {migrations, head} - set(names):
        raise Refused(
            f"the database has no table {min(missing)}: it is not the portal's, or not"
            " yet made ready (manage.py prepare)"
        )
    cursor = connection.cursor()
    cursor.execute(f"SELECT app, name FROM {migrations}")  # noqa: S608 - Django's own name
    applied = sorted(f"{app}.{name}" for app, name in cursor.fetchall())
    cursor.execute(f"SELECT sequence, hash FROM {head}")  # noqa: S608 - the model's name
    end = cursor.fetchone()
    summed = {}
    wanted = [name for name in names if name not in WITHOUT]
    for name in wanted:
        summed[name] = module.summed(connection, name)
        progress(len(summed), len(wanted))
    return Content(applied, str(LedgerHead(1, *end) if end else LedgerHead(1)), summed)
