"""An arranged page as a picture of dots."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from locations.posters import typography
from locations.posters.page import WHITE, Area, Line, Page
from locations.posters.typography import FONT_DIR, Weight


def drawn(page: Page, *, width: float, height: float, dot: float = 1.0) -> Image.Image:
    """`page` on white; `width`, `height` and `dot` (how wide a dot is) are in the page's unit."""
    image = Image.new("RGB", (round(width / dot), round(height / dot)), WHITE)
    draw = ImageDraw.Draw(image)
    for area in page.areas:
        _fill(draw, area, dot)
    for line in page.lines:
        _write(draw, line, dot)
    return image


def _fill(draw: ImageDraw.ImageDraw, area: Area, dot: float) -> None:
    for box in area.boxes:
        # Pillow counts the last row and column in.
        right, bottom = round(box.right / dot) - 1, round(box.bottom / dot) - 1
        left, top = round(box.x / dot), round(box.y / dot)
        draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=area.colour)


def _write(draw: ImageDraw.ImageDraw, line: Line, dot: float) -> None:
    font = _font(line.weight, line.size / dot)
    offsets = typography.offsets(line.text, line.weight)
    for letter, offset in zip(line.text, offsets, strict=False):
        place = ((line.x + offset * line.size) / dot, line.baseline / dot)
        draw.text(place, letter, fill=line.colour, font=font, anchor="ls")


# As many sizes as pages that are asked for again and again have between them.
@lru_cache(maxsize=64)
def _font(weight: Weight, dots: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_DIR / weight.file_name, dots)
