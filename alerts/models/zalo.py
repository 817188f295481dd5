"""Zalo: by which account a province speaks there, what stands there, and who is still to be told.

Secrets and the ids of followers are sealed (`alerts.delivery.sealing`): they are opened to call
Zalo, and nowhere else. They are in no admin, log or error.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.delivery import sealing
from alerts.models.delivery import Delivery
from alerts.models.notice import Notice
from locations.models import Province
from portal import clock
from portal.publishing.models import Officer

# Zalo says "3 months" (see `alerts.delivery.zalo.client`); the shortest three have 89 days.
REFRESH_TOKEN_LIVES = timedelta(days=89)
# So long before its end officers and operators are warned.
WARNED_BEFORE = timedelta(days=14)


class ZaloConnectionQuerySet(models.QuerySet["ZaloConnection"]):
    def within(self, officer: Officer) -> Self:
        """Only those of the provinces that `officer` is responsible for."""
        if officer.sees_everything:
            return self
        return self.filter(province__officers=officer)

    def ending(self) -> Self:
        """Those that end soon, or have ended, unless somebody connects them again."""
        soon = clock.now() + WARNED_BEFORE
        return self.filter(models.Q(refresh_expires_at__lte=soon) | models.Q(is_broken=True))


class ZaloConnection(models.Model):
    """What a province's official account is spoken for with.

    It belongs to the province and not to a row of `OfficialAccount`: those are content, written
    anew with every revision of the province's page.
    """

    officers_may = ("view",)

    class Mode(models.TextChoices):
        BROADCAST = "broadcast", _("an article to all followers at once")
        FOLLOWERS = "followers", _("a message to each follower")

    province = models.OneToOneField(
        Province,
        verbose_name=_("province"),
        on_delete=models.PROTECT,
        related_name="zalo_connection",
    )
    mode = models.CharField(_("how it sends"), max_length=10, choices=Mode, default=Mode.BROADCAST)
    app_id = models.CharField(max_length=40, editable=False)
    sealed_secret = models.TextField(editable=False)
    sealed_refresh_token = models.TextField(editable=False)
    sealed_access_token = models.TextField(editable=False, blank=True)
    access_expires_at = models.DateTimeField(null=True, editable=False)
    connected_at = models.DateTimeField(_("connected since"), default=clock.now)
    refreshed_at = models.DateTimeField(_("renewed"), default=clock.now)
    refresh_expires_at = models.DateTimeField(_("ends, unless it is renewed"))
    # Zalo does not accept the refresh token any more: somebody has to connect it again.
    is_broken = models.BooleanField(default=False, editable=False)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    last_error_at = models.DateTimeField(_("time of the last error"), null=True)
    quota_left = models.PositiveIntegerField(_("messages left"), null=True)
    quota_asked_at = models.DateTimeField(null=True, editable=False)

    objects = ZaloConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection to Zalo")
        verbose_name_plural = _("connections to Zalo")
        ordering = ["province"]

    def __str__(self) -> str:
        return f"Zalo · {self.province}"

    @property
    def state(self) -> str:
        """Whether officers have to do something."""
        if self.is_broken or self.refresh_expires_at <= clock.now():
            return str(_("has ended: it must be connected again"))
        if self.refresh_expires_at <= clock.now() + WARNED_BEFORE:
            return str(_("ends soon: it must be connected again"))
        return str(_("connected"))

    @property
    def secret(self) -> str:
        """Raises `sealing.Unreadable`, as the tokens do."""
        return sealing.unseal(self.sealed_secret)

    @secret.setter
    def secret(self, secret: str) -> None:
        self.sealed_secret = sealing.seal(secret)

    @property
    def refresh_token(self) -> str:
        return sealing.unseal(self.sealed_refresh_token)

    @property
    def access_token(self) -> str:
        """Empty before the first call."""
        return sealing.unseal(self.sealed_access_token) if self.sealed_access_token else ""

    def renew(self, refresh_token: str) -> None:
        """Takes a new refresh token; the access token that went before is not used any more."""
        now = clock.now()
        self.sealed_refresh_token = sealing.seal(refresh_token)
        self.sealed_access_token, self.access_expires_at = "", None
        self.refreshed_at, self.refresh_expires_at = now, now + REFRESH_TOKEN_LIVES
        self.is_broken, self.last_error, self.last_error_at = False, "", None

    def open_with(self, access_token: str, until: datetime) -> None:
        self.sealed_access_token = sealing.seal(access_token)
        self.access_expires_at = until


class ZaloArticle(models.Model):
    """The one article of a notice at Zalo. It is changed with the notice, and never removed."""

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="zalo_article")
    # Zalo makes articles in the background: a token stands for one until its id is known.
    token = models.CharField(max_length=500, blank=True)
    article_id = models.CharField(max_length=100, blank=True)
    # What the article says: the key of the delivery that it was last changed for.
    says = models.UUIDField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"Zalo article of {self.notice_id}"


class ZaloSending(models.Model):
    """How far a delivery to each follower has come. Deleted with all its followers once it is
    decided, whatever became of it."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="zalo_sending")
    # Followers are asked for page by page; until all are known, none is written to.
    listed = models.PositiveIntegerField(default=0)
    is_listed = models.BooleanField(default=False)
    reached = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"Zalo sending of {self.delivery_id}"


class ZaloFollower(models.Model):
    """One follower of one sending. The id goes as soon as the message has gone; the digest stays
    until the sending ends, so that a list that shifts while it is read brings nobody two."""

    sending = models.ForeignKey(ZaloSending, on_delete=models.CASCADE, related_name="followers")
    digest = models.CharField(max_length=64)
    sealed_id = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sending", "digest"], name="zalo_follower_once_per_sending"
            )
        ]
        indexes = [
            models.Index(
                fields=["sending", "id"],
                condition=~models.Q(sealed_id=""),
                name="zalo_follower_to_be_told",
            )
        ]

    def __str__(self) -> str:
        return f"Zalo follower {self.pk}"  # never the id: this may come into a log

    @property
    def user_id(self) -> Any:
        """Raises `sealing.Unreadable`."""
        return sealing.unseal(self.sealed_id)
