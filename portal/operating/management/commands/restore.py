"""Loads a backup into an empty place."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from portal.commands import DescribedCommand
from portal.operating.backup import folder, restoring
from portal.operating.backup.manifest import Refused
from portal.progress import Progress

HELP = """Loads a backup into an empty place: the database of DATABASE_URL, and DATA_DIR.

DIR is one backup, or a folder of them, of which the newest is taken. First its files are checked;
then it is refused if it is of another kind of database, if it has other migrations than this code,
or if the place is not empty. What was loaded is compared row by row with the manifest, and the
ledger is verified.

Before it: put the copy of .env in place that you keep apart, and stop the portal, if one runs on
this place. After it: start the portal; officers sign in again. As root, run it as the portal's own
user: runuser -u portal -- .venv/bin/python manage.py restore DIR

Exit status: 0 done, 1 refused with one line for each reason, 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="a backup, or a folder of backups")
        parser.add_argument(
            "--check",
            action="store_true",
            help="only check the files of the backup against its manifest, and load nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._restore(Path(options["folder"]).resolve(), only_check=options["check"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _restore(self, given: Path, *, only_check: bool) -> None:
        backup = folder.chosen(given)
        said = restoring.check(backup, Progress(self.stderr, "files"))
        if only_check:
            self.stdout.write(f"{backup} is whole: made at {said.made_at}, {said.rows} rows")
            return
        restoring.refuse_what_does_not_fit(said)
        restoring.load(backup, said, Progress(self.stderr, "tables"))
        restoring.check_ledger(said, Progress(self.stderr, "ledger"))
        if not restoring.opens_addresses():
            self.stderr.write(
                "WARNING: SUBSCRIPTION_KEYS are not those that the addresses of subscribers were"
                " sealed with; put the copy of them in .env before you start the portal"
            )
        self.stdout.write(
            f"{backup} is restored: made at {said.made_at}, {said.rows} rows as they were,"
            f" the ledger is whole: {said.ledger}"
        )
