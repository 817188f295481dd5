"""From one dispatch to a delivery for each subscriber, in chunks that are done whole or not at all.

A chunk is one transaction: its deliveries and how far the dispatch has come stand or fall
together. So a worker may be killed at any point, and several may work at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from alerts.delivery import holding
from alerts.delivery.announcement import is_unchanged
from alerts.delivery.channels import broadcasts, channels
from alerts.models import Delivery, Dispatch, Kind, Subscription
from alerts.models.delivery import DeliveryQuerySet, key_of
from locations.models import Division
from portal.publishing.models import Revision

CHUNK = 1000


@dataclass(frozen=True)
class Step:
    """What one chunk did."""

    dispatch: Dispatch
    made: int
    replaced: int


def fan_out() -> Iterator[Step]:
    """Makes the deliveries of all dispatches that are due; whoever asks may stop after any step."""
    while step := _next_chunk():
        yield step


@transaction.atomic
def _next_chunk() -> Step | None:
    due = Dispatch.objects.due().select_related("notice__province", "revision")
    dispatch = due.select_for_update(skip_locked=True, of=("self",)).first()
    if dispatch is None:
        return None
    made, replaced = [], 0
    if dispatch.reached == 0:
        replaced = _replace_earlier(dispatch)
        made += _broadcasts(dispatch)
    some = list(_subscriptions(dispatch)[:CHUNK])
    if some:
        made += _deliveries(dispatch, some)
        dispatch.reached = some[-1].pk
    if len(some) < CHUNK:
        dispatch.state = Dispatch.State.DONE
    Delivery.objects.bulk_create(made)
    dispatch.save(update_fields=["reached", "state"])
    return Step(dispatch, len(made), replaced)


def _replace_earlier(dispatch: Dispatch) -> int:
    """What still waits of the same notice is not sent any more.

    Waits for a message that another worker is just sending; it counts as sent then.
    """
    earlier = Dispatch.objects.filter(notice=dispatch.notice, pk__lt=dispatch.pk)
    earlier.filter(state=Dispatch.State.WAITING).update(state=Dispatch.State.REPLACED)
    queued = Delivery.objects.queued().filter(dispatch__in=earlier)
    for key in queued.filter(channel__in=broadcasts()).values_list("pk", flat=True):
        holding.wait_for(key)
    return queued.update(state=Delivery.State.REPLACED, decided_at=dispatch.created_at)


def _subscriptions(dispatch: Dispatch) -> QuerySet[Subscription]:
    """Who is to be told, as far as not yet done, by key: those who want it, and of a change also
    those who have been told of the notice before, whatever they want."""
    notice = dispatch.notice
    wanted = Q(pk__in=Subscription.objects.wanting(dispatch.rank).values("pk"))
    if units := _units(dispatch):
        chosen = Subscription.units.through.objects.filter(subscription=OuterRef("pk"))
        wanted &= Q(~Exists(chosen) | Exists(chosen.filter(division__in=units)))
    told = Delivery.objects.sent().filter(subscription=OuterRef("pk"), dispatch__notice=notice)
    return (
        Subscription.objects.confirmed(by=dispatch.not_before)
        .filter(wanted | Exists(told))
        .filter(province=notice.province_id, pk__gt=dispatch.reached)
        .filter(channel__in=[name for name, one in channels().items() if not one.is_broadcast])
        .order_by("pk")
        # Nobody unsubscribes between here and the making of the delivery.
        .select_for_update(no_key=True, of=("self",))
    )


def _units(dispatch: Dispatch) -> set[Any]:
    """The wards and districts that the notice is about; empty if it concerns the whole province.

    In doubt it does: a notice with a flight, without places, or with one whose unit is not known.
    """
    places = list(dispatch.notice.locations.public().select_related("ward"))
    if not places or dispatch.notice.flights.exists():
        return set()
    units: set[Any] = set()
    for place in places:
        if place.ward is not None:
            units |= {place.ward_id, place.ward.parent_id}
        elif place.district_id is not None:
            wards = Division.objects.filter(parent=place.district_id)
            units |= {place.district_id, *wards.values_list("pk", flat=True)}
        else:
            return set()
    return units


def _deliveries(dispatch: Dispatch, some: list[Subscription]) -> list[Delivery]:
    keys = [one.pk for one in some]
    told = _last_told(dispatch, Delivery.objects.sent(), subscription__in=keys)
    told_nothing_new = cache(lambda since: is_unchanged(dispatch, since))
    made = []
    for subscription in some:
        last = told.get(subscription.pk)
        if dispatch.kind == Kind.WITHDRAWAL and last is None:
            continue
        if last and told_nothing_new(last.revision):
            continue
        made.append(_delivery(dispatch, subscription.channel, subscription, last))
    return made


def _broadcasts(dispatch: Dispatch) -> list[Delivery]:
    made = []
    for name, channel in broadcasts().items():
        if not channel.serves(dispatch.province):
            continue
        told = Delivery.objects.told()
        if channel.rehearses(dispatch.province):
            told |= Delivery.objects.rehearsed()  # so that corrections are rehearsed too
        last = _last_told(dispatch, told, channel=name, subscription=None).get(None)
        if dispatch.kind == Kind.WITHDRAWAL and last is None:
            continue
        if last is None or not is_unchanged(dispatch, last.revision):
            made.append(_delivery(dispatch, name, None, last))
    return made


@dataclass(frozen=True)
class _Told:
    """What somebody was told last of the notice, and in which thread."""

    revision: Revision
    thread: Any


def _last_told(dispatch: Dispatch, told: DeliveryQuerySet, **of: Any) -> dict[int | None, _Told]:
    sent = told.filter(dispatch__notice=dispatch.notice_id, **of)
    rows = list(
        sent.order_by("pk").values_list("subscription", "dispatch__revision", "thread", "key")
    )
    revisions = Revision.objects.in_bulk({revision for _, revision, _, _ in rows})
    return {
        subscription: _Told(revisions[revision], thread or key)
        for subscription, revision, thread, key in rows
    }


def _delivery(
    dispatch: Dispatch, channel: str, to: Subscription | None, last: _Told | None
) -> Delivery:
    kind = Kind(dispatch.kind)
    if kind != Kind.WITHDRAWAL:
        kind = Kind.CORRECTION if last else Kind.NEW
    return Delivery(
        dispatch=dispatch,
        channel=channel,
        subscription=to,
        key=key_of(dispatch, channel, to),
        kind=kind,
        since=last.revision if last else None,
        thread=last.thread if last else None,
        rank=dispatch.rank,
        not_before=dispatch.not_before,
    )
