"""Officers' words in files that people open with a spreadsheet: no cell is a formula."""

import csv
import io
import itertools
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.pages.open_data import DATASETS
from portal.publishing.roles import APPROVER, AUDITOR, AUTHOR
from tests import factories, states
from tests.accounts.conftest import Browser
from tests.faults.test_stored_scripts import words

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]

# PostgreSQL keeps no NUL and no form takes one; tests/open_data/test_csv.py writes it.
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\t", "\r", "\n")
UNSEEN = (" ", "   ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u202e", "\x1b", "\u2060 ")
BEFORE = ("", *UNSEEN, '"', "'")
THEN = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("https://evil.example","x")', "SUM(1)*cmd")
EXPORT = "/admin/publishing/revision/export/"


def payloads(count: int) -> list[str]:
    """`count` of all, from all signs and all that may stand before them first."""
    every = [before + sign + then for then, before, sign in itertools.product(THEN, BEFORE, SIGNS)]
    return every[:: max(1, len(every) // count)][:count]


def written(of: Any, texts: list[str]) -> Iterator[Any]:
    """Corrected and withdrawn entries of all kinds with `texts` in whatever officers write."""
    waiting = iter(texts)
    for number, (kind, (make, _change)) in enumerate(itertools.cycle(states.KINDS.items())):
        values = {"number": f"VN{number}"} if kind == "chuyen-bay" else {}
        entry = make(of, **values)
        fields = {}
        for field in words(type(entry)):
            if (text := next(waiting, None)) is not None:
                fields[field.name] = text[: field.max_length]
        if not fields:
            return
        yield factories.correct(entry, fields.pop("public_note", "Sửa"), **fields)
        if (reason := next(waiting, "")).strip():
            yield factories.withdraw(entry, reason)


def would_run(cell: str) -> bool:
    """Whether some spreadsheet takes `cell` for a formula, and not for a text or a number."""
    try:
        float(cell)
    except ValueError:
        shown = cell.lstrip("".join(UNSEEN))
        first = unicodedata.normalize("NFKC", shown[:1])
        return cell[:1] in ("\t", "\r", "\n", "\x00") or first in ("=", "+", "-", "@")
    return False


def cells(content: bytes) -> list[str]:
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(itertools.chain.from_iterable(csv.reader(text, strict=True)))


def test_formulas_in_exports(hai_phong, client, times, tell):
    texts = payloads(times(60, 500))
    auditor = factories.officer("auditor", AUDITOR, hai_phong)
    # They too stand in the trail.
    for role in (AUTHOR, APPROVER):
        officer = factories.national(role)
        officer.first_name, officer.last_name = "+1", "=1"
        officer.save()
    entries = list(written(hai_phong, texts))
    files = [
        client.get(f"/{where}/{dataset.slug}.csv", {"bom": bom})
        for where in ("hai-phong", "du-lieu")
        for dataset in DATASETS.values()
        for bom in ("0", "1")
    ]
    files.append(Browser().sign_in(auditor).get(EXPORT))
    found = [cell for file in files for cell in cells(b"".join(file.streaming_content))]
    # They are all there: as they were typed, or marked.
    there = {cell.removeprefix("'") for cell in found}
    assert len([text for text in texts if text in there or f"'{text}" in found]) > len(texts) // 2
    run = [cell for cell in found if would_run(cell)]
    tell(
        "formulas in what officers write, in every export",
        injected=len(texts),
        observed=f"{len(files)} files of {len(entries)} entries, would run: {run[:3] or 'none'}",
        lost=len(run),
    )


def test_the_list_to_fill_in_has_no_formula(author):
    file = Browser().sign_in(author).get("/admin/locations/exposurelocation/import/template.xlsx")
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
