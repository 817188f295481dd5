"""The pages of single entries: what each app tells of its own, with what the others add."""

from typing import Any

from alerts.cards import share_of
from alerts.models import CaseAnnouncement, Notice
from alerts.views import CaseAnnouncementDetail, NoticeDetail
from alerts.what_to_do import actions_for, notices_naming
from locations.models import ExposureLocation, Flight
from locations.views import ExposureLocationDetail, FlightDetail
from portal import clock
from portal.publishing.models import Entry
from portal.publishing.verdict import Verdict
from portal.publishing.views import EntryDetailView


class SharedEntry(EntryDetailView):
    """An entry's page with what can be sent on, and what has become of what was sent."""

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("province__accounts", "province__hotlines")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # What is looked at before its time has no address yet that could be sent.
        preview = getattr(self.request, "is_preview", False)
        actions = context.get("actions")
        context["share"] = None if preview else share_of(self.object, actions=actions)
        context["also_changed"] = also_changed(self.object, context["verdict"])
        return context


class NamedEntry(SharedEntry):
    """That of an entry which notices can name: what they ask of those who were there."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry, at = self.object, clock.now()
        naming = notices_naming([entry], at)
        actions = actions_for([entry], at, naming=naming)[entry]
        return super().get_context_data(actions=actions, named_in=naming[entry], **kwargs)


class LocationPage(NamedEntry, ExposureLocationDetail):
    pass


class FlightPage(NamedEntry, FlightDetail):
    pass


class NoticePage(SharedEntry, NoticeDetail):
    pass


class CasePage(SharedEntry, CaseAnnouncementDetail):
    pass


def also_changed(entry: Entry, verdict: Verdict | None) -> list[Entry]:
    """What else the picture of `entry` tells of, as far as it was corrected or withdrawn after
    the revision that the reader saw: places and flights of a notice or case announcement, and
    the notices that say what to do at a place."""
    if verdict is None or verdict.since is None:
        return []
    told: list[Any] = []
    if isinstance(entry, Notice | CaseAnnouncement):
        told = [*entry.flights.all(), *sorted(entry.locations.all(), key=lambda one: one.name)]
    elif isinstance(entry, ExposureLocation | Flight) and not entry.action:
        naming = Notice.objects.public().covering(entry)
        told = list(naming.select_related("province").newest_first())
    return [one for one in told if one.is_corrected and one.updated_at > verdict.since]
