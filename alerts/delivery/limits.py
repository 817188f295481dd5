"""How much a channel may send in a moment: one bucket of tokens for all workers together."""

from django.conf import settings
from django.db import transaction

from alerts.models import Allowance
from portal import clock


def granted(channel: str, wanted: int) -> int:
    """How many of `wanted` messages may be sent now; they count as sent unless given back.

    DELIVERY_RATES says how many a second; what is not used within a second is not saved up.
    """
    rate = settings.DELIVERY_RATES.get(channel)
    if not rate:
        return wanted
    with transaction.atomic():
        allowance = _locked(channel)
        passed = max((clock.now() - allowance.counted_at).total_seconds(), 0)
        allowance.left = min(allowance.left + passed * rate, max(rate, 1))
        allowance.counted_at = clock.now()
        number = min(wanted, int(allowance.left))
        allowance.left -= number
        allowance.save()
    return number


def give_back(channel: str, unused: int) -> None:
    """What was granted and not sent."""
    if unused and settings.DELIVERY_RATES.get(channel):
        with transaction.atomic():
            allowance = _locked(channel)
            allowance.left += unused
            allowance.save()


def _locked(channel: str) -> Allowance:
    Allowance.objects.get_or_create(
        channel=channel, defaults={"counted_at": clock.now(), "left": 1}
    )
    return Allowance.objects.select_for_update().get(channel=channel)
