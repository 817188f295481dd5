"""Deliveries: one message of one channel, to one subscriber or to all followers at once."""

import uuid
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alerts.models.dispatch import Dispatch, Kind
from alerts.models.subscription import Subscription
from portal import clock
from portal.publishing.models import Officer, Revision


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def queued(self) -> Self:
        return self.filter(state=Delivery.State.QUEUED)

    def sent(self) -> Self:
        return self.filter(state=Delivery.State.SENT)

    def told(self) -> Self:
        """Those by which somebody was told, also if not everybody was."""
        return self.filter(Q(state=Delivery.State.SENT) | Q(has_begun=True))

    def rehearsed(self) -> Self:
        return self.filter(state=Delivery.State.REHEARSED)

    def dead(self) -> Self:
        return self.filter(state=Delivery.State.DEAD)

    def due(self, channel: str, rank: int) -> Self:
        """What `channel` may send now of one rank, the oldest first."""
        waiting = self.queued().filter(channel=channel, rank=rank, not_before__lte=clock.now())
        return waiting.order_by("not_before", "pk")

    def within(self, officer: Officer) -> Self:
        """Only those of what `officer` is responsible for."""
        if officer.sees_everything:
            return self
        return self.filter(dispatch__notice__province__officers=officer)


class Delivery(models.Model):
    """What is sent at least once, and more than once only if the sender died between the
    receiver's "accepted" and our own note of it; then with the same `key`."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        # All was done but the handing over: it reached nobody.
        REHEARSED = "rehearsed", _("only rehearsed")
        REPLACED = "replaced", _("replaced")
        DEAD = "dead", _("failed")

    dispatch = models.ForeignKey(
        Dispatch, verbose_name=_("notice"), on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(_("channel"), max_length=20)
    # None: to all followers at once, or the subscriber has left since it was sent.
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, related_name="deliveries", null=True
    )
    # What makes it one and the same message however often it is tried: of dispatch, channel and
    # subscriber (`key_of`).
    key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # What the subscriber was told last of the same notice, and the key of the first message.
    since = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+", null=True)
    thread = models.UUIDField(null=True, editable=False)
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"))
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("sent or given up"), null=True)
    # Of a broadcast: somebody may have got it already, whatever becomes of the rest.
    has_begun = models.BooleanField(default=False, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["channel", "rank", "not_before", "id"],
                condition=Q(state="queued"),
                name="delivery_queue",
            ),
            models.Index(fields=["dispatch", "channel", "state"], name="delivery_figures"),
            models.Index(
                fields=["decided_at"], condition=Q(state="dead"), name="delivery_dead_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.key}"  # nothing of the subscriber: this may come into a log

    @property
    def province(self) -> Any:
        return self.dispatch.notice.province


class DeliveryCount(models.Model):
    """How many deliveries of a dispatch there were whose rows are gone: see
    `alerts.delivery.pruning`."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="counts")
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=Delivery.State)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch", "channel", "state"], name="delivery_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.number} {self.state}"


class DeadLetter(Delivery):
    """A delivery that failed for good, as officers see it in the admin."""

    officers_may = ("view",)
    approvers_may = ("retry",)

    class Meta:
        proxy = True
        verbose_name = _("failed message")
        verbose_name_plural = _("failed messages")
        permissions = [("retry_deadletter", _("Can send failed messages again"))]


NAMESPACE = uuid.UUID("5b0c5b7e-94a0-4f0e-8a62-6d6a9a1f2c11")


def key_of(dispatch: Dispatch, channel: str, subscription: Subscription | None) -> uuid.UUID:
    """The key of the one message of `dispatch` by `channel` to that subscriber, or to all."""
    revision = dispatch.revision
    to = subscription.handle if subscription else "all"
    return uuid.uuid5(
        NAMESPACE, f"{revision.entry_code}:{revision.number}:{revision.hash}:{channel}:{to}"
    )


class Allowance(models.Model):
    """What a channel may still send this moment; one row for each that has a limit."""

    channel = models.CharField(max_length=20, primary_key=True)
    left = models.FloatField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.channel}: {self.left:.0f}"
