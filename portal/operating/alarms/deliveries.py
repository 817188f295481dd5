"""Whether what was approved goes out to subscribers, and what did not."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Min

from alerts.models import DeadLetter, Delivery, Dispatch, Subscription, ZaloConnection
from portal import clock
from portal.operating.alarms.finding import Finding, Options, ago

# A worker looks every second. So long a notice may lie in the outbox, or a message be overdue
# (with a slow mail server thousands wait for their turn), until it is a warning, and an alarm.
OUTBOX = (timedelta(minutes=5), timedelta(minutes=15))
QUEUE = (timedelta(minutes=30), timedelta(hours=2))
LETTERS = (timedelta(minutes=15), timedelta(hours=2))
# So long ago a message may have failed and still be news.
FAILED = timedelta(days=1)


def deliveries(options: Options) -> Iterator[Finding]:
    now = clock.now()
    found = [
        *_overdue(Dispatch.objects.due(), "not_before", OUTBOX, "notices wait in the outbox"),
        *_overdue(
            Delivery.objects.queued().filter(not_before__lte=now),
            "not_before", QUEUE, "messages wait to be sent",
        ),
        *_overdue(
            Subscription.objects.filter(letter_due_at__lte=now),
            "letter_due_at", LETTERS, "people wait for the letter that confirms what they asked",
        ),
    ]  # fmt: skip
    if found:
        found.append(Finding.warning("look whether run_worker runs, and at its log"))
    if failed := DeadLetter.objects.dead().filter(decided_at__gt=now - FAILED).count():
        found.append(Finding.warning(f"{failed} messages failed for good within a day; the admin"
                                     " has them among the failed messages"))  # fmt: skip
    for connection in ZaloConnection.objects.ending().select_related("province"):
        is_over = connection.is_broken or connection.refresh_expires_at <= now
        finding = Finding.critical if is_over else Finding.warning
        said = "has ended" if is_over else "ends soon"
        found.append(finding(f"the connection to Zalo of {connection.province} {said}:"
                             " manage.py connect_zalo"))  # fmt: skip
    yield from found or [Finding.ok("nothing is overdue")]


def _overdue(
    rows: Any, field: str, limits: tuple[timedelta, timedelta], what: str
) -> Iterator[Finding]:
    """If the oldest of `rows`, which are due since `field`, waits for longer than allowed."""
    oldest = rows.order_by().aggregate(oldest=Min(field))["oldest"]
    if oldest is None:
        return
    waits = clock.now() - oldest
    warned, alarmed = limits
    if waits >= warned:
        finding = Finding.critical if waits >= alarmed else Finding.warning
        yield finding(f"{rows.count()} {what}, the oldest for {ago(waits)}")
