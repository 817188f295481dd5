"""The outbox: one row for each approved change of a notice that subscribers are to be told of."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from alerts.models.notice import Notice
from portal import clock
from portal.publishing.models import Officer, Revision


class Kind(models.TextChoices):
    """What a message is to whoever gets it."""

    NEW = "new", _("new")
    CORRECTION = "correction", _("correction")
    WITHDRAWAL = "withdrawal", _("withdrawal")


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def newest(self) -> Self:
        """Those that say what their notice says today: no later one has taken their place."""
        later = Dispatch.objects.filter(notice=OuterRef("notice"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(later))

    def due(self) -> Self:
        """Those whose deliveries have yet to be made, the most urgent first, then the oldest."""
        waiting = self.filter(state=Dispatch.State.WAITING, not_before__lte=clock.now())
        return waiting.newest().order_by("rank", "not_before", "pk")

    def within(self, officer: Officer) -> Self:
        """Only those of what `officer` is responsible for."""
        if officer.sees_everything:
            return self
        return self.filter(notice__province__officers=officer)


class Dispatch(models.Model):
    """Written in the transaction of the approval, whatever the number of subscribers; the worker
    makes a `Delivery` for each of them later (`alerts.delivery.fan_out`)."""

    officers_may = ("view",)

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("handed to the channels")
        REPLACED = "replaced", _("replaced by a later version")

    notice = models.ForeignKey(
        Notice, verbose_name=_("notice"), on_delete=models.PROTECT, related_name="dispatches"
    )
    revision = models.OneToOneField(
        Revision, verbose_name=_("revision"), on_delete=models.PROTECT, related_name="dispatch"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    rank = models.PositiveSmallIntegerField(help_text=_("0 is the most urgent."))
    created_at = models.DateTimeField(_("approved"), default=clock.now)
    not_before = models.DateTimeField(_("not before"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    # The key of the last subscription for which it is decided whether it gets a delivery.
    reached = models.BigIntegerField(default=0, editable=False)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["rank", "not_before"],
                condition=models.Q(state="waiting"),
                name="dispatch_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.get_kind_display()}"

    @property
    def province(self) -> Any:
        return self.notice.province
