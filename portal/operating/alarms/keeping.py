"""Whether there is a backup that is new and has all of its files."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal.operating.alarms.finding import Finding, Options, ago
from portal.operating.backup import folder
from portal.operating.backup.manifest import Refused


def backup(options: Options) -> Iterator[Finding]:
    """Its files by their sizes only; `restore DIR --check` reads them."""
    if settings.BACKUP_DIR is None:
        finding = Finding.ok if settings.DEMO else Finding.warning
        yield finding("BACKUP_DIR is not set, so nobody looks whether backups are made")
        return
    try:
        newest = folder.newest(settings.BACKUP_DIR)
    except Refused as refused:
        yield Finding.critical(str(refused))
        return
    if newest is None:
        yield Finding.critical(f"there is none in {settings.BACKUP_DIR}")
        return
    path, said = newest
    age = timezone.now() - datetime.fromisoformat(said.made_at)
    text = f"the newest, {path.name}, is {ago(age)} old"
    limit = timedelta(hours=options.backup_hours)
    if age > 2 * limit:
        yield Finding.critical(text)
    elif age > limit:
        yield Finding.warning(text)
    else:
        yield Finding.ok(text)
