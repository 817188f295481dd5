"""The letters that answer a request: "confirm that it was you", or "you are subscribed already"."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from uuid import uuid4

from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from alerts.delivery import limits, links
from alerts.delivery.channels import Later, Outcome
from alerts.delivery.channels.email import (
    EmailChannel,
    Finished,
    finished,
    letter,
    message_id,
)
from alerts.delivery.sealing import Unreadable
from alerts.delivery.sending import backoff
from alerts.models import Subscription
from portal import clock

MOST_ATTEMPTS = 5


def send_due(channel: EmailChannel, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Sends the letters that are due; returns how many. Raises `Unreachable`."""
    done = 0
    while not is_stopping() and _send_next(channel):
        done += 1
    return done


def _send_next(channel: EmailChannel) -> bool:
    due = Subscription.objects.known().filter(channel=channel.name, letter_due_at__lte=clock.now())
    locks_rows = connection.features.has_select_for_update_skip_locked
    with transaction.atomic() if locks_rows else nullcontext():
        subscription = (
            due.select_for_update(skip_locked=True, of=("self",))
            .select_related("province")
            .order_by("letter_due_at", "pk")
            .first()
        )
        if subscription is None or not limits.granted(channel.name, 1):
            return False
        outcome: Outcome | None = None
        with suppress(Unreadable):  # then it is as if nobody had asked: nobody can be written to
            (outcome,) = channel.send([_message(subscription)])
        attempts = subscription.letter_attempts + 1
        again = isinstance(outcome, Later) and attempts < MOST_ATTEMPTS
        Subscription.objects.filter(pk=subscription.pk).update(
            letter_due_at=clock.now() + backoff(attempts) if again else None,
            letter_attempts=attempts,
        )
    return True


def _message(subscription: Subscription) -> Finished:
    """The letter for whoever has been asked in the name of this address."""
    with translation.override(subscription.language):
        own = links.token(subscription)
        is_known = subscription.confirmed_at is not None
        context = {
            "subscription": subscription,
            "province": subscription.province,
            "confirm": links.confirm(subscription),
            "manage": links.manage(own, subscription.language),
            "unsubscribe": links.unsubscribe(own, subscription.language),
            "is_known": is_known,
            "language": subscription.language,
        }
        if is_known:
            subject = _("You get the notices of %(name)s already")
        else:
            subject = _("Confirm: notices of %(name)s")
        message = letter(
            to=subscription.address,
            sender=subscription.province.office or subscription.province.name,
            language=subscription.language,
            subject=subject % {"name": subscription.province.name},
            text=render_to_string("alerts/email/letter.txt", context),
            html=render_to_string("alerts/email/letter.html", context),
            headers={"Message-ID": message_id(uuid4())},
        )
        return finished(message)
