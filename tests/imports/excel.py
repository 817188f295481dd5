"""XLSX with its texts in a table of their own, as Excel writes it and openpyxl here does not."""

import io
import zipfile
from typing import Any

from tests.imports.conftest import HEADINGS

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'''<Types xmlns="{PACKAGE}/content-types">
        <Default Extension="rels"
            ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET}.worksheet+xml"/>
        <Override PartName="/xl/sharedStrings.xml" ContentType="{SHEET}.sharedStrings+xml"/>
        </Types>''',
    "_rels/.rels": f'''<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>
        </Relationships>''',
    "xl/workbook.xml": f'''<workbook {MAIN} xmlns:r="{OFFICE}">
        <sheets><sheet name="Danh sách" sheetId="1" r:id="r1"/></sheets></workbook>''',
    "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="{PACKAGE}/relationships">
        <Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
        </Relationships>''',
}


def shared_strings_file(*rows: Any) -> bytes:
    texts: list[str] = []
    sheet = []
    for number, row in enumerate((HEADINGS, *rows), start=1):
        cells = []
        for letter, cell in zip("ABCDEFG", row, strict=True):
            cells.append(f'<c r="{letter}{number}" t="s"><v>{len(texts)}</v></c>')
            texts.append(f"<si><t>{cell}</t></si>")
        sheet.append(f'<row r="{number}">{"".join(cells)}</row>')
    parts = PARTS | {
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{''.join(sheet)}</sheetData>"
        "</worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(texts)}</sst>",
    }
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return saved.getvalue()
