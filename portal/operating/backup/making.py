"""Makes a backup while the portal serves."""

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.operating.backup import databases, files, folder, manifest
from portal.operating.backup.manifest import Manifest, Progress, Refused
from portal.web.release import release
from portal.web.times import iso


def make(
    into: Path, *, copied: Progress, summed: Progress, keep: int | None = None
) -> tuple[Path, Manifest]:
    """A new backup in the folder `into`, and what it says of itself. Of those there the newest
    `keep` stay; all if None. Raises Refused, and then has changed nothing."""
    try:
        with folder.alone(into):
            at = _moment_without_backup(into)
            with folder.becoming(into, at) as partial:
                made = _fill(partial, at, copied=copied, summed=summed)
            if keep is not None:
                folder.keep(into, keep)
    except OSError as error:
        raise Refused(f"{error.filename or into}: {error.strerror}") from error
    return into / at.strftime(folder.NAME), made


def _moment_without_backup(into: Path) -> datetime:
    """Now; while a backup has the name of this second, in the next one."""
    while True:
        # The real time, also where a demonstration's clock shows another: it is about machines.
        at = timezone.localtime()
        if not (into / at.strftime(folder.NAME)).exists():
            return at
        time.sleep(0.05)


def _fill(partial: Path, at: datetime, *, copied: Progress, summed: Progress) -> Manifest:
    kind = databases.kind(connection)
    with kind.snapshot(connection, partial, without=databases.WITHOUT, progress=copied) as seen:
        content = databases.content(kind, seen, summed)
        server = kind.version(seen)
    files.copy(Path(settings.DATA_DIR), partial)
    made = Manifest(
        made_at=iso(at),
        portal=release(),
        database=connection.vendor,
        server=server,
        migrations=content.migrations,
        ledger=content.ledger,
        tables=content.tables,
        files=manifest.describe(partial, manifest.files_in(partial)),
    )
    made.write(partial)
    return made
