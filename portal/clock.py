"""The portal's one clock.

Everything that is decided by time (what is listed, what has expired, what "added" says) asks
`now()`. In a demonstration `CLOCK_START` sets where the clock begins; it then runs on from the
first start, also across restarts, because the moment of that start is kept in `DATA_DIR`.
"""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from portal.files import kept_text


def now() -> datetime:
    """The current moment, aware."""
    return offset() + timezone.now()


def today() -> date:
    """The current day in Vietnam."""
    return timezone.localdate(now())


def offset() -> timedelta:
    """How far the portal's clock is from the real one; zero unless `CLOCK_START` is set."""
    if settings.CLOCK_START is None:
        return timedelta()
    return _offset_since_first_start(settings.CLOCK_START, Path(settings.DATA_DIR))


@cache
def _offset_since_first_start(start: datetime, folder: Path) -> timedelta:
    kept = folder / f"clock-started-at-{start:%Y%m%dT%H%M}"
    return start - datetime.fromisoformat(kept_text(kept, lambda: timezone.now().isoformat()))
