"""Makes a backup of the portal while it serves."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from portal.commands import DescribedCommand
from portal.operating.backup.making import make
from portal.operating.backup.manifest import Refused
from portal.progress import Progress

HELP = """Makes a backup of one moment of the portal, in a new folder in DIR, while it serves.

In it are the database, the uploads of DATA_DIR, and manifest.json: release, migrations, the number
and hash of the rows of each table, the end of the ledger, size and SHA-256 of each file. What is
interrupted leaves no folder with the name of a backup. Keep backups on another machine, and as
closed as the database: they hold officers' accounts.

Not in it are the settings. Keep a copy of .env apart, above all of SUBSCRIPTION_KEYS (without it
no subscriber can be reached and no Zalo account used), PUSH_KEY, SECRET_KEY, and the files of
CAP_KEY and CAP_CERTIFICATE. Nor is who is signed in: after a restore officers sign in again.

PostgreSQL: takes pg_dump of the server's version or later (package postgresql-client), and a
connection of its own, not through a pool.

Exit status: 0 done, 1 refused with one line for each reason, 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            metavar="DIR",
            nargs="?",
            default=settings.BACKUP_DIR,
            help="the folder that backups are in; BACKUP_DIR if it is not given",
        )
        parser.add_argument(
            "--keep",
            type=_number,
            metavar="N",
            help="afterwards keep only the newest N backups in DIR; all if it is not given",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["folder"]:
            raise CommandError("name a folder, or set BACKUP_DIR", returncode=2)
        try:
            path, made = make(
                Path(options["folder"]).resolve(),
                copied=Progress(self.stderr, "database"),
                summed=Progress(self.stderr, "tables"),
                keep=options["keep"],
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        size = sum(file.size for file in made.files.values()) / 1_000_000
        self.stdout.write(
            f"{path}: {made.rows} rows, {len(made.files)} files, {size:.1f} MB;"
            f" the ledger ends at {made.ledger}"
        )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError("a whole number from 1")
    return int(text)
