"""The database, what it is made ready for, and room on the disks."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.operating.alarms.finding import Finding, Options
from portal.web.health import MIN_FREE_BYTES

# Below it somebody should make room; `readyz` says the portal is unfit below MIN_FREE_BYTES.
LITTLE_FREE_BYTES = 2 * 1024**3


def database(options: Options) -> Iterator[Finding]:
    """Whether it answers; what it raises is the alarm."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    yield Finding.ok("it answers")


def migrations(options: Options) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        first = f"{pending[0][0].app_label}.{pending[0][0].name}"
        yield Finding.critical(f"{len(pending)} are pending, first {first}; run manage.py prepare")
    else:
        yield Finding.ok("none is pending")


def disk(options: Options) -> Iterator[Finding]:
    for folder in _folders():
        free = shutil.disk_usage(folder).free
        said = f"{folder} has {free / 1024**2:.0f} MB free"
        if free <= MIN_FREE_BYTES:
            yield Finding.critical(f"{said}: uploads and backups fail")
        elif free <= LITTLE_FREE_BYTES:
            yield Finding.warning(said)
        else:
            yield Finding.ok(said)


def _folders() -> list[Path]:
    """One of each disk that the portal writes to."""
    named = [Path(settings.DATA_DIR)]
    if settings.BACKUP_DIR and settings.BACKUP_DIR.is_dir():
        named.append(settings.BACKUP_DIR)
    return list({folder.stat().st_dev: folder for folder in reversed(named)}.values())
