"""What stands where on an A4 poster: one description that the PDF and the PNG are drawn from.

Lengths are in millimetres from the page's top left corner; type sizes too, written as points
where they are chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from locations.posters import typography
from locations.posters.typography import ASCENT, LEADING, Weight
from locations.qr.codes import black_runs, qr_modules

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
PNG_DPI = 200
DOT = 25.4 / PNG_DPI
PT = 25.4 / 72
MARGIN = 16.0
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN

# A code wants to be as wide as a tenth of the distance it is read from (a rule of thumb
# of printers). These 11 cm, of which the code takes what divides into
# whole dots, serve a reader at arm's length and a step back, 1.1 m, from a notice board.
CODE_WIDTH = 114.0
CODE_TOP = 98.0
# The second column begins where the quiet zone of every size of code has ended.
COLUMN = 143.0
COLUMN_WIDTH = PAGE_WIDTH - MARGIN - COLUMN

Colour = tuple[int, int, int]
# Dark enough to stay a strong bar, and its white text legible, in black and white print.
ACCENT: Colour = (11, 66, 128)
INK: Colour = (23, 27, 33)
QUIET_INK: Colour = (84, 92, 103)
RULE: Colour = (176, 184, 194)
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says. All texts are as they are printed; an empty one takes no space.

    `url` is what the code holds (see `locations.qr.codes.printed_url`); its address is printed
    in words, because codes get pasted over and a phone shows where a code leads before opening it.
    """

    language: str
    issuer: str
    province: str
    headline: str
    steps: tuple[str, ...]
    account_label: str
    account: str
    url: str
    address_label: str
    hotline_label: str = ""
    hotlines: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title of the document."""
        return f"{self.province}: {self.headline}".replace(typography.NO_BREAK_SPACE, " ")

    @property
    def address(self) -> str:
        """`url` as people read it: host.example.vn/Q/7H3KD."""
        parts = urlsplit(self.url)
        host = (parts.hostname or "").encode().decode("idna")
        port = f":{parts.port}" if parts.port else ""
        return f"{host}{port}{parts.path}"


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

    `name` is kept in one line wherever it occurs in a text.
    """

    name: str = ""
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
    ) -> float:
        """Sets `text` in `box` at `points` or as much smaller as it needs.

        Returns where the text ends, in mm from the page's top.
        """
        if not text:
            return box.y
        text = typography.keep_together(text, self.name)
        fitted = typography.fit(
            text, weight, width=box.width, height=box.height, largest=points * PT
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
                largest=largest * PT,
            ).size
            / PT
            for text in texts
        )


def arrange(poster: Poster) -> Page:
    """The poster's page."""
    page = Page(poster.province)
    _bar(page, poster)
    page.write(poster.headline, Box(MARGIN, 50, TEXT_WIDTH, 32.5), points=31, middle=True)
    _code(page, poster.url)
    _steps(page, poster.steps)
    _account(page, poster)
    _foot(page, poster)
    return page


def _bar(page: Page, poster: Poster) -> None:
    page.fill(Box(0, 0, PAGE_WIDTH, 46), ACCENT)
    page.write(
        poster.issuer,
        Box(MARGIN, 10, TEXT_WIDTH, 8),
        points=16,
        weight=Weight.SEMIBOLD,
        colour=WHITE,
    )
    page.write(poster.province, Box(MARGIN, 18, TEXT_WIDTH, 24), points=48, colour=WHITE)


def _code(page: Page, url: str) -> None:
    modules = qr_modules(url)
    # Whole dots of the PNG, so that every module is equally wide there.
    module = int(CODE_WIDTH / len(modules) / DOT) * DOT
    left, top = (round(mm / DOT) * DOT for mm in (MARGIN, CODE_TOP))
    boxes = (
        Box(left + x * module, top + y * module, length * module, module)
        for x, y, length in black_runs(modules)
    )
    page.areas.append(Area(tuple(boxes), BLACK, link=url))


def _steps(page: Page, steps: tuple[str, ...]) -> None:
    if not steps:
        return
    badge, gap = 12.0, 2.5
    slot = CODE_WIDTH / max(2, len(steps))
    height = slot - badge - gap - 4
    points = page.common_points(steps, width=COLUMN_WIDTH, height=height, largest=24)
    for number, step in enumerate(steps):
        square = Box(COLUMN, CODE_TOP + number * slot, badge, badge)
        page.fill(square, ACCENT)
        _centred(page, str(number + 1), square)
        page.write(step, Box(COLUMN, square.bottom + gap, COLUMN_WIDTH, height), points=points)


def _centred(page: Page, numeral: str, square: Box) -> None:
    size = square.height * 0.66
    width = typography.width(numeral, Weight.BOLD) * size
    # Numerals are as tall as capitals, 0.74 em in this font.
    baseline = square.y + (square.height + 0.74 * size) / 2
    x = square.x + (square.width - width) / 2
    page.lines.append(Line(numeral, x, baseline, size, Weight.BOLD, WHITE))


def _label(page: Page, text: str, x: float, y: float, width: float) -> float:
    box = Box(x, y, width, 6.5)
    return page.write(text, box, points=13, weight=Weight.REGULAR, colour=QUIET_INK)


def _account(page: Page, poster: Poster) -> None:
    y = _label(page, poster.account_label, MARGIN, 225, TEXT_WIDTH)
    page.write(poster.account, Box(MARGIN, y + 0.8, TEXT_WIDTH, 20), points=28, colour=ACCENT)


def _foot(page: Page, poster: Poster) -> None:
    top, bottom = 258.5, 288.0
    page.fill(Box(MARGIN, 254.5, TEXT_WIDTH, 0.4), RULE)
    width = COLUMN - MARGIN - 8 if poster.hotlines else TEXT_WIDTH
    y = _label(page, poster.address_label, MARGIN, top, width)
    # In one line if that can be read at all, else in two.
    readable = typography.width(poster.address, Weight.BOLD) * 13 * PT <= width
    page.write(poster.address, Box(MARGIN, y, width, 9 if readable else 18), points=20)
    if poster.hotlines:
        y = _label(page, poster.hotline_label, COLUMN, top, COLUMN_WIDTH)
        # No higher than one line of the largest type: a number is not to be wrapped.
        height = min((bottom - y) / len(poster.hotlines), 12.0)
        points = page.common_points(poster.hotlines, width=COLUMN_WIDTH, height=height, largest=26)
        for number in poster.hotlines:
            y = page.write(number, Box(COLUMN, y, COLUMN_WIDTH, height), points=points)
