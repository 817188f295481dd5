"""Exposure locations for the map, as GeoJSON (RFC 7946)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locations.models import ExposureLocation
from locations.models.exposure_location import ExposureLocationQuerySet
from locations.points import Point

CONTENT_TYPE = "application/geo+json"
# Six decimals of a degree are a tenth of a metre, and all that RFC 7946 asks for.
DECIMALS = 6


def for_map(locations: ExposureLocationQuerySet) -> ExposureLocationQuerySet:
    """With all that `collection` reads, in two queries."""
    return locations.select_related("province", "ward", "district").prefetch_related("windows")


def collection(locations: Iterable[ExposureLocation]) -> dict[str, Any]:
    """A FeatureCollection of `locations` in the language that is active.

    `without_point` says how many of them have none and so are in the list only.
    """
    points = [(location, location.point) for location in locations]
    features = [_feature(location, point) for location, point in points if point is not None]
    return {
        "type": "FeatureCollection",
        "features": features,
        "without_point": len(points) - len(features),
    }


def _feature(location: ExposureLocation, point: Point) -> dict[str, Any]:
    """`area` is the ward or district in which the place lies, if no more is known than that;
    `radius` (metres) is how far from the point the place may be."""
    area = location.unit if point.is_approximate else None
    windows = [window.when for window in location.windows.all()]
    position = [round(degrees, DECIMALS) for degrees in (point.longitude, point.latitude)]
    return {
        "type": "Feature",
        "id": location.code,
        "geometry": {"type": "Point", "coordinates": position},
        "properties": {
            "name": location.name,
            "translation": location.name_en if get_language() == "en" else "",
            "when": "; ".join(windows) or _("time not known"),
            "address": location.full_address,
            "url": location.get_absolute_url(),
            "status": _status(location),
            "approximate": point.is_approximate,
            "area": area.full_name_on(location.last_day()) if area else "",
            "radius": point.radius,
        },
    }


def _status(location: ExposureLocation) -> str:
    if location.is_withdrawn:
        return "withdrawn"
    return "past" if location.is_past else "current"
