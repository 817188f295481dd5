"""Public pages of exposure locations and flights."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page

from locations import map_data
from locations.filters import ExposureLocationFilter, FlightFilter
from locations.models import ExposureLocation, Flight
from locations.models.exposure_location import ExposureLocationQuerySet
from portal.publishing.views import EntryDetailView, EntryListView


class ExposureLocationList(EntryListView):
    model = ExposureLocation
    filterset_class = ExposureLocationFilter
    template_name = "locations/location_list.html"


@method_decorator(conditional_page, name="dispatch")
class ExposureLocationMap(ExposureLocationList):
    """What the list shows with the same filter, all of it, as data for the map."""

    paginate_by = None  # type: ignore[assignment]

    def get_queryset(self) -> ExposureLocationQuerySet:
        public = ExposureLocation.objects.public().concerning(self.province)
        return map_data.for_map(public).newest_first()

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return JsonResponse(
            map_data.collection(self.object_list),
            content_type=map_data.CONTENT_TYPE,
            json_dumps_params={"ensure_ascii": False, "separators": (",", ":")},
        )


class ExposureLocationDetail(EntryDetailView):
    model = ExposureLocation
    template_name = "locations/location_detail.html"


class FlightList(EntryListView):
    """Flights of one province, or of all provinces."""

    model = Flight
    filterset_class = FlightFilter
    template_name = "locations/flight_list.html"


class FlightDetail(EntryDetailView):
    model = Flight
    template_name = "locations/flight_detail.html"
