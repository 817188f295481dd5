"""Publishes the facts of the March 2021 report, through the path that staff use."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alerts import story
from alerts.story.loader import StoryLoader
from alerts.story.reader import read
from locations.models import Province
from portal.publishing.demo import APPROVER_OF_ALL, AUTHOR_OF_ALL, ensure_account

STORY = Path(story.__file__).parent / "story.json"


class Command(BaseCommand):
    help = (
        "Publishes the provinces, places, flight, cases, notices, figures and guidance of a story "
        "file. Everything or nothing; does nothing if the story's provinces are already here. "
        "For demonstrations: refused unless DEMO=1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=STORY,
            help="story file (default: the built-in one)",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            facts = read(options["file"])
            slugs = [province.slug for province in facts.provinces]
            if Province.objects.filter(slug__in=slugs).exists():
                self.stdout.write("The story is already here; nothing changed.")
                return
            loader = StoryLoader(
                story=facts,
                author=ensure_account(AUTHOR_OF_ALL),
                approver=ensure_account(APPROVER_OF_ALL),
            )
            count = loader.load()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Story published: {count} entries.")
