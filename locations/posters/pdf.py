"""A poster as PDF: vector code, embedded fonts, text that can be searched and copied."""

from io import BytesIO

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from locations.posters import typography
from locations.posters.layout import Poster, arrange
from locations.posters.page import Area, Colour, Line
from locations.posters.typography import FONT_DIR, Weight

FONT_NAME = "BeVietnamPro-{}"


def poster_pdf(poster: Poster) -> bytes:
    """`poster` as a PDF of one A4 page; the same poster gives the same bytes."""
    _register_fonts()
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=A4,
        invariant=True,
        lang=poster.language,
        pageCompression=1,
        # Else reportlab names Helvetica, which is not embedded, and print shops refuse the file.
        initialFontName=FONT_NAME.format(Weight.REGULAR),
    )
    canvas.setTitle(poster.title)
    canvas.setAuthor(poster.issuer)
    canvas.setSubject(poster.address)
    canvas.setCreator("")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    page = arrange(poster)
    for area in page.areas:
        _fill(canvas, area)
    for line in page.lines:
        _write(canvas, line)
    canvas.save()
    return buffer.getvalue()


def _register_fonts() -> None:
    for weight in Weight:
        name = FONT_NAME.format(weight)
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, FONT_DIR / weight.file_name))


def _fill(canvas: Canvas, area: Area) -> None:
    canvas.setFillColor(_colour(area.colour))
    path = canvas.beginPath()
    for box in area.boxes:
        path.rect(box.x * mm, A4[1] - box.bottom * mm, box.width * mm, box.height * mm)
    canvas.drawPath(path, stroke=0, fill=1)
    if area.link:
        left, right = min(b.x for b in area.boxes), max(b.right for b in area.boxes)
        top, bottom = min(b.y for b in area.boxes), max(b.bottom for b in area.boxes)
        canvas.linkURL(area.link, (left * mm, A4[1] - bottom * mm, right * mm, A4[1] - top * mm))


def _write(canvas: Canvas, line: Line) -> None:
    text = canvas.beginText()
    text.setFont(FONT_NAME.format(line.weight), line.size * mm)
    text.setCharSpace(typography.TRACKING * line.size * mm)
    text.setFillColor(_colour(line.colour))
    for offset, run in typography.runs(line.text, line.weight):
        text.setTextOrigin((line.x + offset * line.size) * mm, A4[1] - line.baseline * mm)
        text.textOut(run)
    canvas.drawText(text)


def _colour(colour: Colour) -> Color:
    return Color(*(part / 255 for part in colour))
