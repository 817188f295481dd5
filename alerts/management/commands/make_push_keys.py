"""Before Web Push is offered."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.keys import new_push_key, public_half, push_key


class Command(BaseCommand):
    help = (
        "Makes a new key for Web Push and prints the line for .env; nothing is changed."
        " Keep a copy of it with your backups: browsers are bound to the key with which they"
        " subscribed, and with another one residents have to subscribe again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        key = new_push_key()
        self.stdout.write(f"# What browsers are told of it: {public_half(push_key(key))}")
        self.stdout.write(f"PUSH_KEY={key}")
