"""Urgent notices: what residents must do now, whom to call, and what it is about."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locations.models import ExposureLocation, Flight
from locations.models.province import HotlineBase
from portal.publishing.models import Entry, EntryQuerySet


class NoticeQuerySet(EntryQuerySet):
    def for_lists(self) -> Self:
        """With all that a row of a list shows, in a fixed number of queries."""
        return self.select_related("province").prefetch_related(
            "hotlines",
            models.Prefetch("locations", ExposureLocation.objects.public().for_lists()),
            models.Prefetch("flights", Flight.objects.public().for_lists()),
        )

    def with_covered(self) -> Self:
        """With all that a province's page begins with, which names each place in a line."""
        return self.prefetch_related(
            "hotlines",
            models.Prefetch("locations", ExposureLocation.objects.public().with_windows()),
            models.Prefetch("flights", Flight.objects.public().for_lists()),
        )

    def covering(self, entry: ExposureLocation | Flight) -> Self:
        """Those that name `entry` as a place or flight they are about."""
        linked = "locations" if isinstance(entry, ExposureLocation) else "flights"
        return self.filter(**{linked: entry})

    def newest_first(self) -> Self:
        """The most urgent first, and among equals the newest."""
        rank = Case(
            *(When(severity=value, then=rank) for rank, value in enumerate(Notice.Severity.values))
        )
        return self.order_by(rank, "-published_at", "-pk")


class Notice(Entry):
    """A notice of a province, or of the whole country."""

    class Severity(models.TextChoices):
        URGENT = "urgent", _("urgent notice")
        IMPORTANT = "important", _("important notice")
        INFORMATION = "information", _("information")

    content_fields = (
        *Entry.entry_fields,
        "severity", "title", "title_en", "action", "action_en", "body", "body_en",
    )  # fmt: skip
    content_children = {"hotlines": ("label", "label_en", "number")}
    content_links = ("locations", "flights")
    first_fields = ("title", "severity", "action", "locations", "flights", "expires_at")

    severity = models.CharField(
        _("severity"), max_length=12, choices=Severity, default=Severity.URGENT
    )
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    action = models.TextField(
        _("what to do"), help_text=_("The first thing residents read. Begin with a verb.")
    )
    action_en = models.TextField(_("what to do (English)"), blank=True)
    body = models.TextField(_("who it concerns, and details"), blank=True)
    body_en = models.TextField(_("who it concerns, and details (English)"), blank=True)
    locations = models.ManyToManyField(
        ExposureLocation,
        verbose_name=_("exposure locations it covers"),
        related_name="notices",
        blank=True,
    )
    flights = models.ManyToManyField(
        Flight, verbose_name=_("flights it covers"), related_name="notices", blank=True
    )

    objects = NoticeQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return self.title

    @property
    def rank(self) -> int:
        """The place of its severity: 0 is the most urgent."""
        return self.Severity.values.index(self.severity)

    def searchable(self) -> Iterable[str]:
        yield from (self.title, self.title_en, self.body, self.body_en, self.action, self.code)

    def get_absolute_url(self) -> str:
        return reverse("notice", args=[self.province.slug, self.code])


class NoticeHotline(HotlineBase):
    """A number to call about one notice; without any, the province's hotlines are shown."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="hotlines")

    class Meta(HotlineBase.Meta):
        abstract = False
