"""Imports exposure locations from a spreadsheet, for a colleague to approve."""

import json
from argparse import ArgumentParser
from pathlib import Path
from textwrap import fill, indent
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError

from locations.imports.columns import COLUMNS
from locations.imports.preview import Preview, hand_over, preview
from locations.imports.problems import Problem, Refused
from locations.imports.sheets import MAX_BYTES
from locations.models import Province
from portal.commands import DescribedCommand
from portal.progress import Progress
from portal.publishing.models import Batch, Officer

HELP = """Reads a list of exposure locations and hands it over as one batch of revisions.

Residents see nothing of it until a colleague approves the batch (approve_batch, or the admin).
The file is XLSX, or CSV in UTF-8 with commas, semicolons or tabs. Everything in it must be right:
if one row is wrong, nothing is saved and every error is named with its row and column.

Columns, with English or Vietnamese headings, in any order; only the name and the start are
needed, and what has no column stays as it is in the portal:

{columns}

Rows with the same id are windows of one place. A place without an id is recognised by its name
and address.

Exit status: 0 done (also when a dry run finds no error), 1 refused, with the reasons,
2 wrong usage."""


class Command(DescribedCommand):
    def create_parser(self, *args: Any, **kwargs: Any) -> Any:
        self.help = HELP.format(columns=_column_help())
        return super().create_parser(*args, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the list, .xlsx or .csv")
        parser.add_argument(
            "--province", required=True, metavar="SLUG", help="whose list it is: hai-phong"
        )
        parser.add_argument(
            "--user", required=True, metavar="NAME", help="the officer who hands it over"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="the file is the full current list: imported places that are listed now and not "
            "in it are proposed for withdrawal",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would happen; save nothing"
        )
        parser.add_argument(
            "--format",
            choices=["text", "json"],
            default="text",
            help="json: one object with batch, new, changed, unchanged, removed and errors",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_json = options["format"] == "json"
        officer = Officer.objects.filter(username=options["user"]).first()
        if officer is None:
            raise CommandError(f"there is no officer “{options['user']}”", returncode=2)
        province = Province.objects.filter(slug=options["province"]).first()
        if province is None:
            raise CommandError(f"there is no province “{options['province']}”", returncode=2)
        try:
            with options["file"].open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(
                f"{options['file']} cannot be read: {error.strerror}", returncode=2
            ) from error
        try:
            shown = preview(
                data,
                file_name=options["file"].name,
                province=province,
                by=officer,
                replace=options["replace"],
                report=self._progress("Rows checked"),
            )
            if shown.errors:
                self._refuse(shown.errors, shown)
            batch = None
            if not options["dry_run"]:
                batch = hand_over(shown, by=officer, report=self._progress("Saved"))
        except (Refused, PermissionDenied) as refused:
            self._refuse([Problem(None, "", str(refused))])
        except ValidationError as refused:
            self._refuse([Problem(None, "", message) for message in refused.messages])
        self._tell(shown, batch)

    def _progress(self, label: str) -> Progress | None:
        return None if self.is_json else Progress(self.stdout, label)

    def _refuse(self, errors: list[Problem], shown: Preview | None = None) -> None:
        if self.is_json:
            self._write_json(None, shown, errors)
            raise SystemExit(1)
        self._warn(shown)
        raise CommandError("\n".join(str(error) for error in errors))

    def _tell(self, shown: Preview, batch: Batch | None) -> None:
        self._warn(shown)
        if self.is_json:
            self._write_json(batch, shown, [])
            return
        counts = shown.counts
        self.stdout.write(
            f"{counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged,"
            f" {counts['removed']} to be withdrawn."
        )
        if shown.missing and not shown.replace:
            self.stdout.write(
                f"{len(shown.missing)} places are listed but not in the file; they stay"
                " (--replace would withdraw them)."
            )
        if batch is None:
            self.stdout.write("Dry run: nothing was saved.")
        else:
            self.stdout.write(f"Batch {batch.pk} waits for a colleague's approval.")

    def _warn(self, shown: Preview | None) -> None:
        for warning in shown.warnings if shown else ():
            self.stderr.write(f"{warning}", self.style.WARNING)

    def _write_json(
        self, batch: Batch | None, shown: Preview | None, errors: list[Problem]
    ) -> None:
        counts = shown.counts if shown else dict.fromkeys(EMPTY, 0)
        answer: dict[str, Any] = {"batch": batch.pk if batch else None, **counts}
        answer["errors"] = [error.as_json() for error in errors]
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


EMPTY = ("new", "changed", "unchanged", "removed")


def _column_help() -> str:
    lines = []
    for column in COLUMNS:
        explanation = indent(fill(str(column.explanation), 88), " " * 6)
        lines.append(f"  {column.name} [{column.vietnamese}]\n{explanation}")
    return "\n".join(lines)
