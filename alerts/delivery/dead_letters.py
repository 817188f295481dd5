"""What failed for good, until somebody has it sent again."""

from typing import Any

from django.db.models import Q

from alerts.delivery.channels import broadcasts
from alerts.models import Delivery, Dispatch
from portal import clock


def retry(deliveries: Any) -> tuple[int, int]:
    """Queues the failed ones among `deliveries` again, with all their attempts before them.

    Returns how many, and how many not: whose notice says something else by now (the newer version
    has been sent instead), and whose subscriber has left.
    """
    dead = Delivery.objects.dead().filter(pk__in=deliveries.values("pk"))
    total = dead.count()
    again = dead.filter(
        Q(subscription__isnull=False) | Q(channel__in=broadcasts()),
        dispatch__in=Dispatch.objects.newest(),
    )
    queued = again.update(
        state=Delivery.State.QUEUED,
        attempts=0,
        not_before=clock.now(),
        last_error="",
        decided_at=None,
    )
    return queued, total - queued
