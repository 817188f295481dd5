"""When people may have been exposed at a place."""

from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from locations import wording
from locations.models.exposure_location import ExposureLocation
from portal import clock
from portal.web.templatetags.portal_web import said

# A window is about what has happened; later than this after it was entered it is a typing error.
PLAUSIBLE_DAYS_AHEAD = 30
# No window of this portal's purpose is older than the first known COVID-19 case.
EARLIEST_DAY = date(2019, 12, 1)


def plausible_until() -> date:
    """The last day that a window entered now may reach."""
    return clock.today() + timedelta(days=PLAUSIBLE_DAYS_AHEAD)


class ExposureWindow(models.Model):
    """From when to when, as far as it is known; an hour that is not known is not made up.

    Days and hours of Vietnam, in columns of their own: exact (days and hours), date-only (one
    day, no hours), several days, across midnight (the next day), or unknown (nothing at all).
    """

    class Precision(models.TextChoices):
        EXACT = "exact", _("exact")
        DATE = "date", _("day known, hour not")
        DAYS = "days", _("several days, hours not known")
        UNKNOWN = "unknown", _("time not known")

    location = models.ForeignKey(ExposureLocation, on_delete=models.CASCADE, related_name="windows")
    starts_on = models.DateField(_("from day"), null=True, blank=True)
    starts_time = models.TimeField(_("from hour"), null=True, blank=True)
    ends_on = models.DateField(
        _("to day"), null=True, blank=True, help_text=_("The next day if it crosses midnight.")
    )
    ends_time = models.TimeField(_("to hour"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    note_en = models.CharField(_("note (English)"), max_length=200, blank=True)
    plausible_until = models.DateField(default=plausible_until, editable=False)

    class Meta:
        verbose_name = _("exposure window")
        verbose_name_plural = _("exposure windows")
        ordering = [
            F("starts_on").asc(nulls_last=True),
            F("starts_time").asc(nulls_first=True),
            "pk",
        ]
        indexes = [
            models.Index(fields=["location", "starts_on"], name="exposurewindow_of_location"),
            models.Index(fields=["starts_on", "ends_on"], name="exposurewindow_days"),
            models.Index(
                fields=["ends_on"],
                condition=Q(ends_on__gt=F("starts_on")),
                name="exposurewindow_several_days",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="exposurewindow_has_both_days",
                condition=Q(starts_on=None, ends_on=None)
                | Q(starts_on__isnull=False, ends_on__isnull=False),
                violation_error_message=_(
                    "Give both days (the same one twice for a single day), or neither if unknown."
                ),
            ),
            models.CheckConstraint(
                name="exposurewindow_hour_has_day",
                condition=Q(starts_on__isnull=False) | Q(starts_time=None, ends_time=None),
                violation_error_message=_("An hour needs its day."),
            ),
            models.CheckConstraint(
                name="exposurewindow_ends_after_start",
                condition=Q(starts_on=None)
                | Q(ends_on__gt=F("starts_on"))
                | Q(ends_on=F("starts_on"))
                & (Q(starts_time=None) | Q(ends_time=None) | Q(ends_time__gt=F("starts_time"))),
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                name="exposurewindow_not_in_far_future",
                condition=Q(ends_on=None) | Q(ends_on__lte=F("plausible_until")),
                violation_error_message=_(
                    "The window lies in the future: check the year and month."
                ),
            ),
            models.CheckConstraint(
                name="exposurewindow_not_before_covid",
                condition=Q(starts_on=None) | Q(starts_on__gte=EARLIEST_DAY),
                violation_error_message=_("The window lies before December 2019: check the year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on or '?'} – {self.ends_on or '?'}"

    @property
    def precision(self) -> "ExposureWindow.Precision":
        if self.starts_on is None:
            return self.Precision.UNKNOWN
        if self.starts_time and self.ends_time:
            return self.Precision.EXACT
        return self.Precision.DATE if self.starts_on == self.ends_on else self.Precision.DAYS

    @property
    def starts_at(self) -> datetime | None:
        """The moment it starts; None when day or hour is not known."""
        return _moment(self.starts_on, self.starts_time)

    @property
    def ends_at(self) -> datetime | None:
        """The moment it ends; None when day or hour is not known."""
        return _moment(self.ends_on, self.ends_time)

    @property
    def when(self) -> str:
        """In words: "19:00–21:30, 22/03/2021", "time not known"."""
        return wording.window_text(self)

    @property
    def in_words(self) -> str:
        """`when`, with its note."""
        return " ".join(filter(None, [self.when, f"({said(self, 'note')})" if self.note else ""]))

    @property
    def when_html(self) -> SafeString:
        """`when` with `<time>` elements."""
        return wording.window_html(self)


def _moment(day: date | None, hour: time | None) -> datetime | None:
    if day is None or hour is None:
        return None
    return datetime.combine(day, hour, timezone.get_default_timezone())
