"""Loads the administrative divisions of Vietnam."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError

from locations.divisions.load import load
from locations.divisions.records import FILE, UnreadableFile
from portal.commands import DescribedCommand
from portal.progress import Progress

HELP = """Loads the provinces, districts and wards of Vietnam, of the era until 30/06/2025 and of
the one since 01/07/2025, from the file that comes with the portal.

Run it after `migrate`, and again after every update of the portal. It adds what is new, corrects
what differs and leaves the rest alone; it never deletes a division, because addresses refer to
them. All or nothing: if it fails, the database is as before.

Exit status: 0 loaded or already up to date, 1 refused (with the reason), 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--file", type=Path, default=FILE, help="another file that build_divisions made"
        )

    def handle(self, *args: Any, file: Path, verbosity: int, **options: Any) -> None:
        try:
            loaded = load(file, Progress(self.stdout, "Divisions") if verbosity else None)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database does not take the divisions ({str(error).splitlines()[0]});"
                " run `manage.py migrate` first."
            ) from error
        if not verbosity:
            return
        if loaded.is_up_to_date:
            self.stdout.write(f"{loaded.unchanged} divisions, already up to date.")
            return
        self.stdout.write(
            f"{loaded.new} divisions added, {loaded.changed} changed,"
            f" {loaded.unchanged} unchanged; {loaded.links_added} links to successors added,"
            f" {loaded.links_removed} removed."
        )
