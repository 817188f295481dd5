"""Where a place lies, and how exactly that is known."""

from dataclasses import dataclass

from locations.divisions.titles import Kind
from locations.models.division import Division

# Of a building, its yard and the error of a phone's position; in metres.
PLACE_RADIUS = 100
# How far a unit of each kind reaches from its centroid, in metres: half the mean distance to the
# three nearest centroids of its level, the value that nine units in ten stay below. Measured on
# the 10,035 wards and 692 districts of `locations/divisions/data` that have a centroid.
UNIT_RADIUS = {
    Kind.WARD: 1_900,
    Kind.TOWNSHIP: 3_300,
    Kind.COMMUNE: 4_000,
    Kind.URBAN_DISTRICT: 4_700,
    Kind.TOWN: 12_500,
    Kind.CITY: 12_700,
    Kind.RURAL_DISTRICT: 15_300,
}
# The same on the 3,316 wards, communes and special zones since 01/07/2025, which are larger.
UNIT_RADIUS_SINCE_2025 = {
    Kind.WARD: 4_400,
    Kind.COMMUNE: 6_900,
    Kind.SPECIAL_ZONE: 43_700,
}


@dataclass(frozen=True, slots=True)
class Point:
    """A point (degrees, WGS 84) and the radius around it, in metres, in which the place lies.

    Approximate if it is only the centroid of a ward or district.
    """

    latitude: float
    longitude: float
    radius: int
    is_approximate: bool


def unit_radius(unit: Division) -> int:
    """How far a ward or district reaches from its centroid, in metres, by its kind and era."""
    since_2025 = UNIT_RADIUS_SINCE_2025 if unit.pk.startswith("2025-") else {}
    return since_2025.get(Kind(unit.kind)) or UNIT_RADIUS[Kind(unit.kind)]


def point_of(
    *, latitude: float | None, longitude: float | None, unit: Division | None, is_area: bool
) -> Point | None:
    """Where a place with this written point in this `unit` lies; None if neither says.

    An area reaches as far as its unit even when its point is written.
    """
    if latitude is not None and longitude is not None:
        is_coarse = is_area and unit is not None
        radius = unit_radius(unit) if is_coarse and unit else PLACE_RADIUS
        return Point(latitude, longitude, radius, is_approximate=is_coarse)
    if unit is None or unit.latitude is None or unit.longitude is None:
        return None
    return Point(unit.latitude, unit.longitude, unit_radius(unit), is_approximate=True)
