"""Whatever is uploaded as a list: read, or refused in words, with little memory and time."""

import io
import json
import logging
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.html import escape

from locations.imports import sheets, xlsx, xlsx_child
from locations.imports.problems import Refused
from portal.publishing.models import Batch, Revision
from tests.accounts.conftest import Browser
from tests.faults.files import BOMBS, NAMES, SHEET, damaged
from tests.faults.test_bad_officers import Trial
from tests.imports.test_refused_files import HELD

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("browser")]
PAGE = "/admin/locations/exposurelocation/import/"
# In a short run: of each way to take memory or time one.
SOME = (
    f"entities laughing in {SHEET}", "overlapping parts", "sizes too small", "a row of millions",
    "as much text as there may be", "three times as much", "10 MB of line ends", "10 MB of commas",
)  # fmt: skip
# Lists that are read, with as many rows and bytes as any may have.
LARGEST = ("10 MB of what nobody sees", "10 MB of places")
# Of any process, in megabytes; and once it has read the largest lists: one of them alone, in a new
# process, takes 304.
MOST_MEMORY, MOST_AFTER_LARGEST = 300, 450
# The reader's own limit, and what starting it takes on a busy machine.
MOST_SECONDS = xlsx.SECONDS + 15


@pytest.fixture
def officer(author) -> Browser:
    browser = Browser().sign_in(author)
    browser.raise_request_exception = False
    return browser


def sent(data: bytes, name: str, province: Any) -> dict[str, Any]:
    return {"province": province.pk, "file": SimpleUploadedFile(name, data)}


def saved() -> tuple[int, int]:
    return Batch.objects.count(), Revision.objects.count()


def complaints(answer: Any) -> list[str]:
    """What is wrong with the answer to an upload."""
    if answer.status_code not in (200, 422):
        error = answer.exc_info and answer.exc_info[1]
        return [f"answered {answer.status_code}: {error!r}"]
    page, context = answer.content.decode(), answer.context
    if answer.status_code == 200:
        return [] if context["preview"].counts and not context["preview"].errors else ["no preview"]
    if "preview" in context:
        errors = context["preview"].errors
        lost = [one for one in context["errors"] if escape(one.message) not in page]
        # The last of very many says that there are more.
        nowhere = [one for one in errors[:499] if one.row is None and not one.column]
        return [f"not said: {one}" for one in lost] + [f"of nothing: {one}" for one in nowhere]
    words = [context.get("refused"), *context["form"].errors.get("file", ())]
    said = [one for one in words if one and escape(one) in page]
    return [] if said else ["refused without a word"]


def test_damaged_files(hai_phong, officer, times, tell, caplog):
    caplog.set_level(logging.CRITICAL)
    chance = random.Random(20210326)
    codes: Counter[int] = Counter()
    wrong = []
    count = times(30, 600)
    for number in range(count):
        data = damaged(chance)
        with Trial(officer):
            before = saved()
            answer = officer.post(PAGE, sent(data, chance.choice(NAMES) or "x", hai_phong))
            codes[answer.status_code] += 1
            problems = complaints(answer)
            if saved() != before:
                problems.append("saved before anybody said so")
            if answer.status_code == 200:
                problems += handed_over(officer, answer)
            wrong += [f"{number}: {what}" for what in problems]
    assert not wrong, "\n".join(wrong[:20])
    assert codes[200] > count // 50, "hardly a file was read"
    tell(
        "damaged lists, uploaded",
        injected=count,
        observed=f"{codes[200]} read, {codes[422]} refused in words, 500s: {codes[500]}",
        lost=codes[500],
    )


