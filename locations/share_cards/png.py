"""A share card as PNG."""

from functools import cache
from io import BytesIO
from itertools import chain

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from locations.posters.drawing import drawn
from locations.posters.page import ACCENT, BLACK, INK, QUIET_INK, RULE, WHITE, Colour
from locations.share_cards.layout import HEIGHT, SIGN, TONES, WIDTH, Card, arrange
from locations.share_cards.signs import Sign, mask

# How many steps of a colour's blend with white the edges of letters need to look smooth.
STEPS = 12


def card_png(card: Card) -> bytes:
    """`card` as a picture of 1200 × 630 pixels; the same card gives the same bytes."""
    image = drawn(arrange(card), width=WIDTH, height=HEIGHT)
    image.paste(WHITE, (int(SIGN.x), int(SIGN.y)), mask(card.sign, int(SIGN.width)))
    about = PngInfo()
    about.add_itxt("Title", card.title, lang=card.language)
    buffer = BytesIO()
    # Measured: a palette makes the file three times smaller, the highest compression a tenth
    # more, in half of the whole time.
    few = image.quantize(palette=_palette(card.sign), dither=Image.Dither.NONE)
    few.save(buffer, "PNG", compress_level=6, pnginfo=about)
    return buffer.getvalue()


@cache
def _palette(sign: Sign) -> Image.Image:
    """The colours that a card has, and their blends with white; nothing else is on it."""
    colours = dict.fromkeys((INK, QUIET_INK, BLACK, ACCENT, TONES[sign], TONES[Sign.URGENT], RULE))
    blends = {WHITE: None} | dict.fromkeys(
        _blend(colour, step / STEPS) for colour in colours for step in range(STEPS)
    )
    palette = Image.new("P", (1, 1))
    palette.putpalette(list(chain.from_iterable(blends)))
    return palette


def _blend(colour: Colour, white: float) -> Colour:
    red, green, blue = (round(part + (255 - part) * white) for part in colour)
    return red, green, blue
