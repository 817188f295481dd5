"""What stands in a feed: the entries whose content changed last, each with that change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from alerts.models import CaseAnnouncement, Notice
from locations.models import Division, ExposureLocation, Flight, Province
from portal.publishing import changes
from portal.publishing.changes import Change
from portal.publishing.distinct import values_of
from portal.publishing.models import EntryQuerySet

LENGTH = 50
# The kinds of entry that residents follow, and what feeds call them.
KINDS: dict[Any, str] = {
    Notice: "notice",
    ExposureLocation: "location",
    Flight: "flight",
    CaseAnnouncement: "case",
}


@dataclass(frozen=True)
class Item:
    """An entry, and the newest change of what residents could read before, if there was any."""

    entry: Any
    change: Change | None

    @property
    def kind(self) -> str:
        return KINDS[type(self.entry)]


def newest(
    at: datetime, *, province: Province | None = None, ward: Division | None = None
) -> list[Item]:
    """The `LENGTH` entries that are public at `at` and changed last: of those on the pages of
    `province`, or of all; with `ward` only what its residents must know. A fixed number of
    queries."""
    keys = [
        (updated_at.replace(microsecond=0), -rank, pk, model)
        for rank, model in enumerate(KINDS)
        for updated_at, pk in _entries(model, at, province, ward)
        .order_by("-updated_at", "-pk")
        .values_list("updated_at", "pk")[:LENGTH]
    ]
    # Of what became public together, the notice comes first.
    keys = sorted(keys, key=lambda key: key[:3], reverse=True)[:LENGTH]
    loaded: dict[tuple[Any, int], Any] = {}
    for model in KINDS:
        rows = model.objects.public(at).filter(pk__in=[pk for *_, pk, of in keys if of is model])
        rows = rows.for_lists().prefetch_related("province__accounts", "province__hotlines")
        loaded |= {(model, row.pk): row for row in rows}
    entries = [loaded[model, pk] for *_, pk, model in keys]
    latest = changes.latest_of(entries)
    return [Item(entry, latest.get(entry)) for entry in entries]


def wards_of(province: Province, at: datetime) -> QuerySet[Division]:
    """The wards in which `province` has listed a place or announced cases."""
    named: set[Any] = set()
    for model in (ExposureLocation, CaseAnnouncement):
        named |= set(values_of(model.objects.public(at).filter(province=province), "ward"))
    return Division.objects.filter(pk__in=named).order_by("folded_name", "pk")


def _entries(
    model: Any, at: datetime, province: Province | None, ward: Division | None
) -> EntryQuerySet:
    rows = model.objects.public(at)
    if province is not None:
        rows = rows.concerning(province)
    if ward is None:
        return rows
    if model is Flight:
        return rows.none()
    if model is Notice:
        here = ExposureLocation.objects.public(at).filter(ward=ward)
        # A notice that names no place is for everybody in the province.
        return rows.filter(Q(locations=None) | Q(locations__in=here)).distinct()
    return rows.filter(ward=ward)
