"""Case announcements: how many cases, where and when; never who."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from locations.models import Division, ExposureLocation, Flight
from locations.models.exposure_window import plausible_until
from portal.publishing.models import Entry, SharedEntryQuerySet


class CaseAnnouncementQuerySet(SharedEntryQuerySet):
    def for_lists(self) -> Self:
        return self.select_related("province", "ward__parent__parent").prefetch_related(
            models.Prefetch("also_concerns"),
            models.Prefetch("locations", ExposureLocation.objects.public().for_lists()),
            models.Prefetch("flights", Flight.objects.public().for_lists()),
        )


class CaseAnnouncement(Entry):
    """New cases of a period. It carries no field for a person, and none may be typed in."""

    content_fields = (
        *Entry.entry_fields,
        "cases", "starts_on", "ends_on", "ward", "note", "note_en",
    )  # fmt: skip
    content_links = ("also_concerns", "locations", "flights")
    first_fields = ("cases", "starts_on", "ends_on", "ward", "also_concerns")
    day_fields = ("starts_on", "ends_on")

    cases = models.PositiveIntegerField(_("new cases"))
    starts_on = models.DateField(_("from day"))
    ends_on = models.DateField(_("to day"))
    ward = models.ForeignKey(
        Division,
        verbose_name=_("ward or commune"),
        on_delete=models.PROTECT,
        related_name="case_announcements",
        null=True,
        blank=True,
        limit_choices_to={"level": Division.Level.WARD},
    )
    note = models.TextField(
        _("note"), blank=True, help_text=_("Never anything by which a person can be recognised.")
    )
    note_en = models.TextField(_("note (English)"), blank=True)
    also_concerns = models.ManyToManyField(
        "locations.Province",
        verbose_name=_("provinces counted together"),
        related_name="concerning_case_announcements",
        blank=True,
        help_text=_("Other provinces whose cases are in this number."),
    )
    locations = models.ManyToManyField(
        ExposureLocation,
        verbose_name=_("exposure locations"),
        related_name="case_announcements",
        blank=True,
    )
    flights = models.ManyToManyField(
        Flight, verbose_name=_("flights"), related_name="case_announcements", blank=True
    )
    plausible_until = models.DateField(default=plausible_until, editable=False)

    objects = CaseAnnouncementQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("case announcement")
        verbose_name_plural = _("case announcements")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                name="caseannouncement_cases_not_negative",
                condition=Q(cases__gte=0),
                violation_error_message=_("The number of cases cannot be negative."),
            ),
            models.CheckConstraint(
                name="caseannouncement_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The end must not be before the start."),
            ),
            models.CheckConstraint(
                name="caseannouncement_not_in_far_future",
                condition=Q(ends_on__lte=F("plausible_until")),
                violation_error_message=_(
                    "The period lies in the future: check the year and month."
                ),
            ),
        ]

    def __str__(self) -> str:
        counted = ngettext("%(count)s new case", "%(count)s new cases", self.cases or 0)
        return counted % {"count": number_format(self.cases or 0, force_grouping=True)}

    def last_day(self) -> date:
        return self.ends_on

    def searchable(self) -> Iterable[str]:
        yield from (self.note, self.note_en, self.code)
        if self.ward:
            yield self.ward.path_name(self.ends_on)

    @property
    def provinces(self) -> list[Any]:
        """Every province counted, the announcing one first."""
        return [self.province, *self.also_concerns.all()]

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.province.slug, self.code])
