"""A message to each follower, for accounts that may not broadcast.

All followers are listed first, page by page, then written to one by one; each page and each
message is noted at once, so that a worker may die at any point: only the message under way comes
twice. Ids of followers are personal data. They are sealed, each is deleted when its message has
gone, and what is left (digests) when the sending is decided.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from alerts.delivery import limits, sealing
from alerts.delivery.zalo.account import Account
from alerts.delivery.zalo.client import Code, Refused
from alerts.models import Delivery, ZaloFollower, ZaloSending

# The bucket of DELIVERY_RATES: messages to followers, over all provinces.
LIMIT = "zalo-followers"
WAIT_FOR_LIMIT = 0.05
# Zalo takes no message for this follower; it is not tried again.
NOT_THIS_FOLLOWER = (
    Code.NOT_FOLLOWING,
    Code.BLOCKED,
    Code.RECEIVER_QUOTA,
    Code.INACTIVE_45_DAYS_OLD,
    Code.INACTIVE_45_DAYS,
    Code.NO_INTERACTION_7_DAYS,
    Code.INTERACTION_EXPIRED,
    Code.RESTRICTED_BY_USER,
)


@dataclass(frozen=True)
class Told:
    """How far a sending has come."""

    is_done: bool
    reached: int = 0
    refused: int = 0


def send(account: Account, *, delivery: int, text: str, picture: str, seconds: float) -> Told:
    """Goes on with the sending for about so many seconds. Raises ZaloError."""
    end = time.monotonic() + seconds
    sending, _made = ZaloSending.objects.get_or_create(delivery_id=delivery)
    while not sending.is_listed:
        if time.monotonic() > end:
            return Told(is_done=False)
        _list_more(account, sending)
    for follower in _untold(sending):
        while not limits.granted(LIMIT, 1):
            if time.monotonic() > end:
                return Told(is_done=False)
            time.sleep(WAIT_FOR_LIMIT)
        if time.monotonic() > end:
            limits.give_back(LIMIT, 1)
            return Told(is_done=False)
        _tell(account, sending, follower, text, picture)
    return Told(True, sending.reached, sending.refused)


def sweep() -> None:
    """Deletes what is kept of followers for messages that are decided."""
    ZaloSending.objects.exclude(delivery__state=Delivery.State.QUEUED).delete()


def reseal() -> int:
    """Seals the ids of followers who are still to be told anew; returns how many."""
    done = 0
    for follower in ZaloFollower.objects.exclude(sealed_id="").iterator(chunk_size=500):
        done += ZaloFollower.objects.filter(pk=follower.pk, sealed_id=follower.sealed_id).update(
            sealed_id=sealing.seal(follower.user_id)
        )
    return done


def _list_more(account: Account, sending: ZaloSending) -> None:
    start = sending.listed
    try:
        ids, total = account.call(lambda token: account.client.followers(token, start))
    except Refused as refused:
        # No source says how far the list may be read. Whoever is known by then is told.
        if refused.code not in (Code.INVALID, Code.TOO_LONG) or not start:
            raise
        ids, total = [], start
    found = [
        ZaloFollower(sending=sending, digest=sealing.digest(one), sealed_id=sealing.seal(one))
        for one in ids
    ]
    with transaction.atomic():
        ZaloFollower.objects.bulk_create(found, ignore_conflicts=True)
        sending.listed = start + len(ids)
        sending.is_listed = not ids or sending.listed >= total
        sending.save(update_fields=["listed", "is_listed"])


def _untold(sending: ZaloSending) -> Iterator[ZaloFollower]:
    last = 0
    while some := list(
        sending.followers.filter(pk__gt=last).exclude(sealed_id="").order_by("pk")[:100]
    ):
        yield from some
        last = some[-1].pk


def _tell(
    account: Account, sending: ZaloSending, follower: ZaloFollower, text: str, picture: str
) -> None:
    user_id = follower.user_id
    if not sending.reached:
        # From here on somebody may have got it, whatever the answer.
        Delivery.objects.filter(pk=sending.delivery_id).update(has_begun=True)
    try:
        account.call(lambda token: account.client.send(token, user_id, text, picture))
        sending.reached += 1
    except Refused as refused:
        if refused.code not in NOT_THIS_FOLLOWER:
            raise
        sending.refused += 1
    with transaction.atomic():
        ZaloFollower.objects.filter(pk=follower.pk).update(sealed_id="")
        sending.save(update_fields=["reached", "refused"])
