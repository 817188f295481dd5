"""What an operator must know of at once: a list of checks, each of which tells what it found.

A check says nothing that names a reader, a subscriber or an officer: what it finds goes to
monitors, telephones and e-mails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import Error as DatabaseError

from portal.operating.alarms import certificates, deliveries, keeping, ledger, machine, readers
from portal.operating.alarms.finding import Finding, Level, Options

__all__ = ["CHECKS", "Alarm", "Finding", "Level", "Options", "look"]

Check = Callable[[Options], Iterator[Finding]]
CHECKS: dict[str, Check] = {
    "database": machine.database,
    "migrations": machine.migrations,
    "disk": machine.disk,
    "readers": readers.readers,
    "deliveries": deliveries.deliveries,
    "ledger": ledger.ledger,
    "backup": keeping.backup,
    "certificates": certificates.certificates,
}


@dataclass(frozen=True)
class Alarm:
    """One thing that a check found; also that all is well is such a thing."""

    check: str
    finding: Finding

    def __str__(self) -> str:
        return f"{self.finding.level.name} {self.check}: {self.finding.text}"


def look(options: Options) -> list[Alarm]:
    """Everything that the checks find but for those in `options.without`, the worst first."""
    alarms = [
        Alarm(name, finding)
        for name, check in CHECKS.items()
        if name not in options.without
        for finding in _found(check, options)
    ]
    return sorted(alarms, key=lambda alarm: -alarm.finding.level)


def _found(check: Check, options: Options) -> Iterator[Finding]:
    try:
        yield from check(options)
    except DatabaseError as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        yield Finding.critical(f"it cannot be checked: {reason}")
    except Exception as error:  # an alarm that is broken must not be taken for silence
        yield Finding.critical(f"it cannot be checked: {type(error).__name__}: {error}")
