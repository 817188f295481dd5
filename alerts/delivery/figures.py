"""How many messages of which channel were sent, wait, were replaced, or failed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Sum
from django.utils import formats
from django.utils.translation import gettext as _

from alerts.models import Delivery, DeliveryCount, Dispatch, Notice

# By channel, then by state.
Figures = dict[str, dict[str, int]]


def of_notice(notice: Notice) -> Figures:
    """Of all versions of the notice together."""
    return _by("dispatch__notice", dispatch__notice=notice)[notice.pk]


def of_dispatches(dispatches: Iterable[Dispatch]) -> dict[int, Figures]:
    """Of each of them, by its key; two queries."""
    return _by("dispatch", dispatch__in=[dispatch.pk for dispatch in dispatches])


def in_words(figures: Figures) -> str:
    """ "email: 99,998 sent, 2 failed", one line for each channel."""
    states = dict(Delivery.State.choices)
    lines = []
    for channel, counted in sorted(figures.items()):
        parts = [
            f"{formats.localize(counted[state], use_l10n=True)} {name}"
            for state, name in states.items()
            if counted.get(state)
        ]
        lines.append(f"{channel}: {', '.join(parts)}")
    return "\n".join(lines) or _("nothing was sent")


def _by(key: str, **chosen: Any) -> dict[int, Figures]:
    """Of deliveries that are there, and of those of which only the number was kept."""
    found: dict[int, Figures] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    there = Delivery.objects.filter(**chosen).order_by()
    gone = DeliveryCount.objects.filter(**chosen)
    for rows, number in ((there, Count("pk")), (gone, Sum("number"))):
        counted = rows.values_list(key, "channel", "state").annotate(number)
        for of, channel, state, times in counted:
            found[of][channel][state] += times
    return found
