"""Subscribing, confirming, changing and leaving: the only ways a subscription changes.

Nothing here tells whether an address is known: whoever asks gets the same answer, and only the
mailbox itself learns more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from alerts.delivery import sealing
from alerts.models import Delivery, Notice, Subscription
from locations.models import Division, Province
from portal import clock
from portal.web import rates

# One address gets no more than one letter of a province in so long, however often somebody asks.
BETWEEN_LETTERS = timedelta(minutes=10)
# And of all provinces together no more in a day: the links in them work for two.
LETTERS_A_DAY = 6
CONFIRM = "confirm"
MANAGE = "manage"


@dataclass(frozen=True)
class Wishes:
    """What a subscriber wants to be told of, and how."""

    language: str
    minimum: str = Notice.Severity.INFORMATION
    units: Iterable[Division] = ()


def ask(*, channel: str, province: Province, address: str, wishes: Wishes) -> None:
    """Asks for a subscription; a letter to the address brings the link that confirms it.

    Of an address that is subscribed already nothing changes; its letter says so.
    """
    try:
        with transaction.atomic():
            _ask(channel, province, address, wishes)
    except IntegrityError:
        pass  # somebody asks for the same address at this moment, and that letter is on its way


def _ask(channel: str, province: Province, address: str, wishes: Wishes) -> None:
    of_province = Subscription.objects.filter(province=province)
    known = of_province.at_address(channel, address).select_for_update().first()
    now = clock.now()
    if known and known.asked_at > now - BETWEEN_LETTERS:
        return
    letters = f"letters:{channel}:{sealing.digest(address)}"
    if rates.exceeds(letters, most=LETTERS_A_DAY, seconds=24 * 3600):
        return
    subscription = known or Subscription(channel=channel, province=province)
    subscription.asked_at = subscription.letter_due_at = now
    subscription.letter_attempts = 0
    if subscription.confirmed_at is None:
        subscription.address = address
        subscription.language, subscription.minimum = wishes.language, wishes.minimum
        subscription.save()
        subscription.units.set(wishes.units)
    else:
        subscription.save(update_fields=["asked_at", "letter_due_at", "letter_attempts"])


def subscribe(*, channel: str, province: Province, address: str, wishes: Wishes) -> Subscription:
    """A subscription that needs no letter, because whoever asks holds the address itself (Web
    Push). Asked again for the same address, it changes the wishes."""
    try:
        return _subscribe(channel, province, address, wishes)
    except IntegrityError:  # asked for twice at the same moment: now it is there
        return _subscribe(channel, province, address, wishes)


@transaction.atomic
def _subscribe(channel: str, province: Province, address: str, wishes: Wishes) -> Subscription:
    known = Subscription.objects.filter(province=province).at_address(channel, address)
    subscription = known.select_for_update().first() or Subscription(
        channel=channel, province=province, confirmed_at=clock.now()
    )
    subscription.address = address
    change(subscription, wishes)
    return subscription


@transaction.atomic
def move(*, channel: str, old: str, new: str) -> None:
    """Brings what is subscribed at the address `old` to the address `new` of the same device.

    Where `new` is subscribed to a province already, that holds, and `old` is forgotten.
    """
    taken = Subscription.objects.at_address(channel, new).values_list("province", flat=True)
    provinces = set(taken)
    for subscription in Subscription.objects.at_address(channel, old).select_for_update():
        if subscription.province_id in provinces:
            forget(subscription.pk)
        else:
            subscription.address = new
            subscription.save(update_fields=["sealed_address", "digest"])


def confirm(subscription: Subscription) -> None:
    """Makes it one that is told of notices; once more does no harm."""
    Subscription.objects.filter(pk=subscription.pk, confirmed_at=None).update(
        confirmed_at=clock.now(), letter_due_at=None
    )


@transaction.atomic
def change(subscription: Subscription, wishes: Wishes) -> None:
    subscription.language, subscription.minimum = wishes.language, wishes.minimum
    subscription.save()
    subscription.units.set(wishes.units)


@transaction.atomic
def forget(key: int) -> None:
    """Deletes the subscription with all that could lead to the subscriber; no message follows.

    Of what was sent stays that it was sent, for the figures.
    """
    # The row first, as `fan_out` does: no delivery is made for it any more.
    list(Subscription.objects.select_for_update().filter(pk=key).values_list("pk"))
    Delivery.objects.queued().filter(subscription=key).delete()
    Subscription.objects.filter(pk=key).delete()


def sweep() -> int:
    """Deletes what nobody confirmed in time; returns how many."""
    return Subscription.objects.forgotten().delete()[1].get(Subscription._meta.label, 0)


def by_token(token: str, purpose: str) -> Subscription | None:
    """The subscription that a link leads to; None if there is none (any more)."""
    handle = sealing.handle_of(token, purpose)
    if handle is None:
        return None
    known = Subscription.objects.known().select_related("province")
    return known.filter(handle=handle).first()


def reseal() -> int:
    """Seals all addresses with the newest of SUBSCRIPTION_KEYS; returns how many.

    Raises `sealing.Unreadable` if none of the keys opens one.
    """
    done = 0
    for subscription in Subscription.objects.order_by("pk").iterator(chunk_size=500):
        before = subscription.sealed_address
        subscription.address = subscription.address
        done += Subscription.objects.filter(pk=subscription.pk, sealed_address=before).update(
            sealed_address=subscription.sealed_address, digest=subscription.digest
        )
    return done
