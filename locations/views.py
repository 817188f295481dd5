"""Public pages of exposure locations and flights."""

from locations.filters import ExposureLocationFilter, FlightFilter
from locations.models import ExposureLocation, Flight
from portal.publishing.views import EntryDetailView, EntryListView


class ExposureLocationList(EntryListView):
    model = ExposureLocation
    filterset_class = ExposureLocationFilter
    template_name = "locations/location_list.html"


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
