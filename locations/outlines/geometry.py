"""What the outlines need of plane geometry. Points are pairs; rings do not repeat their first."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]


def sides(ring: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    """The sides of a closed ring, the closing one included."""
    return pairwise([*ring, ring[0]])


def signed_area(ring: Sequence[Point]) -> float:
    """In square units of the points; negative if the ring runs clockwise."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in sides(ring)) / 2


def area(ring: Sequence[Point]) -> float:
    return abs(signed_area(ring))


def inside_point(ring: Sequence[Point]) -> Point:
    """A point inside, for a name: on the line through half the height, where it is widest."""
    heights = [y for _, y in ring]
    y = (min(heights) + max(heights)) / 2
    crossings = sorted(
        ax + (y - ay) * (bx - ax) / (by - ay)
        for (ax, ay), (bx, by) in sides(ring)
        if (ay > y) != (by > y)
    )
    left, right = max(
        zip(crossings[::2], crossings[1::2], strict=True), key=lambda pair: pair[1] - pair[0]
    )
    return (left + right) / 2, y


def contains(ring: Sequence[Point], point: Point) -> bool:
    """Whether `point` lies inside, by the number of sides to its right."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in sides(ring):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def distance(point: Point, start: Point, end: Point) -> float:
    """From `point` to the straight line from `start` to `end`."""
    (px, py), (ax, ay), (bx, by) = point, start, end
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = min(1, max(0, ((px - ax) * dx + (py - ay) * dy) / length)) if length else 0
    return ((px - ax - along * dx) ** 2 + (py - ay - along * dy) ** 2) ** 0.5
