"""Windows and flights in words that say what is known, and say what is not.

Each has its words as plain text (`*_text`) and as HTML with `<time>` elements (`*_html`). An hour
that is not known is called so; it is never shown as 00:00.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.utils import formats
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

# What is shown of a day or hour, and the same for machines.
Mark = Callable[[str, str], str]


def window_text(window: Any) -> str:
    """When an `ExposureWindow` was: "19:00–21:30, 22/03/2021"."""
    return _window(window, _plain)


def window_html(window: Any) -> SafeString:
    return _safe(_window(window, _time_element))


def window_phrases() -> dict[str, str]:
    """The phrases of windows, for a script to fill in days and hours.

    By whether it is on one day, whether its first and whether its last hour is known, each 1 or
    0: "110". "000" lasts several days of unknown hours; "unknown" has no days.
    """
    phrases = {
        "".join(str(int(known)) for known in case): phrase() for case, phrase in _WINDOWS.items()
    }
    return phrases | {"unknown": _("time not known")}


def flight_text(flight: Any) -> str:
    """When a `Flight` was: "22/03/2021, departure 12:15"."""
    return _flight(flight, _plain)


def flight_html(flight: Any) -> SafeString:
    return _safe(_flight(flight, _time_element))


def route_text(flight: Any) -> str:
    """Where a `Flight` went: "from Phú Quốc (PQC) to Nội Bài, Hà Nội (HAN)"."""
    return _("from %(origin)s (%(from)s) to %(destination)s (%(to)s)") % {
        "origin": flight.origin_name,
        "from": flight.origin,
        "destination": flight.destination_name,
        "to": flight.destination,
    }


def _window(window: Any, mark: Mark) -> str:
    if window.starts_on is None:
        return _("time not known")
    starts = _Point(window.starts_on, window.starts_time, window.starts_at, mark)
    ends = _Point(window.ends_on, window.ends_time, window.ends_at, mark)
    words = {
        "day": starts.day,
        "last_day": ends.day,
        "hour": starts.hour,
        "last_hour": ends.hour,
    }
    one_day = window.starts_on == window.ends_on
    return _WINDOWS[one_day, starts.has_hour, ends.has_hour]() % words


# By: on one day or several; is the first hour known; is the last hour known.
_WINDOWS: dict[tuple[bool, bool, bool], Callable[[], str]] = {
    (True, True, True): lambda: _("%(hour)s–%(last_hour)s, %(day)s"),
    (True, True, False): lambda: _("from %(hour)s, %(day)s (end not known)"),
    (True, False, True): lambda: _("until %(last_hour)s, %(day)s (start not known)"),
    (True, False, False): lambda: _("%(day)s (hour not known)"),
    (False, True, True): lambda: _("%(hour)s %(day)s – %(last_hour)s %(last_day)s"),
    (False, True, False): lambda: _("%(hour)s %(day)s – %(last_day)s (last hour not known)"),
    (False, False, True): lambda: _("%(day)s – %(last_hour)s %(last_day)s (first hour not known)"),
    (False, False, False): lambda: _("%(day)s – %(last_day)s (hours not known)"),
}


def _flight(flight: Any, mark: Mark) -> str:
    point = _Point(flight.date, flight.local_time, flight.at, mark)
    if not point.has_hour:
        return _("%(day)s (hour not known)") % {"day": point.day}
    kinds = flight.TimeKind
    wording = {
        kinds.DEPARTURE: _("%(day)s, departure %(hour)s"),
        kinds.ARRIVAL: _("%(day)s, arrival %(hour)s"),
        kinds.ANNOUNCED: _("%(day)s, %(hour)s as announced"),
    }[flight.time_kind]
    return wording % {"day": point.day, "hour": point.hour}


class _Point:
    """One end of a window: its day, and its hour if that is known."""

    def __init__(self, day: date, hour: time | None, moment: datetime | None, mark: Mark) -> None:
        self.has_hour = hour is not None
        self.day = mark(formats.date_format(day, "SHORT_DATE_FORMAT"), day.isoformat())
        self.hour = (
            mark(formats.time_format(hour, "TIME_FORMAT"), moment.isoformat(timespec="seconds"))
            if hour is not None and moment is not None
            else ""
        )


def _plain(shown: str, machine: str) -> str:
    return shown


def _time_element(shown: str, machine: str) -> str:
    return f'<time datetime="{machine}">{shown}</time>'


def _safe(html: str) -> SafeString:
    return mark_safe(html)  # noqa: S308 - the project's own words, days and hours
