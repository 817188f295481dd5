"""What stands where on a share card: the picture of one entry that people send one another.

1200 × 630 pixels, which link previews take without cutting (the size that Open Graph readers
document). Lengths are in pixels from the top left corner; type sizes too. On a phone the picture
is seen at about 0.3 of its size, and turned sideways at about 0.6: hence the least sizes.
"""

from dataclasses import dataclass

from locations.posters import typography
from locations.posters.page import (
    ACCENT,
    INK,
    QUIET_INK,
    RULE,
    WHITE,
    Box,
    Colour,
    Line,
    Page,
    code_area,
)
from locations.posters.typography import LEADING, NO_BREAK_SPACE, Weight
from locations.qr.codes import QUIET_ZONE, address_of, qr_modules
from locations.share_cards.signs import Sign

WIDTH, HEIGHT = 1200, 630
MARGIN = 40
TEXT_WIDTH = WIDTH - 2 * MARGIN

# The bar at the top takes two lines of an issuer's name if it must.
BAR = 112
SIGN = Box(MARGIN, 20, 72, 72)
BAR_TEXT = SIGN.right + 22

# The code: as wide as whole modules allow. At 600 px, to which chats scale pictures down, each of
# 37 modules is still 3 px wide.
CODE_WIDTH = 236
# Texts beside the code end here, where the quiet zone of every size of code begins.
COLUMN = WIDTH - MARGIN - CODE_WIDTH - 34 - MARGIN

# What to do is the largest text, and never smaller than this: 9 px on a phone held upright.
ACTION_LARGEST, ACTION_LEAST = 66, 30
# Whatever else there is to say, this much of the height is left for what to do.
ACTION_HEIGHT = 128
LABEL_HEIGHT = 33
SMALL, LEAST = 25, 21
ABOUT_LINE = LEAST * LEADING + 1
WHEN_LEAST = 23
WHEN_LINE = WHEN_LEAST * LEADING + 4

