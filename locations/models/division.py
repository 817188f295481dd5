"""Administrative divisions of Vietnam, of both eras: provinces, districts and wards."""

from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from locations.divisions.titles import KINDS, Kind, Level, Title, accents, endings, standard
from portal import clock
from portal.text import search_words


class DivisionQuerySet(models.QuerySet["Division"]):
    def valid(self, on: date | None = None) -> Self:
        """Divisions in force on the day `on` (default: today); open ends count as in force."""
        on = on or clock.today()
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on)
        )

    def provinces(self) -> Self:
        return self.filter(level=Level.PROVINCE)

    def districts(self) -> Self:
        return self.filter(level=Level.DISTRICT)

    def wards(self) -> Self:
        return self.filter(level=Level.WARD)

    def within(self, unit: "Division") -> Self:
        """What is part of `unit` directly or through a district, without `unit` itself."""
        return self.filter(Q(parent=unit) | Q(parent__in=unit.children.all()))

    def matching(self, text: str) -> Self:
        """Divisions in whose path every word of `text` begins a word; the larger ones first.

        Accents and case do not matter; names that a division had before are found too.
        """
        found = self
        for word in search_words(text):
            found = found.filter(search_text__contains=f" {word}")
        return found.order_by("level", "folded_name", "pk")

    def with_path(self) -> Self:
        """With the parents, so that `path_name` asks the database no more."""
        return self.select_related("parent__parent")

    def with_current(self) -> Self:
        """With parents and successors, so that `current` asks the database no more."""
        units = self.model.objects.with_path().order_by()
        return self.with_path().prefetch_related(
            models.Prefetch("successors", units),
            models.Prefetch("successors__successors", units),
        )

    def find(
        self,
        *,
        province_name: str = "",
        district_name: str = "",
        ward_name: str = "",
        on: date | None = None,
    ) -> "Division":
        """The one division of these names on the day `on` (default: today): the smallest named.

        Names are taken with or without their kind ("huyện Kiến Thụy", "TP. Thuận An", "P.9",
        "Đại Hợp"), whatever their case and accents; accents decide only between namesakes. A kind
        that is written must be right, because "xã X" and "thị trấn X" are two places. Leave out
        what is not known; since 2025-07-01 there are no districts.

        Raises Division.DoesNotExist or Division.MultipleObjectsReturned, with a message for the
        person who typed the names.
        """
        on = on or clock.today()
        typed = {
            Level.PROVINCE: province_name,
            Level.DISTRICT: district_name,
            Level.WARD: ward_name,
        }
        found: Division | None = None
        for level, name in typed.items():
            if endings(name):
                found = self.valid(on)._called(name, level, found, on)
        if found is None:
            raise self.model.DoesNotExist(gettext("No name is given."))
        return found

    def _called(self, name: str, level: Level, scope: "Division | None", on: date) -> "Division":
        units = self.filter(level=level).with_path()
        if scope:
            units = units.within(scope.parent or scope)
        names = endings(name)
        called: list[Division] = []
        # By the indexed name; only if that fails through all the names it ever had.
        for narrowed in (Q(folded_name__in=names), Q(search_text__contains=f" {names[-1]}")):
            called = called or [
                unit
                for unit in units.filter(narrowed)
                if unit.title(on).is_called(name) and (not scope or unit.is_within(scope, on))
            ]
        if len(called) > 1:
            called = [unit for unit in called if _same_accents(unit.title(on), name)] or called
        if len(called) == 1:
            return called[0]
        place = {
            "name": name,
            "scope": scope.full_name_on(on) if scope else gettext("the country"),
            "day": formats.date_format(on, "SHORT_DATE_FORMAT"),
        }
        if not called:
            raise self.model.DoesNotExist(
                gettext("There is no “%(name)s” in %(scope)s on %(day)s.") % place
            )
        raise self.model.MultipleObjectsReturned(
            gettext("“%(name)s” in %(scope)s may be: %(units)s.")
            % {**place, "units": "; ".join(sorted(unit.path_name(on) for unit in called))}
        )


