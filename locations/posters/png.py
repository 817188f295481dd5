"""A poster as PNG, for print shops and chats that do not take a PDF."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from locations.posters import typography
from locations.posters.layout import (
    DOT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PNG_DPI,
    WHITE,
    Area,
    Line,
    Poster,
    arrange,
)
from locations.posters.typography import FONT_DIR, Weight


def poster_png(poster: Poster) -> bytes:
    """`poster` as an A4 page at 200 dots per inch (1654 × 2339 px); deterministic as the PDF."""
    image = Image.new("RGB", (_dots(PAGE_WIDTH), _dots(PAGE_HEIGHT)), WHITE)
    draw = ImageDraw.Draw(image)
    page = arrange(poster)
    for area in page.areas:
        _fill(draw, area)
    for line in page.lines:
        _write(draw, line)
    about = PngInfo()
    about.add_itxt("Title", poster.title, lang=poster.language)
    buffer = BytesIO()
    # A poster has few colours and their blends: a palette makes the file three times smaller.
    image.quantize(64, dither=Image.Dither.NONE).save(
        buffer, "PNG", optimize=True, dpi=(PNG_DPI, PNG_DPI), pnginfo=about
    )
    return buffer.getvalue()


def _dots(mm: float) -> int:
    return round(mm / DOT)


def _fill(draw: ImageDraw.ImageDraw, area: Area) -> None:
    for box in area.boxes:
        # Pillow counts the last row and column in.
        right, bottom = _dots(box.right) - 1, _dots(box.bottom) - 1
        left, top = _dots(box.x), _dots(box.y)
        draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=area.colour)


def _write(draw: ImageDraw.ImageDraw, line: Line) -> None:
    font = _font(line.weight, line.size / DOT)
    offsets = typography.offsets(line.text, line.weight)
    for letter, offset in zip(line.text, offsets, strict=False):
        place = ((line.x + offset * line.size) / DOT, line.baseline / DOT)
        draw.text(place, letter, fill=line.colour, font=font, anchor="ls")


@cache
def _font(weight: Weight, dots: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_DIR / weight.file_name, dots)
