"""Moments as whole minutes since the first midnight of a file."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

DAY = 24 * 60
MINUTE = timedelta(minutes=1)


class Minutes:
    """Counts from the midnight, in Vietnam, with which the day `base` begins."""

    def __init__(self, base: date) -> None:
        self.base = base
        self._midnight = datetime.combine(base, time(), timezone.get_default_timezone())

    def of_day(self, day: date) -> int:
        return (day - self.base).days * DAY

    def of_hour(self, day: date, hour: time) -> int:
        return self.of_day(day) + hour.hour * 60 + hour.minute

    def until(self, moment: datetime) -> int:
        """Of the end of something; a started minute counts whole."""
        return -((self._midnight - moment) // MINUTE)
