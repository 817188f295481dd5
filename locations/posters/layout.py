"""What stands where on an A4 poster: one description that the PDF and the PNG are drawn from.

Lengths are in millimetres from the page's top left corner; type sizes too, written as points
where they are chosen.
"""

from dataclasses import dataclass

from locations.posters import typography
from locations.posters.page import (
    ACCENT,
    PT,
    QUIET_INK,
    RULE,
    WHITE,
    Box,
    Line,
    Page,
    code_area,
)
from locations.posters.typography import Weight
from locations.qr.codes import address_of, qr_modules

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
PNG_DPI = 200
DOT = 25.4 / PNG_DPI
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
        return address_of(self.url)


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
    page.areas.append(code_area(url, modules, left=left, top=top, module=module))


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
