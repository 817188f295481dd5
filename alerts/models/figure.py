"""Figures: what is counted, how many, since when and as of when."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.publishing.models import NationwideEntry, NationwideEntryQuerySet


class Figure(NationwideEntry):
    """One number of a province, or of Việt Nam when no province is named."""

    content_fields = (*NationwideEntry.entry_fields, "what", "what_en", "value", "since", "as_of")
    first_fields = ("what", "value", "since", "as_of")

    what = models.CharField(_("what is counted"), max_length=200)
    what_en = models.CharField(_("what is counted (English)"), max_length=200, blank=True)
    value = models.PositiveIntegerField(_("value"))
    since = models.DateField(_("since"), null=True, blank=True)
    as_of = models.DateTimeField(_("as of"))

    objects = NationwideEntryQuerySet.as_manager()

    class Meta(NationwideEntry.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            *NationwideEntry.Meta.constraints,
            models.CheckConstraint(
                name="figure_not_negative",
                condition=Q(value__gte=0),
                violation_error_message=_("A figure cannot be negative."),
            ),
            models.CheckConstraint(
                name="figure_as_of_after_since",
                condition=Q(since=None) | Q(as_of__date__gte=F("since")),
                violation_error_message=_("“As of” must not be before “since”."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.value}"

    def last_day(self) -> date:
        return timezone.localdate(self.as_of)

    def searchable(self) -> Iterable[str]:
        yield from (self.what, self.what_en)

    def get_absolute_url(self) -> str:
        """A figure has no page of its own; it stands where everybody looks first."""
        return self.province.get_absolute_url() if self.province else reverse("home")