TONES: dict[Sign, Colour] = {
    Sign.URGENT: (163, 9, 29),
    Sign.IMPORTANT: (138, 71, 0),
    Sign.INFORMATION: (11, 79, 138),
    Sign.PLACE: ACCENT,
    Sign.FLIGHT: ACCENT,
    Sign.CASES: ACCENT,
    Sign.PAST: (79, 92, 104),
    Sign.WITHDRAWN: (56, 60, 66),
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a share card says. All texts are as they are shown; an empty one takes no space.

    `stamp` stands across the card of an entry that no longer holds, in place of what to do.
    `url` is what the code holds (see `locations.qr.codes.printed_url`).
    """

    language: str
    sign: Sign
    kind: str
    province: str
    issuer: str
    headline: str
    about: str
    when: str
    action_label: str
    action: str
    posted: str
    url: str
    scan_label: str
    address_label: str
    ending: str
    stamp: str = ""

    @property
    def title(self) -> str:
        """The first line: what kind of thing this is, and of which province."""
        return f"{self.kind} · {self.province}"

    @property
    def address(self) -> str:
        """`url` as people read it: host.example.vn/Q/7H3KDX/2."""
        return address_of(self.url)

    @property
    def in_words(self) -> str:
        """The card for those who do not see it."""
        told = (self.stamp or self.kind, self.province, self.headline, self.about, self.when)
        words = ". ".join(text.rstrip(".") for text in (*told, self.action) if text)
        return f"{words}. {self.posted}. {self.address}"


def arrange(card: Card) -> Page:
    """The card's page; its sign stands in `SIGN`."""
    page = Page(card.province, point=1.0)
    top = _bar(page, card)
    if card.stamp:
        top = _stamp(page, card, top)
    _code(page, card)
    bottom = _foot(page, card)
    top = _facts(page, card, top + 14, bottom)
    _action(page, card, top, bottom)
    return page


def _bar(page: Page, card: Card) -> float:
    lines = Page(card.province, point=1.0)
    width = WIDTH - MARGIN - BAR_TEXT
    y = lines.write(card.title, Box(BAR_TEXT, 10, width, 59), points=45, colour=WHITE)
    y = lines.write(
        card.issuer,
        Box(BAR_TEXT, y, width, 54),
        points=27,
        least=18,
        weight=Weight.SEMIBOLD,
        colour=WHITE,
    )
    height = max(BAR, y + 10)
    page.fill(Box(0, 0, WIDTH, height), TONES[card.sign])
    page.lines += lines.lines
    return height


def _code(page: Page, card: Card) -> None:
    modules = qr_modules(card.url)
    module = CODE_WIDTH // len(modules)
    side = module * len(modules)
    left, top = WIDTH - MARGIN - side, HEIGHT - MARGIN - side
    page.areas.append(code_area(card.url, modules, left=left, top=top, module=module))
    zone = QUIET_ZONE * module
    # Above the code, in line with it and as near as its quiet zone allows.
    box = Box(left, top - zone - 62, side + MARGIN / 2, 62)
    page.write(card.scan_label, box, points=23, weight=Weight.SEMIBOLD)


def _foot(page: Page, card: Card) -> float:
    """What stands at the bottom; returns where it begins."""
    foot = Page(card.province, point=1.0)
    width = COLUMN - MARGIN
    # In one line if that can be read at all, else in two.
    one_line = typography.width(card.address, Weight.BOLD) * 24 <= width
    # Lines break between what is told, not within.
    posted = card.posted.replace(" ", NO_BREAK_SPACE).replace(f"·{NO_BREAK_SPACE}", "· ")
    y = foot.write(
        posted, Box(MARGIN, 10, width, 62), points=SMALL, least=LEAST, weight=Weight.REGULAR
    )
    y = foot.write(
        card.address_label, Box(MARGIN, y, width, 33), points=SMALL, weight=Weight.REGULAR
    )
    y = foot.write(
        card.address, Box(MARGIN, y, width, 42 if one_line else 70), points=32, colour=ACCENT
    )
    down = HEIGHT - 26 - y
    page.fill(Box(MARGIN, down, width, 2), RULE)
    page.lines += [
        Line(line.text, line.x, line.baseline + down, line.size, line.weight, line.colour)
        for line in foot.lines
    ]
    return down


def _facts(page: Page, card: Card, top: float, bottom: float) -> float:
    """Headline, time and place; what to do keeps its height below them. Returns where they end."""
    headline = len(page.lines)
    # Above the code there is room to its right, unless a stamp has moved the headline down.
    box = Box(MARGIN, top, COLUMN - MARGIN if card.stamp else TEXT_WIDTH, 88)
    y = page.write(card.headline, box, points=36, least=22, ending=card.ending)
    if card.stamp:
        _strike(page, page.lines[headline:])
    lowest = bottom - ACTION_HEIGHT - LABEL_HEIGHT
    # One line of each is always told, but for what no longer holds.
    of_when, of_about = (0.0, 0.0) if card.stamp else (WHEN_LINE, ABOUT_LINE)
    height = max(lowest - y - (of_about if card.about else 0), of_when)
    if height >= WHEN_LINE:
        y = page.write(
            card.when,
            Box(MARGIN, y, COLUMN - MARGIN, min(height, 74)),
            points=28,
            least=WHEN_LEAST,
            weight=Weight.SEMIBOLD,
            ending=card.ending,
        )
    height = max(lowest - y, of_about)
    if height >= ABOUT_LINE:
        y = page.write(
            card.about,
            Box(MARGIN, y, COLUMN - MARGIN, min(height, 66)),
            points=SMALL,
            least=LEAST,
            weight=Weight.REGULAR,
            colour=QUIET_INK,
            ending=card.ending,
        )
    return y


def _strike(page: Page, lines: list[Line]) -> None:
    for line in lines:
        y = line.baseline - 0.3 * line.size
        page.fill(Box(line.x, y, line.box.width, 3), INK)


def _action(page: Page, card: Card, top: float, bottom: float) -> None:
    width = COLUMN - MARGIN
    box = Box(MARGIN, top + 6, width, LABEL_HEIGHT)
    y = page.write(card.action_label, box, points=SMALL, colour=TONES[card.sign])
    page.write(
        card.action,
        Box(MARGIN, y, width, bottom - 6 - y),
        points=40 if card.stamp else ACTION_LARGEST,
        least=ACTION_LEAST,
        colour=QUIET_INK if card.sign == Sign.PAST else INK,
        ending=card.ending,
    )


def _stamp(page: Page, card: Card, top: float) -> float:
    """A band from edge to edge; returns where it ends."""
    band = Box(0, top, WIDTH, 104)
    page.fill(band, TONES[Sign.URGENT])
    box = Box(MARGIN, band.y + 3, TEXT_WIDTH, band.height - 6)
    page.write(card.stamp, box, points=70, colour=WHITE, middle=True)
    return band.bottom
