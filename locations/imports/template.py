"""An empty list to fill in: Vietnamese headings, each with a comment that explains the column."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from locations.imports.columns import COLUMNS

DATES = ("starts_at", "ends_at")
# So that Excel takes what is typed as text and does not make a date or a number of it.
AS_TEXT = "@"
ROWS_MADE_READY = 200


def empty_list() -> bytes:
    """The XLSX file."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Places")
    for position, column in enumerate(COLUMNS, start=1):
        heading = sheet.cell(1, position, column.vietnamese)
        heading.font = Font(bold=True)
        heading.comment = Comment(str(column.explanation), "", width=320, height=90)
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = 36 if column.name in ("name", "action") else 18
        if column.name in ("external_id", *DATES):
            for row in range(2, ROWS_MADE_READY + 2):
                sheet.cell(row, position).number_format = AS_TEXT
    sheet.freeze_panes = "A2"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()
