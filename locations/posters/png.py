"""A poster as PNG, for print shops and chats that do not take a PDF."""

from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from locations.posters.drawing import drawn
from locations.posters.layout import DOT, PAGE_HEIGHT, PAGE_WIDTH, PNG_DPI, Poster, arrange


def poster_png(poster: Poster) -> bytes:
    """`poster` as an A4 page at 200 dots per inch (1654 × 2339 px); deterministic as the PDF."""
    image = drawn(arrange(poster), width=PAGE_WIDTH, height=PAGE_HEIGHT, dot=DOT)
    about = PngInfo()
    about.add_itxt("Title", poster.title, lang=poster.language)
    buffer = BytesIO()
    # A poster has few colours and their blends: a palette makes the file three times smaller.
    image.quantize(64, dither=Image.Dither.NONE).save(
        buffer, "PNG", optimize=True, dpi=(PNG_DPI, PNG_DPI), pnginfo=about
    )
    return buffer.getvalue()
