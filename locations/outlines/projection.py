"""Where the drawing lies on the earth."""

from dataclasses import dataclass
from math import atan, degrees, exp, pi, radians

Point = tuple[float, float]  # longitude and latitude in degrees, WGS 84


@dataclass(frozen=True, slots=True)
class Mercator:
    """A drawing in Mercator's projection: its left edge is at `west` degrees of longitude, its
    upper edge at `north` degrees of the projection, and one unit of it is `scale` degrees."""

    west: float
    north: float
    scale: float

    def point(self, x: float, y: float) -> Point:
        """The point of the earth that is drawn at `x`, `y` (units of the drawing, y downwards)."""
        return self.west + self.scale * x, _latitude(self.north - self.scale * y)


def _latitude(projected: float) -> float:
    """The latitude that Mercator's projection draws at `projected` degrees from the equator."""
    return degrees(2 * atan(exp(radians(projected))) - pi / 2)


# Fitted so that as many of the 10,035 wards of `locations/divisions/data` as possible have their
# point inside their own province: 98.7 % do, and the others lie 0.6 km outside (median). Against
# the coast and border of Natural Earth 1:10m (public domain) the outline is off by 1.0 km
# (median), 2.8 km (nine tenths). `build_outlines` measures the wards again whenever it runs.
# Trường Sa is drawn in the same place and size: of fifty charted reefs half have an islet of the
# drawing within 15 km; it is coarsest in the north, where islets are about 30 km too far east.
MAINLAND = Mercator(west=102.1205, north=24.0664, scale=0.019335)
# Hoàng Sa is drawn a little larger than the mainland and about 130 km too far south-east. Fitted
# to six of its islands and reefs (Tri Tôn, Phú Lâm, Linh Côn, Bông Bay, đảo Bắc, Chim Én), which
# then lie within 4 km of their charted positions.
HOANG_SA = Mercator(west=101.883, north=23.8037, scale=0.017541)
