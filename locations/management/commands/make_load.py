"""Fills a demonstration with made-up data, to measure it."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from locations.made_load import MadeLoad
from locations.models import Division
from portal.progress import Progress
from portal.publishing.demo import APPROVER_OF_ALL, AUTHOR_OF_ALL, ensure_account


class Command(BaseCommand):
    help = (
        "Makes provinces (of the 63) and exposure locations with windows of every kind, published "
        "and searchable, the same for the same seed. For measuring: refused unless DEMO=1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--provinces", type=int, default=63, help="1 to 63 (default: 63)")
        parser.add_argument("--locations", type=int, default=20_000, help="how many in all")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same data")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["provinces"] <= 63 or options["locations"] < 0:
            raise CommandError("--provinces is 1 to 63, --locations 0 or more", returncode=2)
        if not Division.objects.exists():
            raise CommandError("there are no divisions yet; run load_divisions first")
        try:
            author, approver = (ensure_account(a) for a in (AUTHOR_OF_ALL, APPROVER_OF_ALL))
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        made = MadeLoad(author=author, approver=approver, seed=options["seed"])
        provinces = made.provinces(options["provinces"])
        progress = Progress(self.stdout, "Locations")
        for done in made.locations(provinces, options["locations"]):
            progress(done, options["locations"])
        self.stdout.write(f"{len(provinces)} provinces, {options['locations']} locations.")
