"""After a new key was put first in SUBSCRIPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alerts.delivery import subscribing
from alerts.delivery.sealing import Unreadable
from alerts.delivery.zalo import followers, tokens


class Command(BaseCommand):
    help = (
        "Encrypts the addresses of all subscribers, and what connects Zalo accounts, with the "
        "first of SUBSCRIPTION_KEYS. Links in "
        "e-mails that were sent before hold as long as their key stands in SUBSCRIPTION_KEYS: "
        "keep the old one for as long as people may want to unsubscribe by an old e-mail."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connections = tokens.reseal()
            followers.reseal()
            done = subscribing.reseal()
        except Unreadable as error:
            raise CommandError(f"{error}; nothing after it was changed") from error
        self.stdout.write(f"{done} addresses are sealed with the first key now.")
        if connections:
            self.stdout.write(f"So is what connects {connections} Zalo accounts.")
