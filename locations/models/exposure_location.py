"""Places where people may have been exposed."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locations.models.division import Division
from locations.points import Point, point_of
from portal.publishing.models import Entry, EntryQuerySet

# So many places are looked up by the days asked for, and then put in order. Of more, the newest are
# met soon when the list is read in its order; among a million that would never meet a few.
FEW = 10_000


class ExposureLocationQuerySet(EntryQuerySet):
    def for_lists(self) -> Self:
        """With all that a row of a list shows, in a fixed number of queries."""
        units = Division.objects.with_current().order_by()
        return self.with_windows().prefetch_related(
            Prefetch("ward", units), Prefetch("district", units)
        )

    def with_windows(self) -> Self:
        """With what tells of a place in a line: its name, its address and when."""
        return self.select_related("province").prefetch_related("windows")

    def happened_between(self, first: date | None, last: date | None) -> Self:
        """Those with a window that touches the days from `first` to `last`, either open."""
        windows = self.model._meta.get_field("windows").related_model._default_manager.all()
        if first and last:
            began = windows.filter(starts_on__range=(first, last))
            lasted = windows.filter(
                starts_on__lt=first, ends_on__gte=first, ends_on__gt=F("starts_on")
            )
            columns = ("location", "location__published_at")
            both = [rows.order_by().values_list(*columns) for rows in (began, lasted)]
            added = dict(both[0].union(both[1])[: FEW + 1])
            if len(added) <= FEW:
                # A database that reads a list in its order need not begin years later.
                times = sorted(time for time in added.values() if time)
                within = {"published_at__range": (times[0], times[-1])} if times else {}
                return self.filter(pk__in=added, **within)
        windows = windows.filter(location=OuterRef("pk"))
        if first:
            windows = windows.filter(ends_on__gte=first)
        if last:
            windows = windows.filter(starts_on__lte=last)
        return self.filter(Exists(windows)) if first or last else self

    def in_district(self, key: str) -> Self:
        """Those in the district with this key, whether their ward is known or not."""
        wards = Division.objects.filter(parent=key)
        return self.filter(Q(ward__in=wards) | Q(district=key))


class ExposureLocation(Entry):
    """A place, with one or more windows. The written address always wins over the point."""

    class Kind(models.TextChoices):
        AREA = "area", _("area")
        HOTEL = "hotel", _("hotel")
        RESIDENTIAL = "residential", _("residential area")
        WORKPLACE = "workplace", _("workplace")
        SHOP = "shop", _("shop")
        MARKET = "market", _("market")
        RESTAURANT = "restaurant", _("restaurant or café")
        SCHOOL = "school", _("school")
        HEALTH = "health", _("health facility")
        TRANSPORT = "transport", _("transport")
        WORSHIP = "worship", _("place of worship")
        EVENT = "event", _("event")
        OTHER = "other", _("other")

    class Tier(models.TextChoices):
        CLOSE = "close", _("close contact")
        CASUAL = "casual", _("casual contact")
        MONITOR = "monitor", _("monitor for symptoms")

    content_fields = (
        *Entry.entry_fields,
        "external_id", "name", "name_en", "kind", "address", "ward", "district", "tier",
        "action", "action_en", "note", "note_en", "latitude", "longitude",
    )  # fmt: skip
    content_children = {
        "windows": ("starts_on", "starts_time", "ends_on", "ends_time", "note", "note_en")
    }
    unseen_fields = (*Entry.unseen_fields, "external_id")
    first_fields = ("name", "address", "ward", "district", "windows", "tier", "action")
    derived_from = (
        "ward__parent__parent", "district__parent", "province__division", "province__hotlines",
    )  # fmt: skip

    external_id = models.CharField(
        _("external id"), max_length=60, blank=True, help_text=_("Its id in the office's own list.")
    )
    name = models.CharField(_("place"), max_length=200)
    name_en = models.CharField(_("place (English)"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OTHER)
    address = models.CharField(
        _("address"), max_length=250, blank=True, help_text=_("Number and street, as written.")
    )
    ward = models.ForeignKey(
        Division,
        verbose_name=_("ward or commune"),
        on_delete=models.PROTECT,
        related_name="locations_in_ward",
        null=True,
        blank=True,
        limit_choices_to={"level": Division.Level.WARD},
        help_text=_("As it was at the time; what it belongs to today is added by itself."),
    )
    district = models.ForeignKey(
        Division,
        verbose_name=_("district"),
        on_delete=models.PROTECT,
        related_name="locations_in_district",
        null=True,
        blank=True,
        limit_choices_to={"level": Division.Level.DISTRICT},
        help_text=_("Needed only when the ward is not known; there are none since 01/07/2025."),
    )
    tier = models.CharField(_("contact tier"), max_length=10, choices=Tier, blank=True, default="")
    action = models.TextField(_("what to do"), blank=True)
    action_en = models.TextField(_("what to do (English)"), blank=True)
    note = models.TextField(_("note"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip

    # As it was at the time; kept, because it never changes and every row of a list shows it.
    unit_path = models.CharField(max_length=250, blank=True, editable=False)

    objects = ExposureLocationQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("exposure location")
        verbose_name_plural = _("exposure locations")
        constraints = [
            *Entry.Meta.constraints,
            models.UniqueConstraint(
                fields=["province", "external_id", "is_exercise"],
                condition=~Q(external_id=""),
                name="exposurelocation_external_id_once_per_province",
                violation_error_message=_("Another location has this external id."),
            ),
            models.CheckConstraint(
                name="exposurelocation_point_is_whole",
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__isnull=False,
                    longitude__range=(-180, 180),
                ),
                violation_error_message=_(
                    "Give latitude (-90 to 90) and longitude (-180 to 180) together, or neither."
                ),
            ),
        ]
        indexes = [
            *Entry.Meta.indexes,
            # In which wards and districts a province has listed something, and their lists.
            models.Index(
                fields=["province", "ward", "-published_at", "-id"], name="exposurelocation_wards"
            ),
            models.Index(
                fields=["province", "district", "-published_at", "-id"],
                name="exposurelocation_districts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if self.ward and self.district and self.ward.parent_id != self.district_id:
            raise ValidationError(
                {"ward": _("%(ward)s is not in %(district)s.")
                 % {"ward": self.ward.full_name, "district": self.district.full_name}}
            )  # fmt: skip

    def last_day(self) -> date:
        ends = [window.ends_on for window in self.windows.all() if window.ends_on]
        return max(ends) if ends else self.known_on

    def searchable(self) -> Iterable[str]:
        yield from (self.name, self.name_en, self.address, self.external_id, self.code)
        yield self.unit_path

    def derive(self) -> None:
        unit = self.unit or self.province.division
        self.unit_path = unit.path_name(self.last_day())
        super().derive()

    @property
    def full_address(self) -> str:
        """Street, ward, district and province as they were at the time."""
        street = self.address if self.address != self.name else ""
        # A whole commune is listed under its own name, which need not be said twice.
        unit = self.unit_path.removeprefix(f"{self.name}, ")
        return ", ".join(filter(None, [street, unit]))

    @property
    def unit(self) -> Division | None:
        """The smallest administrative unit that is known."""
        return self.ward or self.district

    @property
    def point(self) -> Point | None:
        """Where it lies: the written point, else the centroid of its ward or district."""
        return point_of(
            latitude=self.latitude,
            longitude=self.longitude,
            unit=self.unit,
            is_area=self.kind == self.Kind.AREA,
        )

    @property
    def now_part_of(self) -> str:
        """What the unit belongs to today, as far as is known; empty while it stands."""
        return self.unit.current_name(date.max) if self.unit else ""

    @property
    def now_part_since(self) -> date | None:
        """The day since when the unit has been part of what it belongs to today."""
        units = self.unit.current(date.max) if self.unit else []
        began = [unit.valid_from for unit in units if unit != self.unit and unit.valid_from]
        return max(began, default=None)

    def get_absolute_url(self) -> str:
        return reverse("location", args=[self.province.slug, self.code])
