"""Prints the code that a demonstration's account signs in with, in place of a phone."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.publishing.demo import code_to_show, require_demo
from portal.publishing.models import Officer


class Command(BaseCommand):
    help = (
        "Print the current code of a demo account for the second step of signing in. The page"
        " shows it as well. Refused unless DEMO=1, and for an account that has a phone set up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="as make_demo_accounts prints it")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        try:
            require_demo()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        officer = Officer.objects.filter(username=username).first()
        code = officer and code_to_show(officer)
        if not code:
            raise CommandError(f"{username} is no demo account with a code of ours")
        self.stdout.write(code)
