"""Flights on which people may have been exposed."""

import datetime as dt
import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from locations import airports, wording
from locations.models.exposure_window import EARLIEST_DAY, plausible_until
from portal.publishing.models import Entry, SharedEntryQuerySet

# IATA designator (two characters, one at least a letter) and a number of up to four digits.
FLIGHT_NUMBER = re.compile(r"^(?:[A-Z][A-Z0-9]|[0-9][A-Z])[0-9]{1,4}[A-Z]?\Z")


def normalise_number(text: str) -> str:
    """`text` as flight numbers are stored: "vj 458" becomes "VJ458"."""
    return re.sub(r"[\s-]+", "", text).upper()


def validate_airport(code: str) -> None:
    if not airports.exists(code):
        raise ValidationError(_("%(code)s is no airport of the IATA list."), params={"code": code})


class Flight(Entry):
    """One flight of one day; shown on the pages of every province it concerns."""

    class TimeKind(models.TextChoices):
        DEPARTURE = "departure", _("departure")
        ARRIVAL = "arrival", _("arrival")
        ANNOUNCED = "announced", _("as announced")

    content_fields = (
        *Entry.entry_fields,
        "number", "date", "local_time", "time_kind", "origin", "destination", "seat_rows",
        "action", "action_en", "note", "note_en",
    )  # fmt: skip
    content_links = ("also_concerns",)
    first_fields = ("number", "date", "local_time", "origin", "destination", "action")
    day_fields = ("date", "date")

    number = models.CharField(
        _("flight number"),
        max_length=8,
        validators=[RegexValidator(FLIGHT_NUMBER, _("A flight number looks like VJ458."))],
    )
    date = models.DateField(_("date"), help_text=_("The local day of the time below."))
    local_time = models.TimeField(_("local time"), null=True, blank=True)
    time_kind = models.CharField(
        _("what the time is"), max_length=10, choices=TimeKind, default=TimeKind.ANNOUNCED
    )
    origin = models.CharField(
        _("origin"), max_length=3, validators=[validate_airport], help_text=_("IATA code: PQC")
    )
    destination = models.CharField(
        _("destination"), max_length=3, validators=[validate_airport], help_text=_("IATA code: HAN")
    )
    seat_rows = models.CharField(
        _("seat rows"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^\d{1,2}(-\d{1,2})?(, ?\d{1,2}(-\d{1,2})?)*\Z",
                                   _("Rows look like 12-16, 20. Empty: everybody on board."))],
    )  # fmt: skip
    action = models.TextField(_("what to do"), blank=True)
    action_en = models.TextField(_("what to do (English)"), blank=True)
    note = models.TextField(_("note"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    also_concerns = models.ManyToManyField(
        "locations.Province",
        verbose_name=_("also concerns"),
        related_name="concerning_flights",
        blank=True,
        help_text=_("Other provinces on whose pages it is shown."),
    )
    plausible_until = models.DateField(default=plausible_until, editable=False)

    objects = SharedEntryQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("flight")
        verbose_name_plural = _("flights")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                name="flight_goes_somewhere",
                condition=~Q(origin=F("destination")),
                violation_error_message=_("A flight cannot go to where it came from."),
            ),
            models.CheckConstraint(
                name="flight_day_is_plausible",
                condition=Q(date__gte=EARLIEST_DAY, date__lte=F("plausible_until")),
                violation_error_message=_(
                    "The flight's date lies before December 2019 or in the future: check the year."
                ),
            ),
            models.UniqueConstraint(
                fields=["province", "number", "date", "origin", "is_exercise"],
                name="flight_once_per_province_and_day",
                violation_error_message=_("This flight is already entered for this day."),
            ),
        ]
        indexes = [*Entry.Meta.indexes, models.Index(fields=["date"], name="flight_by_date")]

    def __str__(self) -> str:
        return f"{self.number} {self.date:%d/%m/%Y}"

    def last_day(self) -> dt.date:
        return self.date

    def searchable(self) -> Iterable[str]:
        yield from (self.number, self.code, self.origin, self.destination)
        yield from (airports.name(self.origin), airports.name(self.destination))

    @property
    def at(self) -> dt.datetime | None:
        """The moment of its time, in the zone of the airport that the time belongs to."""
        if self.local_time is None:
            return None
        if self.time_kind == self.TimeKind.DEPARTURE:
            zone = airports.zone(self.origin)
        elif self.time_kind == self.TimeKind.ARRIVAL:
            zone = airports.zone(self.destination)
        else:
            zone = ZoneInfo("Asia/Ho_Chi_Minh")
        return dt.datetime.combine(self.date, self.local_time, zone)

    @property
    def when(self) -> str:
        """In words: "22/03/2021, departure 12:15"."""
        return wording.flight_text(self)

    @property
    def when_html(self) -> SafeString:
        """`when` with `<time>` elements."""
        return wording.flight_html(self)

    @property
    def route(self) -> str:
        """In words: "from Phú Quốc (PQC) to Nội Bài, Hà Nội (HAN)"."""
        return wording.route_text(self)

    @property
    def origin_name(self) -> str:
        return airports.name(self.origin)

    @property
    def destination_name(self) -> str:
        return airports.name(self.destination)

    def get_absolute_url(self) -> str:
        return reverse("flight", args=[self.province.slug, self.code])
