"""Loads a backup into an empty place, and looks whether all of it has come."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from alerts.delivery import sealing
from alerts.models import Subscription
from portal.operating.backup import databases, files, manifest
from portal.operating.backup.databases import NAMES, Content
from portal.operating.backup.manifest import Manifest, Progress, Refused
from portal.publishing.verification import Anchor, first_difference


def check(backup: Path, progress: Progress) -> Manifest:
    """What the backup says of itself, once each of its files is found to be as it says. Raises
    Refused."""
    said = manifest.read(backup)
    manifest.check_files(backup, said, progress)
    return said


def refuse_what_does_not_fit(said: Manifest) -> None:
    """Raises Refused unless this installation can be made from such a backup: with every reason."""
    reasons = [*_other_kind(said), *_other_migrations(said)]
    if not reasons:
        for refuse in (
            lambda: databases.kind(connection).refuse_if_used(connection),
            lambda: files.refuse_if_used(Path(settings.DATA_DIR)),
        ):
            try:
                refuse()
            except Refused as refused:
                reasons += refused.reasons
    if reasons:
        raise Refused(*reasons)


def load(backup: Path, said: Manifest, summed: Progress) -> None:
    """Puts database and files in their place. Raises Refused if a row is not as it was."""
    kind = databases.kind(connection)
    try:
        with (
            files.placed(backup, Path(settings.DATA_DIR)),
            kind.loaded(connection, backup) as loaded,
        ):
            here = databases.content(kind, loaded, summed)
            if reasons := list(_differences(here, said)):
                raise Refused(*reasons, "what was loaded is not to be used; take another backup")
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}") from error


def check_ledger(said: Manifest, progress: Progress) -> None:
    """Raises Refused unless the ledger is whole and ends where it did."""
    if difference := first_difference(anchor=Anchor.parse(said.ledger), progress=progress):
        raise Refused(
            f"the ledger: {difference}",
            "the rows are those of the backup, so this was so before it was made; see"
            " manage.py verify_ledger --all, and take an earlier backup",
        )


def opens_addresses() -> bool:
    """Whether SUBSCRIPTION_KEYS are those that the newest subscriber's address was sealed with."""
    newest = Subscription.objects.order_by("-pk").first()
    if newest is None:
        return True
    try:
        return bool(newest.address)
    except sealing.Unreadable:
        return False


def _other_kind(said: Manifest) -> Iterator[str]:
    if said.database != connection.vendor:
        ours, theirs = NAMES[connection.vendor], NAMES.get(said.database, said.database)
        yield f"the backup is of {theirs}, and DATABASE_URL names {ours}; name an empty {theirs}"


def _other_migrations(said: Manifest) -> Iterator[str]:
    theirs = set(said.migrations)
    ours = {".".join(key) for key in MigrationLoader(None).disk_migrations or ()}
    way_out = f"restore it with release {said.portal} of the portal, then update"
    if unknown := sorted(theirs - ours):
        yield f"the backup has migrations that this code does not know: {_some(unknown)}; {way_out}"
    if missing := sorted(ours - theirs):
        yield f"this code has migrations that the backup does not: {_some(missing)}; {way_out}"


def _differences(here: Content, said: Manifest) -> Iterator[str]:
    for name in sorted(here.tables.keys() | said.tables.keys()):
        now, then = here.tables.get(name), said.tables.get(name)
        if now is None or then is None:
            yield f"the table {name} is {'missing' if now is None else 'not of the backup'}"
        elif now.rows != then.rows:
            yield f"the table {name} has {now.rows} rows, in the backup it has {then.rows}"
        elif now != then:
            yield f"the rows of the table {name} are not those of the backup"
    if here.ledger != said.ledger:
        yield f"the ledger ends at {here.ledger}, in the backup at {said.ledger}"


def _some(names: list[str]) -> str:
    more = len(names) - 3
    return ", ".join(names[:3]) + (f" and {more} more" if more > 0 else "")
