"""Moments for machines."""

from datetime import datetime

from django.utils import timezone


def iso(moment: datetime | None) -> str:
    """ISO 8601 to the second with Vietnam's offset, 2021-03-26T08:00:00+07:00; "" for None."""
    if moment is None:
        return ""
    return timezone.localtime(moment, timezone.get_default_timezone()).isoformat(timespec="seconds")
