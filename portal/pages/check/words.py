"""What the script of the check says: it has no words of its own."""

from collections.abc import Callable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from locations.models import ExposureLocation
from locations.wording import window_phrases


def for_script() -> dict[str, Any]:
    """By name, in the language of the page. A pair is for one and for any other number."""
    return {
        "windows": window_phrases(),
        "tiers": {tier.value: capfirst(tier.label) for tier in ExposureLocation.Tier},
        "certainty": {
            "certain": _("It matches: you were there"),
            "likely": _("It probably matches"),
            "possible": _("It may match"),
        },
        "why": {
            "overlap": _("You were there at the same time, for %(duration)s."),
            "same-day": _("The same day, hour not known."),
            "time-unknown": _("It is not known when it happened there."),
            "nearby": _("You were about %(distance)s away at that time."),
            "close-by": _("You were there or close by; the file does not say it more exactly."),
            "in-area": _("You were in this area; where in it it happened is not known."),
            "same-unit": _("In %(unit)s too. Whether it was this very place, only you know."),
            "flight": _("The same flight, on the same day."),
        },
        "by-file": _("By your file: %(why)s"),
        "rows": _("It concerns seat rows %(rows)s."),
        "also": _("Also: %(when)s"),
        "more": _both(lambda n: ngettext("%(n)s more match", "%(n)s more matches", n)),
        "flight": _("Flight %(number)s"),
        "call": _("Call %(number)s"),
        "minutes": _both(lambda n: ngettext("%(n)s minute", "%(n)s minutes", n)),
        "hours": _both(lambda n: ngettext("%(n)s hour", "%(n)s hours", n)),
        "metres": _("%(n)s m"),
        "kilometres": _("%(n)s km"),
        "places": _both(lambda n: ngettext("%(n)s place", "%(n)s places", n)),
        "flights": _both(lambda n: ngettext("%(n)s flight", "%(n)s flights", n)),
        "found": _both(
            lambda n: ngettext("%(n)s match in the list", "%(n)s matches in the list", n)
        ),
        "nothing": _("No match in the list"),
        "suggestions": _both(
            lambda n: ngettext(
                "%(n)s suggestion, to choose with the arrow keys",
                "%(n)s suggestions, to choose with the arrow keys",
                n,
            )
        ),
        "no-suggestion": _("Not in the list. Try the name of the ward or commune."),
        "unlisted": _("“%(text)s” is not in the list."),
        "list": _("List of %(at)s: %(places)s, %(flights)s."),
        "not-compared": _both(
            lambda n: ngettext(
                "A file cannot be compared with %(n)s place whose point or day is not known: "
                "write it yourself.",
                "A file cannot be compared with %(n)s places whose point or day is not known: "
                "write them yourself.",
                n,
            )
        ),
        "file-read": _("Your file: %(points)s positions, from %(first)s to %(last)s."),
        "file-skipped": _both(
            lambda n: ngettext(
                "%(n)s entry of it could not be read and was left out.",
                "%(n)s entries of it could not be read and were left out.",
                n,
            )
        ),
        "phases": {"reading": _("Reading the file…"), "matching": _("Comparing…")},
        "problems": _problems(),
        "failures": _failures(),
    }


def _problems() -> dict[str, str]:
    """What is wrong with something that was typed, and the way out."""
    return {
        "nothing-entered": _("Write a place and its day, or a flight, or choose a file."),
        "place-missing": _("Write the name of the place or of its ward."),
        "place-unclear": _("Several places fit. Choose one of the list."),
        "day-missing": _("Write the day, such as 24/03/2021."),
        "day-form": _("Write the day as day/month/year, such as 24/03/2021."),
        "no-such-day": _("There is no such day in the calendar."),
        "day-to-come": _("This day is still to come."),
        "hour-missing": _("Write both hours, or leave both empty."),
        "hour-form": _("Write the hour as 19:30 or 19h30."),
        "hour-same": _("The second hour must differ from the first."),
        "flight-missing": _("Write the number of the flight, such as VJ458."),
        "flight-form": _("A flight number looks like VJ458."),
    }


def _failures() -> dict[str, str]:
    """Why a file could not be compared, and the way out."""
    return {
        "not-json": _("This is no location history. Choose the .json file that Google Maps saved."),
        "unknown-format": _(
            "This kind of file cannot be read. If it is a .zip, open it and choose the .json file "
            "that is in it."
        ),
        "too-large": _(
            "The file is too large for a phone (more than 200 MB). Export fewer months, or write "
            "the places yourself."
        ),
        "empty": _("There is no position in this file. Was the timeline switched on?"),
        "damaged": _("The file is damaged or not complete. Export it once more."),
        "unexpected": _(
            "The file could not be compared on this device. Try another one, or write the places "
            "yourself."
        ),
    }


def _both(text: Callable[[int], str]) -> tuple[str, str]:
    return text(1), text(2)
