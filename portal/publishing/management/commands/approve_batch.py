"""Approves an import from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import CommandError

from portal.commands import DescribedCommand
from portal.progress import Progress
from portal.publishing.batches import approve_batch
from portal.publishing.models import Batch, Officer

HELP = """Makes public everything of an import that waits for approval: all of it or nothing.

Whoever handed the import over cannot approve it, and the officer needs the role of an approver
for its province. The note stays in the record of every revision.

Exit status: 0 approved, 1 refused, with the reasons, 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, metavar="ID", help="the number of the import")
        parser.add_argument("--user", required=True, metavar="NAME", help="who approves")
        parser.add_argument(
            "--privacy-reason",
            default="",
            metavar="TEXT",
            help="why residents may read what the privacy lint found; stays in the trail",
        )
        parser.add_argument(
            "--note", required=True, metavar="TEXT", help="what was checked, for the record"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        officer = Officer.objects.filter(username=options["user"]).first()
        if officer is None:
            raise CommandError(f"there is no officer “{options['user']}”", returncode=2)
        batch = Batch.objects.filter(pk=options["batch"]).first()
        if batch is None:
            raise CommandError(f"there is no import {options['batch']}", returncode=2)
        if not options["note"].strip():
            raise CommandError("--note must not be empty", returncode=2)
        try:
            approved = approve_batch(
                batch=batch,
                by=officer,
                note=options["note"],
                privacy_reason=options["privacy_reason"],
                report=Progress(self.stdout, "Approved"),
            )
        except PermissionDenied as refused:
            raise CommandError(str(refused)) from refused
        except ValidationError as refused:
            raise CommandError("\n".join(refused.messages)) from refused
        self.stdout.write(f"{approved} revisions are public now.")
