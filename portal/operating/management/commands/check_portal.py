"""Tells a monitor what an operator must know of."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from portal.commands import DescribedCommand
from portal.operating.alarms import CHECKS, Alarm, Level, Options, look

HELP = """Looks for what an operator must know of, and says it in one line each.

  database      it answers
  migrations    none is pending
  disk          room in DATA_DIR and BACKUP_DIR
  readers       the home page and each province's page as residents get them: they come, are of
                now, and show nothing as in force that has ended
  deliveries    the outbox, messages and letters that are overdue or failed, connections to Zalo
  ledger        what is public is what was approved (as far as --ledger-seconds allow)
  backup        the newest in BACKUP_DIR is new (--backup-hours) and has all its files
  certificates  that of PUBLIC_BASE_URL and CAP_CERTIFICATE hold for two weeks more

The exit status is what Nagios, Icinga and others take: 0 ok, 1 warning, 2 critical (also if it is
used wrongly, or something cannot be checked)."""


class Command(DescribedCommand):
    help = HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON object on one line")
        form.add_argument(
            "--prometheus",
            action="store_true",
            help="the level of each check, as Prometheus reads it (the textfile collector of"
            " node_exporter)",
        )
        parser.add_argument(
            "--without",
            action="append",
            default=[],
            choices=CHECKS,
            metavar="NAME",
            help="leave this check out; may be given more than once",
        )
        parser.add_argument(
            "--url",
            default=settings.PUBLIC_BASE_URL,
            help="where residents are served; PUBLIC_BASE_URL if it is not given",
        )
        parser.add_argument(
            "--ledger-seconds",
            type=int,
            default=Options.ledger_seconds,
            metavar="N",
            help="read the ledger for so long at most (%(default)s); 0: to its end",
        )
        parser.add_argument(
            "--backup-hours",
            type=int,
            default=Options.backup_hours,
            metavar="N",
            help="so old the newest backup may be (%(default)s); twice that is critical",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        alarms = look(
            Options(
                url=options["url"].rstrip("/"),
                ledger_seconds=options["ledger_seconds"],
                backup_hours=options["backup_hours"],
                without=frozenset(options["without"]),
            )
        )
        level = max((alarm.finding.level for alarm in alarms), default=Level.OK)
        if options["json"]:
            found = [
                {
                    "check": alarm.check,
                    "level": alarm.finding.level.name.lower(),
                    "text": alarm.finding.text,
                }
                for alarm in alarms
            ]
            said = {"level": level.name.lower(), "found": found}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        elif options["prometheus"]:
            self.stdout.write(as_metrics(alarms))
        else:
            bad = {alarm.check: None for alarm in alarms if alarm.finding.level}
            self.stdout.write(f"PORTAL {level.name}" + (f": {', '.join(bad)}" if bad else ""))
            for alarm in alarms:
                self.stdout.write(str(alarm))
        sys.exit(int(level))


def as_metrics(alarms: Sequence[Alarm]) -> str:
    """The worst level that each check found, in Prometheus' text format."""
    registry = CollectorRegistry()
    levels = Gauge(
        "portal_check_level",
        "What check_portal found: 0 well, 1 warning, 2 critical",
        ["check"],
        registry=registry,
    )
    for alarm in reversed(alarms):  # the worst come first, and what is set last stays
        levels.labels(alarm.check).set(alarm.finding.level)
    now = Gauge("portal_checked_at_seconds", "When check_portal looked", registry=registry)
    now.set_to_current_time()
    return generate_latest(registry).decode()
