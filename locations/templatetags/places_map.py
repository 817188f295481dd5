"""The map below a list of exposure locations."""

from typing import Any

from django import template
from django.conf import settings

from locations.models import Province
from portal import clock

register = template.Library()


@register.inclusion_tag("locations/_map.html")
def places_map(province: Province, *, below: str, level: int, query: str = "") -> dict[str, Any]:
    """The map of the current places of `province`, or of those that the filter in `query` leaves.

    `below` is the id of the list above it, which is complete; `level` is that of its heading.
    """
    ends = province.division.valid_to
    return {
        "province": province,
        "has_districts": ends is not None and clock.today() <= ends,
        "below": below,
        "level": level,
        "query": query,
        "tiles_url": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
    }
