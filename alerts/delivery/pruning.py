"""What was sent long ago is kept as numbers: who was told what is nobody's business any more.

A notice to 100,000 subscribers leaves as many rows. While it is in force, and for some time after,
they say who is to be told of a correction; then they only fill the database.
"""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from alerts.models import Delivery, DeliveryCount, Dispatch
from portal import clock

# So long after a notice was in force, a correction or withdrawal still reaches whoever was told of
# it; later only those who would be told of it as something new.
KEPT = timedelta(days=90)
CHUNK = 5000


@transaction.atomic
def prune() -> int:
    """Turns up to `CHUNK` deliveries of one dispatch into numbers, in one transaction; returns how
    many."""
    dispatch = _dispatches().select_for_update(skip_locked=True, of=("self",)).first()
    if dispatch is None:
        return 0
    rows = _decided().filter(dispatch=dispatch).order_by("pk")[:CHUNK]
    some = list(rows.values_list("pk", "channel", "state"))
    counted = Counter((channel, state) for _pk, channel, state in some)
    for (channel, state), number in counted.items():
        count, _made = DeliveryCount.objects.get_or_create(
            dispatch=dispatch, channel=channel, state=state
        )
        DeliveryCount.objects.filter(pk=count.pk).update(number=F("number") + number)
    Delivery.objects.filter(pk__in=[pk for pk, _channel, _state in some]).delete()
    return len(some)


def _dispatches() -> QuerySet[Dispatch]:
    past = Dispatch.objects.filter(notice__listed_until__lt=clock.now() - KEPT)
    return past.filter(Exists(_decided().filter(dispatch=OuterRef("pk")))).order_by("pk")


def _decided() -> QuerySet[Delivery]:
    return Delivery.objects.exclude(state=Delivery.State.QUEUED)
