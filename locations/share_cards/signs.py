"""Signs that say what a card is about before a word of it is read; never a colour alone."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from math import cos, pi, sin

from PIL import Image, ImageDraw

# Drawn so many times larger and then made smaller, for smooth edges.
OVERSAMPLING = 4

Point = tuple[float, float]
# A polygon on a square of side 1, and whether it is drawn (True) or cut out of what is (False).
Shape = tuple[Sequence[Point], bool]


class Sign(StrEnum):
    URGENT = "urgent"
    IMPORTANT = "important"
    INFORMATION = "information"
    PLACE = "place"
    FLIGHT = "flight"
    CASES = "cases"
    PAST = "past"
    WITHDRAWN = "withdrawn"


@cache
def mask(sign: Sign, side: int) -> Image.Image:
    """`sign` as a mask (mode L) of `side` × `side` pixels."""
    large = side * OVERSAMPLING
    image = Image.new("L", (large, large))
    draw = ImageDraw.Draw(image)
    for points, drawn in SHAPES[sign]:
        draw.polygon([(x * large, y * large) for x, y in points], fill=255 if drawn else 0)
    return image.resize((side, side), Image.Resampling.BOX)


def _ellipse(x: float, y: float, radius: float) -> Sequence[Point]:
    turns = [2 * pi * step / 96 for step in range(96)]
    return [(x + radius * cos(turn), y + radius * sin(turn)) for turn in turns]


def _bar(one: Point, other: Point, width: float) -> Sequence[Point]:
    """A straight stroke from `one` to `other`."""
    (x, y), (u, v) = one, other
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    dx, dy = (v - y) / length * width / 2, (x - u) / length * width / 2
    return [(x + dx, y + dy), (u + dx, v + dy), (u - dx, v - dy), (x - dx, y - dy)]


def _exclamation(top: float, bottom: float) -> list[Shape]:
    dot = bottom - 0.06
    return [
        ([(0.43, top), (0.57, top), (0.545, dot - 0.11), (0.455, dot - 0.11)], False),
        (_ellipse(0.5, dot, 0.065), False),
    ]


DISC: Shape = (_ellipse(0.5, 0.5, 0.48), True)
# Nose up; the right half, which is mirrored.
HALF_PLANE: Sequence[Point] = (
    (0.50, 0.02), (0.555, 0.06), (0.575, 0.14), (0.575, 0.36), (0.98, 0.62), (0.98, 0.72),
    (0.575, 0.59), (0.565, 0.80), (0.70, 0.90), (0.70, 0.97), (0.50, 0.92),
)  # fmt: skip

SHAPES: dict[Sign, Sequence[Shape]] = {
    Sign.URGENT: [([(0.5, 0.04), (1.0, 0.94), (0.0, 0.94)], True), *_exclamation(0.32, 0.86)],
    Sign.IMPORTANT: [
        ([(0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)], True),
        *_exclamation(0.22, 0.78),
    ],
    Sign.INFORMATION: [
        DISC,
        (_ellipse(0.5, 0.27, 0.075), False),
        ([(0.43, 0.41), (0.57, 0.41), (0.57, 0.78), (0.43, 0.78)], False),
    ],
    Sign.PLACE: [
        (_ellipse(0.5, 0.38, 0.35), True),
        ([(0.19, 0.54), (0.81, 0.54), (0.5, 0.99)], True),
        (_ellipse(0.5, 0.38, 0.14), False),
    ],
    Sign.FLIGHT: [
        ([*HALF_PLANE, *((1 - x, y) for x, y in reversed(HALF_PLANE))], True),
    ],
    Sign.CASES: [
        DISC,
        (_bar((0.5, 0.22), (0.5, 0.78), 0.18), False),
        (_bar((0.22, 0.5), (0.78, 0.5), 0.18), False),
    ],
    Sign.PAST: [
        DISC,
        (_bar((0.5, 0.18), (0.5, 0.56), 0.1), False),
        (_bar((0.46, 0.53), (0.74, 0.66), 0.1), False),
    ],
    Sign.WITHDRAWN: [
        DISC,
        (_bar((0.28, 0.28), (0.72, 0.72), 0.14), False),
        (_bar((0.72, 0.28), (0.28, 0.72), 0.14), False),
    ],
}  # fmt: skip
