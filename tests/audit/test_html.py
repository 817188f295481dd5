"""Every page is valid HTML and every style sheet valid CSS, as the validator of the W3C says."""

import re
from typing import Any

import pytest

from portal.environment import BASE_DIR
from tests.audit.rendering import Rendered
from tests.audit.tools import validated

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("audit")]

# What Django's own admin writes, and no template of ours: a message, and the element within
# which alone it is let pass.
DJANGOS = {
    # The menu at the side: a row has a cell less where the officer may not add anything.
    "A table row was 2 columns wide": ("nav", r'<nav [^>]*id="nav-sidebar"'),
    # Fields that offer what they find: `AutocompleteMixin` writes only what is chosen, or nothing.
    "Element “option” without attribute “label” must not be empty": (
        "select", r'<select [^>]*class="[^"]*admin-autocomplete'
    ),
    "The first “option” element in a “select” element with a “required” attribute": (
        "select", r'<select [^>]*class="[^"]*admin-autocomplete'
    ),
}  # fmt: skip

# Container queries (CSS Conditional Rules 5): browsers know them since 2022, the validator not yet.
TOO_NEW = (
    "CSS: “container-type”: Property “container-type” doesn't exist.",
    "CSS: Unrecognized at-rule “@container”",
)


def test_every_page_and_style_sheet_is_valid_without_a_warning(pages, tmp_path):
    files = {}
    for number, page in enumerate(pages):
        file = tmp_path / f"{number}.html"
        file.write_text(page.html)
        files[file.as_posix()] = page
    static = BASE_DIR / "static"
    style_sheets = sorted(set(static.rglob("*.css")) - set(static.glob("vendor/**/*.css")))
    assert style_sheets
    wrong = []
    for message in validated([*tmp_path.iterdir(), *style_sheets]):
        path = message["url"].removeprefix("file:")
        page = files.get(path)
        if not (is_djangos(page, message) if page else message["message"] in TOO_NEW):
            where = f"{page or path}, line {message.get('lastLine')}"
            wrong.append(f"{where}: {message['message']} {message.get('extract')!r}")
    assert wrong == []


def is_djangos(page: Rendered, message: dict[str, Any]) -> bool:
    words = next((words for words in DJANGOS if message["message"].startswith(words)), None)
    if words is None or not page.is_staff:
        return False
    tag, element = DJANGOS[words]
    lines = page.html.split("\n")
    before = "\n".join(lines[: message["lastLine"]])
    opened = before.rfind(f"<{tag} ")
    return bool(re.match(element, before[opened:])) and f"</{tag}>" not in before[opened:]
