"""What a server means by `Retry-After` (RFC 9110): so many seconds, or a date."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A server that asks for more is asked again then all the same.
LONGEST = timedelta(days=1)


def wait_of(said: str) -> timedelta | None:
    """How long the server asks to wait; None if it says nothing that makes sense."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said), int(LONGEST.total_seconds())))
    try:
        until = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    # By the real clock: the server knows nothing of a demonstration's.
    wait = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return min(max(wait, timedelta()), LONGEST)
