"""A page while it is being arranged: filled areas and lines of text, that a renderer draws.

Lengths are in a unit of the caller's (millimetres for posters, pixels for share cards), from the
page's top left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from locations.posters import typography
from locations.posters.typography import ASCENT, LEADING, Weight
from locations.qr.codes import Modules, black_runs

# A typographic point in millimetres.
PT = 25.4 / 72

Colour = tuple[int, int, int]
# Dark enough to stay a strong bar, and its white text legible, in black and white print.
ACCENT: Colour = (11, 66, 128)
INK: Colour = (23, 27, 33)
QUIET_INK: Colour = (84, 92, 103)
RULE: Colour = (176, 184, 194)
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Area:
    """Boxes filled with one colour, as one shape."""

    boxes: tuple[Box, ...]
    colour: Colour
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `x` and `baseline` say where its first letter stands."""

    text: str
    x: float
    baseline: float
    size: float
    weight: Weight
    colour: Colour

    @property
    def box(self) -> Box:
        """What the line occupies: from the top of a capital with marks to a descender's end."""
        width = typography.width(self.text, self.weight) * self.size
        top = self.baseline - ASCENT * self.size
        return Box(self.x, top, width, LEADING * self.size)


@dataclass(slots=True)
class Page:
    """The page while it is being arranged, and what the renderers draw in the end.

    `name` is kept in one line wherever it occurs in a text; `point` is how long one point of
    type size is in the page's unit.
    """

    name: str = ""
    point: float = PT
    areas: list[Area] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def fill(self, box: Box, colour: Colour) -> None:
        self.areas.append(Area((box,), colour))

    def write(
        self,
        text: str,
        box: Box,
        *,
        points: float,
        weight: Weight = Weight.BOLD,
        colour: Colour = INK,
        middle: bool = False,
        least: float = 0.0,
        ending: str = "…",
    ) -> float:
        """Sets `text` in `box` at `points` or as much smaller as it needs; what does not fit at
        `least` points ends with `ending`.

        Returns where the text ends, measured from the page's top.
        """
        if not text:
            return box.y
        text = typography.keep_together(text, self.name)
        fitted = typography.fit(
            text,
            weight,
            width=box.width,
            height=box.height,
            largest=points * self.point,
            least=least * self.point,
            ending=ending,
        )
        top = box.y + (box.height - fitted.height) / 2 if middle else box.y
        for number, line in enumerate(fitted.lines):
            baseline = top + (number * LEADING + ASCENT) * fitted.size
            self.lines.append(Line(line, box.x, baseline, fitted.size, weight, colour))
        return top + fitted.height

    def common_points(
        self, texts: Sequence[str], *, width: float, height: float, largest: float
    ) -> float:
        """The type size in points in which each of `texts` fits a box of its own."""
        return min(
            typography.fit(
                typography.keep_together(text, self.name),
                Weight.BOLD,
                width=width,
                height=height,
                largest=largest * self.point,
            ).size
            / self.point
            for text in texts
        )


def code_area(url: str, modules: Modules, *, left: float, top: float, module: float) -> Area:
    """The code of `url`, whose `modules` are `module` wide, without its quiet zone."""
    boxes = (
        Box(left + x * module, top + y * module, length * module, module)
        for x, y, length in black_runs(modules)
    )
    return Area(tuple(boxes), BLACK, link=url)
