"""Checks the chain of approved revisions, and what is public against it."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.progress import Progress
from portal.publishing.models import LedgerHead
from portal.publishing.verification import Anchor, differences


class Command(BaseCommand):
    help = (
        "Checks that no approved revision was changed, removed or put in, and that everything "
        "residents see is what was approved last. Names the first difference (all of them with "
        "--all) and exits 1; prints the number and hash of the last record if there is none. "
        "Write these down elsewhere: --anchor proves later that the ledger still contains them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="name every difference")
        parser.add_argument(
            "--anchor",
            type=_anchor,
            metavar="NUMBER:HASH",
            help="a record as an earlier check printed it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stderr, "ledger")
        found = differences(anchor=options["anchor"], progress=progress)
        count = 0
        for difference in found:
            count += 1
            self.stderr.write(str(difference))
            if not options["all"]:
                break
        if count:
            raise CommandError("the ledger and what is public differ", returncode=1)
        head = LedgerHead.objects.filter(pk=1).first() or LedgerHead(pk=1)
        self.stdout.write(f"the ledger is whole: {head}")


def _anchor(text: str) -> Anchor:
    try:
        return Anchor.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write NUMBER:HASH, as verify_ledger prints it") from error
