"""The last way in for whoever has lost phone and recovery codes, and has no administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.publishing.accounts import second_factor, trail
from portal.publishing.models import Officer


class Command(BaseCommand):
    help = (
        "Remove the second factor of an officer, who then sets up a new one at the next sign-in."
        " Make sure first who is asking. It is recorded in the account trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        officer = Officer.objects.filter(username=username).first()
        if officer is None:
            raise CommandError(f"there is no account {username!r}")
        if not second_factor.remove(officer):
            raise CommandError(f"{username} has no second factor")
        trail.record(officer, trail.Kind.FACTOR_REMOVED)
        self.stdout.write(f"{username} sets up a new second factor at the next sign-in")