def handed_over(officer: Browser, answer: Any) -> list[str]:
    """What fails when the officer confirms what was shown."""
    shown = answer.context["preview"]
    token = {"upload": answer.context["upload"].token, "fingerprint": shown.fingerprint}
    before = saved()
    after = officer.post(PAGE, token)
    if shown.proposals and after.status_code == 302:
        batches, revisions = saved()
        whole = (batches, revisions) == (before[0] + 1, before[1] + len(shown.proposals))
        page = officer.get(after["Location"])
        return [] if whole and page.status_code == 200 else [f"by halves, {page.status_code}"]
    refused = after.status_code in (409, 422) and saved() == before
    return [] if refused else [f"confirmed: {after.status_code}"]


def test_damaged_files_of_the_command(hai_phong, author, times, tell, tmp_path):
    chance = random.Random(20210327)
    ends: Counter[str] = Counter()
    file = tmp_path / "list"
    count = times(15, 200)
    for _number in range(count):
        file.write_bytes(damaged(chance))
        form = chance.choice(("text", "json"))
        ends[imported(file, hai_phong, author, form)] += 1
    tell(
        "damaged lists, given to the command",
        injected=count,
        observed=", ".join(f"{number} {end}" for end, number in sorted(ends.items())),
        lost=count - ends["read"] - ends["refused"],
    )


def imported(file: Path, province: Any, officer: Any, form: str) -> str:
    """What became of a file, in a word."""
    out, err = io.StringIO(), io.StringIO()
    options = {"province": province.slug, "user": officer.username, "format": form}
    before = saved()
    try:
        call_command("import_exposures", file, **options, dry_run=True, stdout=out, stderr=err)
        return "read"
    except CommandError as refused:
        assert str(refused) and refused.returncode == 1
    except SystemExit as ended:
        assert ended.code == 1
        errors = json.loads(out.getvalue())["errors"]
        assert errors and all(error["message"] for error in errors)
    assert saved() == before
    return "refused"


@pytest.mark.django_db(transaction=True)
def test_bombs(hai_phong, author, server, times, tell, tmp_path):
    """Sent to a server in a process of its own, whose memory is looked at."""
    is_long = bool(times(0, 1))
    names = [name for name in BOMBS if name not in LARGEST] if is_long else [*SOME]
    browser = server.officer(author)
    wrong, slowest, peak = [], 0.0, 0.0
    for name in [*names, *(LARGEST if is_long else ())]:
        begun = time.monotonic()
        code, page = browser.upload(PAGE, BOMBS[name](), "list.xlsx", province=hai_phong.pk)
        slowest = max(slowest, time.monotonic() - begun)
        if code not in (200, 422) or (code == 422 and "alert" not in page):
            wrong.append(f"{name}: {code}")
        if name == names[-1]:
            peak = server.peak()
    assert not wrong, wrong
    assert slowest < MOST_SECONDS
    assert peak < MOST_MEMORY
    assert server.peak() < MOST_AFTER_LARGEST
    child = max(held(BOMBS[name](), tmp_path) for name in names if reaches_the_reader(name))
    assert child < MOST_MEMORY
    tell(
        "bombs, uploaded to a server",
        injected=len(names),
        observed=f"{peak:.0f} MB at most, its reader {child} MB, {slowest:.0f} s",
        lost=len(wrong),
    )


def reaches_the_reader(name: str) -> bool:
    """Whether a bomb passes what is looked at before a process is started for it."""
    data = BOMBS[name]()
    if not data.startswith(b"PK") or len(data) > sheets.MAX_BYTES:
        return False
    try:
        xlsx._check_archive(data)
    except Refused:
        return False
    return True


def held(data: bytes, folder: Path) -> int:
    """Megabytes that the process which reads XLSX held at most."""
    (folder / "bomb").write_bytes(data)
    limits = f"{sheets.MAX_ROWS},{sheets.MAX_COLUMNS},{sheets.MAX_CELL}"
    reader = [sys.executable, "-I", xlsx_child.__file__, limits]
    told = subprocess.run(
        [sys.executable, "-c", HELD, folder / "bomb", *reader], capture_output=True, check=False
    )
    return int(told.stderr.split()[-1])
