"""Moments in words and for machines, in Vietnam's time wherever the reader or the server is."""

from datetime import date, datetime, time, timedelta

from django.utils import formats, timezone


def iso(moment: datetime | None) -> str:
    """ISO 8601 to the second with Vietnam's offset, 2021-03-26T08:00:00+07:00; "" for None."""
    if moment is None:
        return ""
    return local(moment).isoformat(timespec="seconds")


def shown(value: datetime | date) -> str:
    """ "08:00 26/03/2021" for a moment, "26/03/2021" for a day."""
    if isinstance(value, datetime):
        return formats.date_format(local(value), "SHORT_DATETIME_FORMAT")
    return formats.date_format(value, "SHORT_DATE_FORMAT")


def end_of(end: datetime) -> datetime | date:
    """The end of something as people say it: an end at midnight is the day before it."""
    return last_day(end) if local(end).time() == time() else end


def last_day(end: datetime) -> date:
    return local(end - timedelta(microseconds=1)).date()


def local(moment: datetime) -> datetime:
    return timezone.localtime(moment, timezone.get_default_timezone())
