"""Guidance: advice to everybody, and who gives it."""

from collections.abc import Iterable

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.publishing.models import NationwideEntry, NationwideEntryQuerySet


class Guidance(NationwideEntry):
    """Advice of a province, or for the whole country when no province is named."""

    content_fields = (*NationwideEntry.entry_fields, "by", "by_en", "points", "points_en")
    first_fields = ("by", "points")

    by = models.CharField(_("given by"), max_length=200)
    by_en = models.CharField(_("given by (English)"), max_length=200, blank=True)
    points = models.TextField(_("advice"), help_text=_("One piece of advice a line."))
    points_en = models.TextField(_("advice (English)"), blank=True)

    objects = NationwideEntryQuerySet.as_manager()

    class Meta(NationwideEntry.Meta):
        verbose_name = _("guidance")
        verbose_name_plural = _("guidance")

    def __str__(self) -> str:
        return f"{self.by}: {self.points.splitlines()[0] if self.points else ''}"[:200]

    def searchable(self) -> Iterable[str]:
        yield from (self.by, self.by_en, self.points, self.points_en)

    def get_absolute_url(self) -> str:
        """Guidance has no page of its own; it stands on the pages of those it is given to."""
        return self.province.get_absolute_url() if self.province else reverse("home")
