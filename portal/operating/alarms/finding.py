from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum


class Level(IntEnum):
    """With the exit codes that Nagios and what took after it give them."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True)
class Finding:
    level: Level
    text: str

    @classmethod
    def ok(cls, text: str) -> "Finding":
        return cls(Level.OK, text)

    @classmethod
    def warning(cls, text: str) -> "Finding":
        return cls(Level.WARNING, text)

    @classmethod
    def critical(cls, text: str) -> "Finding":
        return cls(Level.CRITICAL, text)


@dataclass(frozen=True)
class Options:
    """`url`: where readers are served, without a slash at its end. `ledger_seconds`: so long the
    ledger is read at most; 0 is to its end. `backup_hours`: so old the newest backup may be."""

    url: str
    ledger_seconds: int = 20
    backup_hours: int = 26
    without: frozenset[str] = frozenset()


def ago(age: timedelta) -> str:
    """ "45 s", "12 min", "30 h" or "9 d"."""
    seconds = int(age.total_seconds())
    for unit, size, most in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 48 * 3600)):
        if seconds < most:
            return f"{seconds // size} {unit}"
    return f"{seconds // 86400} d"
