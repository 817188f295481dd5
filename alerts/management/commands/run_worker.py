"""Sends to subscribers what was approved."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from alerts.delivery.channels import channels
from alerts.delivery.worker import Worker
from portal.commands import DescribedCommand

HELP = """Sends notices to subscribers, and answers requests to subscribe, until it is stopped.

Run it beside the portal, and start it again when it ends (systemd: Restart=always). Several may
run at once: with PostgreSQL they share the work, with SQLite they take turns. It may be killed
at any moment: what it was just sending is sent again, everything else exactly once. SIGTERM or
Ctrl-C lets it finish the message in hand.

Exit status: 0 stopped, or with --once nothing left to do now, 1 failed, 2 wrong usage."""


class Command(DescribedCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="end when there is nothing more to do now"
        )
        parser.add_argument(
            "--channel",
            action="append",
            metavar="NAME",
            help=f"only this channel, of: {', '.join(channels())}; may be given more than once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = channels()
        for name in options["channel"] or ():
            if name not in known:
                reason = f"there is no channel “{name}”; there are: {', '.join(known)}"
                raise CommandError(reason, returncode=2)
        chosen = [known[name] for name in dict.fromkeys(options["channel"] or known)]
        worker = Worker(chosen, self._say)
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, lambda *_: worker.stop())
        self._say(f"sends by {', '.join(channel.name for channel in chosen)}")
        worker.run(once=options["once"])
        if options["once"] and worker.unreachable:
            raise CommandError(f"not reached: {', '.join(worker.unreachable)}")
        self._say("stopped" if worker.is_stopping else "nothing left to do")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
