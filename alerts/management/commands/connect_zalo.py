"""Gives a province's official Zalo account to the worker, or takes it away."""

import os
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from alerts.delivery.sealing import Unreadable
from alerts.delivery.zalo import tokens
from alerts.delivery.zalo.client import Client, ZaloError
from alerts.models import ZaloConnection
from locations.models import Province
from portal import clock
from portal.commands import DescribedCommand

HELP = """Connects the official Zalo account of a province, so that the worker sends notices by it.

An administrator of the account makes an application at developers.zalo.me, links it to the
account, and lets it send messages and manage articles. The application's secret key and a refresh
token (API Explorer: "OA Access Token") are read from ZALO_APP_SECRET and ZALO_REFRESH_TOKEN in the
environment, or asked for, or read as two lines from the standard input: never from the command
line, which other users of this machine can see. They are stored encrypted with SUBSCRIPTION_KEYS.

Without ZALO_SEND=1 they are only stored. With it they are tried: the refresh token is used up
then, and the next one is stored. Run this again when the admin says that the connection has ended;
an empty secret key leaves the one that is known.

Exit status: 0 connected, 1 refused, 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("province", help="its address, such as hai-phong")
        parser.add_argument("--app-id", help="the application's number; needed the first time")
        parser.add_argument(
            "--mode",
            choices=ZaloConnection.Mode.values,
            help="broadcast: an article to all followers at once (at first); followers: a message"
            " to each of them, for accounts that may not broadcast",
        )
        parser.add_argument(
            "--disconnect", action="store_true", help="forget the account and its credentials"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        province = Province.objects.filter(slug=options["province"]).first()
        if province is None:
            raise CommandError(f"there is no province “{options['province']}”")
        known = ZaloConnection.objects.filter(province=province).first()
        if options["disconnect"]:
            if known is None:
                raise CommandError(f"{province.slug} is not connected")
            known.delete()
            self.stdout.write(f"{province.slug}: not connected any more.")
            return
        connection = known or ZaloConnection(province=province)
        connection.app_id = options["app_id"] or connection.app_id
        connection.mode = options["mode"] or connection.mode
        if not connection.app_id:
            raise CommandError("--app-id is needed the first time", returncode=2)
        secret, refresh_token = self._secrets()
        if secret:
            connection.secret = secret
        if not connection.sealed_secret or not refresh_token:
            raise CommandError("the secret key and a refresh token are needed")
        connection.connected_at = clock.now()
        connection.renew(refresh_token)
        client = Client() if settings.ZALO_SEND else None
        try:
            tokens.connect(connection, client)
        except ZaloError as error:
            raise CommandError(
                f"{error}; nothing was stored, and the refresh token may be used up"
            ) from None
        except Unreadable as error:
            raise CommandError(f"{error}: give the secret key again") from None
        finally:
            if client is not None:
                client.close()
        tried = "" if client else " Not tried: ZALO_SEND is not set, and all is rehearsal."
        self.stdout.write(f"{province.slug}: connected.{tried}")

    def _secrets(self) -> tuple[str, str]:
        secret = os.environ.get("ZALO_APP_SECRET", "")
        refresh_token = os.environ.get("ZALO_REFRESH_TOKEN", "")
        if refresh_token:
            return secret.strip(), refresh_token.strip()
        if sys.stdin.isatty():
            return getpass("Secret key: ").strip(), getpass("Refresh token: ").strip()
        return sys.stdin.readline().strip(), sys.stdin.readline().strip()
