"""Filters of the lists of exposure locations and flights."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from locations.models import Division, ExposureLocation
from locations.models.exposure_location import ExposureLocationQuerySet
from portal import clock
from portal.publishing.distinct import values_of
from portal.publishing.filters import DatedEntryFilter
from portal.publishing.rows import kept_part, names_known_to
from portal.web.selects import LongSelect


class UnitSelect(LongSelect):
    """Its options are rendered once: `keep` has them, or has them made and keeps them."""

    keep: Callable[[Callable[[], SafeString]], SafeString]

    def all_options(self) -> SafeString:
        return self.keep(super().all_options)


class UnitFilter(ModelChoiceFilter):
    """Wards or districts in which the province has listed something; anything else is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=UnitSelect, **kwargs)

    def get_queryset(self, request: Any) -> Any:
        units = Division.objects.filter(self.parent.units_listed(self.field_name))
        return units.order_by("folded_name", "pk").only("kind", "name", "parent", "former")

    @property
    def field(self) -> Any:
        field = super().field
        field.widget.keep = self._keep
        return field

    def _keep(self, make: Callable[[], SafeString]) -> SafeString:
        """Units are called what they are called today."""
        listed = (tuple(self.parent.wards), tuple(self.parent.districts))
        names = names_known_to(self.parent.request)
        return kept_part(names, make, "units", self.field_name, clock.today(), listed)


class ExposureLocationFilter(DatedEntryFilter):
    district = UnitFilter(
        label=_("District"), field_name="district", method="in_district", empty_label=_("all")
    )
    ward = UnitFilter(label=_("Ward or commune"), field_name="ward", empty_label=_("all"))
    kind = ChoiceFilter(
        label=_("Kind"), choices=ExposureLocation.Kind.choices, empty_label=_("all")
    )

    @cached_property
    def published(self) -> ExposureLocationQuerySet:
        return ExposureLocation.objects.public().filter(province=self.province)

    @cached_property
    def wards(self) -> list[str]:
        return values_of(self.published, "ward")

    @cached_property
    def districts(self) -> list[str]:
        return values_of(self.published, "district")

    def units_listed(self, level: str) -> Q:
        if level == "ward":
            return Q(pk__in=self.wards)
        around = Division.objects.filter(pk__in=self.wards).values("parent")
        return Q(pk__in=around) | Q(pk__in=self.districts)

    def in_district(
        self, queryset: ExposureLocationQuerySet, name: str, value: Division
    ) -> ExposureLocationQuerySet:
        return queryset.in_district(value.pk)


class FlightFilter(DatedEntryFilter):
    """Text, days and time of announcement are all there is to ask of a flight."""
