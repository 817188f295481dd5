"""Builds the outlines of the map; for developers, when their source changes."""

import gzip
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from locations.divisions import records
from locations.outlines import build, drawing
from portal.commands import DescribedCommand

FILE = Path("static", "map", "outlines.json")
HELP = f"""Builds the outlines of the provinces that the map shows, with the archipelagos Hoàng Sa
and Trường Sa, from the npm package {build.SOURCE} (CC BY 4.0). Get it with:

  npm pack {build.SOURCE.replace(" ", "@")} && tar xzf svg-maps-vietnam-*.tgz
  manage.py build_outlines --package-dir package

The same package and divisions give the same file. The build is refused if too few wards lie in
the outline of their own province.

Exit status: 0 built, 1 refused (with the reason), 2 wrong usage."""

REFUSALS = (
    build.SourceMissing, drawing.Unreadable, records.UnreadableFile, OSError, ValueError,
)  # fmt: skip


class Command(DescribedCommand):
    help = HELP
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--package-dir", type=Path, required=True, help="the unpacked package")
        parser.add_argument("--file", type=Path, help=f"where to write (default: {FILE})")

    def handle(self, *, package_dir: Path, file: Path | None, **options: Any) -> None:
        target = file or settings.BASE_DIR / FILE
        try:
            divisions = records.read()
            content = build.build(package_dir, divisions)
            share = build.right_share(content, divisions)
            if share < build.LEAST_RIGHT:
                raise CommandError(f"only {share:.1%} of the wards lie in their own province")
            target.parent.mkdir(parents=True, exist_ok=True)
            build.write(content, target)
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        size = len(gzip.compress(target.read_bytes()))
        self.stdout.write(
            f"{len(content['outlines'])} outlines, {share:.1%} of the wards in their own province,"
            f" {size / 1000:.0f} KB compressed: {target}"
        )
