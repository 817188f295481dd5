"""What of the list a phone has to read again: every entry that may say something else than there.

An entry changes by a revision of its own, and when its embargo ends. What to do about it can also
be said by notices that name it: by a revision of such a notice, which may name others than before,
and when one begins or ceases to be in force. The end of an entry's own listing is no change, as
the list says of each entry when that will be.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from alerts.api.changes import opened, revised
from alerts.api.cursors import Seen
from alerts.models import Notice
from alerts.what_to_do import NAMED
from locations.models import ExposureLocation, Flight
from portal.pages.check.version import last_record, read
from portal.publishing.models import Entry, Revision

# More changed entries than these are told by the whole list.
MOST = 500


@dataclass(frozen=True)
class Changed:
    """The codes of the entries that changed after the version `since`, by their keys."""

    since: str
    places: dict[int, str]
    flights: dict[int, str]

    def without(self, listed: Iterable[Entry]) -> list[str]:
        """The codes of those that are not among `listed`."""
        codes = {*self.places.values(), *self.flights.values()}
        return sorted(codes - {entry.code for entry in listed})


def changed(since: str, at: datetime) -> Changed | None:
    """What changed after the version `since`; None if the whole list is to be read."""
    after = read(since)
    if after is None or after.opened is None or at < after.opened:
        return None
    until = Seen(last_record(), "", at)
    named = _named(after, until)
    places = _of(ExposureLocation, after, until, named)
    flights = _of(Flight, after, until, named)
    if len(places) + len(flights) > MOST:
        return None
    return Changed(since, places, flights)


def _of(model: Any, after: Seen, until: Seen, named: dict[str, set[str]]) -> dict[int, str]:
    at = until.opened
    # What was listed no longer then is in no list, unless a revision of its own has changed that.
    could_be_listed = Q(listed_until__gt=after.opened)
    otherwise = opened(after, until) | Q(code__in=named[NAMED[model]])
    rows = model.objects.public(at).filter(
        Q(pk__in=revised(model, after, until)) | could_be_listed & otherwise
    )
    return dict(rows.order_by().values_list("pk", "code")[: MOST + 1])


def _named(after: Seen, until: Seen) -> dict[str, set[str]]:
    """The codes that changed notices name or have named, by the names of their fields."""
    ended = Q(listed_until__gt=after.opened, listed_until__lte=until.opened)
    notices = Notice.objects.public(until.opened).filter(
        Q(pk__in=revised(Notice, after, until)) | opened(after, until) | ended
    )
    kind = ContentType.objects.get_for_model(Notice)
    revisions = Revision.objects.approved().filter(
        entry_type=kind, entry_id__in=notices.order_by().values("pk")
    )
    named: dict[str, set[str]] = {link: set() for link in NAMED.values()}
    for content in revisions.order_by().values_list("content", flat=True):
        for link, codes in named.items():
            codes.update(content.get(link, ()))
    return named