class Division(models.Model):
    """A province, district or ward, for as long as it kept its code.

    The key is the year of the decision that numbers it and its code there, and is permanent:
    `2004-11752` (Decision 124/2004/QĐ-TTg, until 2025-06-30), `2025-11359` (19/2025/QĐ-TTg, since
    2025-07-01). A rename, another kind or another district does not end a division: the columns
    hold its latest title, and `former` those before, so that children and addresses keep
    referring to one row (Đồng Nai is `2025-75` as a province and, since 2026-04-30, as a city).
    What ended points to its `successors`. Where the data come from: `locations.divisions`.
    """

    Level = Level
    Kind = Kind

    id = models.CharField(_("key"), primary_key=True, max_length=12)
    code = models.CharField(
        _("code"), max_length=5, help_text=_("Of the General Statistics Office.")
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    folded_name = models.CharField(max_length=80, editable=False)
    search_text = models.TextField(editable=False)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    valid_from = models.DateField(_("since"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day."))
    former = models.JSONField(
        _("former titles"),
        default=list,
        blank=True,
        help_text=_("Oldest first, each with “until” (the last day), “kind”, “name”, “parent”."),
    )
    successors = models.ManyToManyField(
        "self",
        verbose_name=_("successors"),
        symmetrical=False,
        related_name="predecessors",
        blank=True,
    )

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("administrative division")
        verbose_name_plural = _("administrative divisions")
        ordering = ["pk"]
        indexes = [models.Index(fields=["folded_name", "level"], name="division_by_name")]
        constraints = [
            models.CheckConstraint(
                name="division_ends_after_start",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                name="division_has_parent_unless_province",
                condition=Q(level=Level.PROVINCE, parent=None)
                | (~Q(level=Level.PROVINCE) & Q(parent__isnull=False)),
                violation_error_message=_(
                    "A district or ward is part of something; a province is not."
                ),
            ),
            models.CheckConstraint(
                name="division_kind_fits_level",
                condition=Q(level=Level.PROVINCE, kind__in=KINDS[Level.PROVINCE])
                | Q(level=Level.DISTRICT, kind__in=KINDS[Level.DISTRICT])
                | Q(level=Level.WARD, kind__in=KINDS[Level.WARD]),
                violation_error_message=_("This kind does not belong to this level."),
            ),
            models.CheckConstraint(
                name="division_point_is_whole",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                violation_error_message=_("Give latitude and longitude together, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if self.parent and self.parent.level >= self.level:
            raise ValidationError({"parent": _("It must be part of a larger division.")})

    def derive(self) -> None:
        """Sets the columns for search from the names of the division and of its parents."""
        self.folded_name = standard(self.name)
        titles = [*self._former_titles(), self._last_title()]
        own = "".join(title.search_text for title in titles)
        self.search_text = own + (self.parent.search_text if self.parent else "")

    def title(self, on: date | None = None) -> Title:
        """Kind, name and parent on the day `on` (default: today); after its end, the last."""
        if not self.former:  # as of most of the hundreds that a page names
            return self._last_title()
        day = (on or clock.today()).isoformat()
        for former, title in zip(self.former, self._former_titles(), strict=True):
            if day <= former["until"]:
                return title
        return self._last_title()

    def full_name_on(self, on: date | None = None) -> str:
        """Kind and name on that day: "xã Đại Hợp", "Quận 1", "Thành phố Hồ Chí Minh"."""
        return self.title(on).full_name

    @property
    def full_name(self) -> str:
        """Kind and name today, or as they last were."""
        return self.full_name_on()

    def parent_on(self, on: date | None = None) -> "Division | None":
        """What it was part of on that day (default: today)."""
        parent_id = self.title(on).parent_id
        if parent_id == self.parent_id:
            return self.parent
        return Division.objects.with_path().get(pk=parent_id)

    def path_name(self, on: date | None = None) -> str:
        """Its own and its parents' names: "phường Đằng Giang, quận Ngô Quyền, thành phố Hải Phòng".

        As they were on the day `on` (default: today, or the end of the division).
        """
        parent = self.parent_on(on)
        own = self.full_name_on(on)
        return f"{own}, {parent.path_name(on)}" if parent else own

    def is_within(self, unit: "Division", on: date | None = None) -> bool:
        """Whether it was part of `unit` on that day (default: today), directly or not."""
        parent = self.parent_on(on)
        return parent is not None and (parent == unit or parent.is_within(unit, on))

    def current(self, on: date | None = None) -> list["Division"]:
        """The divisions that it belongs to on the day `on` (default: today).

        Itself while it is in force; afterwards what its successors, to the end, have become:
        several if it was divided, none if it ended without a successor.
        """
        on = on or clock.today()
        if self.valid_to is None or on <= self.valid_to:
            return [self]
        units = {unit for successor in self.successors.all() for unit in successor.current(on)}
        return sorted(units, key=lambda unit: unit.pk)

    def current_name(self, on: date | None = None) -> str:
        """What a page says after "nay thuộc"; empty while the division is still in force.

        The full path of each division it now belongs to, separated by "; ". A district that was
        shared out among several is said to belong to their province.
        """
        units = self.current(on)
        if units == [self]:
            return ""
        if self.level == Level.DISTRICT and len(units) > 1:
            units = sorted({u.parent for u in units if u.parent}, key=lambda unit: unit.pk)
        return "; ".join(unit.path_name(on) for unit in units)

    def _last_title(self) -> Title:
        return Title(Kind(self.kind), self.name, self.parent_id)

    def _former_titles(self) -> list[Title]:
        return [Title(Kind(f["kind"]), f["name"], f["parent"]) for f in self.former]


def _same_accents(title: Title, typed: str) -> bool:
    return accents(title.name) == accents(typed)[-len(title.name.split()) :]
