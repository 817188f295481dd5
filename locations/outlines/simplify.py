"""Fewer points, so that the file is small, and neighbours that share one border.

The drawing has each border twice, once for each neighbour, up to half a kilometre apart. First the
two become one (`weld`); what the drawing shows in several parts is joined (`join`); then a border
is simplified once for both neighbours (`simplify`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import count, product

from locations.outlines.geometry import Point, distance, sides, signed_area

Outlines = dict[str, list[list[Point]]]

# Square degrees, about a square kilometre; the provinces have no island as small as that.
SLIVER = 0.0001


def weld(outlines: Outlines, tolerance: float) -> Outlines:
    """The same rings, with points of different rings that are at most `tolerance` apart made one.
    The rings that come first keep theirs."""
    kept: dict[tuple[int, int], list[tuple[Point, set[int]]]] = defaultdict(list)
    number = count()

    def welded(ring: list[Point]) -> list[Point]:
        this = next(number)
        return [one(point, this) for point in ring]

    def one(point: Point, this: int) -> Point:
        cell = int(point[0] // tolerance), int(point[1] // tolerance)
        near = [
            (distance(point, other, other), other, owners)
            for dx, dy in product((-1, 0, 1), repeat=2)
            for other, owners in kept[cell[0] + dx, cell[1] + dy]
            if this not in owners
        ]
        nearest = min(near, key=lambda found: found[0], default=None)
        if nearest is None or nearest[0] > tolerance:
            kept[cell].append((point, {this}))
            return point
        nearest[2].add(this)
        return nearest[1]

    return {name: [welded(ring) for ring in rings] for name, rings in outlines.items()}


def join(rings: list[list[Point]]) -> list[list[Point]]:
    """The rings of one outline without the borders that two of them share, and without the slivers
    that are left of such borders."""
    same_way = [ring if signed_area(ring) > 0 else ring[::-1] for ring in rings]
    drawn = Counter(side for ring in same_way for side in sides(ring))
    following: dict[Point, list[Point]] = defaultdict(list)
    for (start, end), times in drawn.items():
        following[start] += [end] * (times - drawn[end, start])
    joined = []
    for ring in same_way:
        for start in ring:
            while following[start]:
                closed = [start]
                while (point := following[closed[-1]].pop()) != start:
                    closed.append(point)
                joined.append(closed)
    return [ring for ring in joined if signed_area(ring) > SLIVER]


def simplify(outlines: Outlines, tolerance: float) -> Outlines:
    """The rings without the points that lie within `tolerance` of the line that remains. A stretch
    that two outlines share loses the same points in both."""
    neighbours: dict[Point, set[Point]] = defaultdict(set)
    for rings in outlines.values():
        for ring in rings:
            for before, point in zip([ring[-1], *ring], ring, strict=False):
                neighbours[point].add(before)
                neighbours[before].add(point)
    # Where borders meet or part; what lies between two of them belongs to the same outlines.
    junctions = {point for point, others in neighbours.items() if len(others - {point}) != 2}
    return {
        name: [_simplified(ring, junctions, tolerance) for ring in rings]
        for name, rings in outlines.items()
    }


def _simplified(ring: list[Point], junctions: set[Point], tolerance: float) -> list[Point]:
    """Never less than a ring: what is all within `tolerance` stays as it is."""
    simple: list[Point] = []
    for stretch in _stretches(ring, junctions):
        # One direction for both neighbours, so that both lose the same points.
        forward = stretch[0] <= stretch[-1]
        line = _line(stretch if forward else stretch[::-1], tolerance)
        simple += (line if forward else line[::-1])[:-1]
    return simple if len(simple) > 2 else ring


def _stretches(ring: list[Point], junctions: set[Point]) -> Iterator[list[Point]]:
    """The ring cut at its junctions; one without any is cut at its ends in the west and east."""
    cuts = [at for at, point in enumerate(ring) if point in junctions]
    if len(cuts) < 2:
        cuts = sorted({*cuts, ring.index(min(ring)), ring.index(max(ring))})
    for start, end in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
        yield [ring[at % len(ring)] for at in range(start, end + 1)]


def _line(points: list[Point], tolerance: float) -> list[Point]:
    """Ramer, Douglas and Peucker: the farthest point stays if it is too far to be left out."""
    keep = {0, len(points) - 1}
    open_ends = [(0, len(points) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        between = range(first + 1, last)
        farthest = max(
            between, key=lambda at: distance(points[at], points[first], points[last]), default=None
        )
        if farthest is None:
            continue
        if distance(points[farthest], points[first], points[last]) > tolerance:
            keep.add(farthest)
            open_ends += [(first, farthest), (farthest, last)]
    return [points[at] for at in sorted(keep)]
