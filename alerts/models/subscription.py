"""Subscriptions: who wants to be told, by which channel, of what. Without an account."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.delivery import sealing
from alerts.models.notice import Notice
from locations.models import Division, Province
from portal import clock

# For so long a subscription waits to be confirmed; then it is forgotten.
TIME_TO_CONFIRM = timedelta(hours=48)


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self, by: datetime | None = None) -> Self:
        """Those that were confirmed at `by` (default: now)."""
        return self.filter(confirmed_at__lte=by or clock.now())

    def unconfirmed(self) -> Self:
        """Those that may still be confirmed."""
        return self.filter(confirmed_at=None, asked_at__gt=clock.now() - TIME_TO_CONFIRM)

    def forgotten(self) -> Self:
        """Those that were never confirmed, and whose time is over."""
        return self.filter(confirmed_at=None, asked_at__lte=clock.now() - TIME_TO_CONFIRM)

    def known(self) -> Self:
        """All but the forgotten ones, whether or not those have been swept already."""
        return self.exclude(confirmed_at=None, asked_at__lte=clock.now() - TIME_TO_CONFIRM)

    def at_address(self, channel: str, address: str) -> Self:
        return self.filter(channel=channel, digest__in=sealing.digests(address))

    def wanting(self, rank: int) -> Self:
        """Those who want to be told of notices of this rank: 0 is the most urgent."""
        return self.filter(minimum__in=Notice.Severity.values[rank:])


class Subscription(models.Model):
    """One address that is told of the notices of one province.

    The address is sealed (`alerts.delivery.sealing`): it is opened to send, and nowhere else. It
    is in no admin, log or error. The row is deleted when the subscriber asks, and when it was not
    confirmed in time.
    """

    channel = models.CharField(_("channel"), max_length=20)
    handle = models.CharField(
        max_length=16, unique=True, editable=False, default=sealing.new_handle
    )
    sealed_address = models.TextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    province = models.ForeignKey(
        Province,
        verbose_name=_("province"),
        on_delete=models.PROTECT,
        related_name="subscriptions",
    )
    units: Any = models.ManyToManyField(
        Division, verbose_name=_("wards and districts"), related_name="+", blank=True
    )
    minimum = models.CharField(
        _("how urgent"),
        max_length=12,
        choices=Notice.Severity,
        default=Notice.Severity.INFORMATION,
        help_text=_("The least urgent kind of notice that the subscriber wants."),
    )
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    # When the letter that answers a request is to be sent; none is if empty.
    letter_due_at = models.DateTimeField(null=True)
    letter_attempts = models.PositiveSmallIntegerField(default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "province", "digest"], name="subscription_once_per_address"
            )
        ]
        indexes = [
            models.Index(
                fields=["letter_due_at"],
                condition=models.Q(letter_due_at__isnull=False),
                name="subscription_letters",
            ),
            models.Index(
                fields=["asked_at"],
                condition=models.Q(confirmed_at=None),
                name="subscription_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"  # never the address: this may come into a log

    @property
    def address(self) -> str:
        """Raises `sealing.Unreadable`."""
        return sealing.unseal(self.sealed_address)

    @address.setter
    def address(self, address: str) -> None:
        self.sealed_address = sealing.seal(address)
        self.digest = sealing.digest(address)
