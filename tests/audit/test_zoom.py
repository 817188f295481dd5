"""Pages for those who need them larger: twice the text, four times the zoom, wider spacing."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.audit.rendering import File, Rendered, Stage
from tests.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("audit")]

COMPLAINTS = Path(__file__).with_name("layout.js").read_text()
TOO_WIDE = "the page is "
ALL_OPEN = "document.querySelectorAll('details').forEach(details => { details.open = true; })"
# Drawn from the first line to the last by templates of ours, within Django's frame.
OUR_OWN = (
    "admin/accounts/", "admin/locations/import_", "admin/publishing/batch",
    "admin/publishing/history.html", "admin/publishing/review.html",
    "admin/publishing/withdraw.html",
)  # fmt: skip


@dataclass(frozen=True)
class Larger:
    """A window, and what a reader's own settings do to a page in it."""

    name: str
    size: dict[str, int]
    text: str = ""
    style: str = ""

    def apply(self) -> str:
        # Our policy for styles allows a sheet that a script has made.
        return f"""
            document.documentElement.style.fontSize = "{self.text}";
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`{self.style}`);
            document.adoptedStyleSheets = [sheet];
        """


# 1280 × 1024 px zoomed to 400 % (WCAG 1.4.10), text at 200 % (1.4.4), the spacing of 1.4.12.
ZOOMED = Larger("zoomed to 400 %", {"width": 320, "height": 256})
SPACING = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""
LARGER = (
    ZOOMED,
    Larger("text at 200 % on a desk", DESKTOP, text="200%"),
    Larger("text at 200 % on a phone", PHONE, text="200%"),
    Larger("wider spacing on a phone", PHONE, style=SPACING),
)


def test_residents_read_and_reach_everything(browser, pages, files):
    public = [page for page in pages if not page.is_staff]
    assert complaints(browser, public, files, LARGER) == []


def test_officers_read_and_reach_everything_on_the_pages_that_we_draw(browser, pages, files):
    assert complaints(browser, [p for p in pages if is_our_own(p)], files, [ZOOMED]) == []


def test_no_other_page_of_officers_is_wider_than_the_window(browser, pages, files):
    """What Django's lists and forms cut and cover within themselves is Django's."""
    djangos = [p for p in pages if p.is_staff and p.language == "vi" and not is_our_own(p)]
    found = complaints(browser, djangos, files, [ZOOMED])
    assert [complaint for complaint in found if TOO_WIDE in complaint] == []


def is_our_own(page: Rendered) -> bool:
    return page.is_staff and any(name.startswith(OUR_OWN) for name in page.templates)


def complaints(
    browser: Browser, pages: list[Rendered], files: list[File], larger: list[Larger]
) -> list[str]:
    context = browser.new_context(reduced_motion="reduce")
    stage = Stage(context.new_page(), files)
    found = []
    for page in pages:
        tab = stage.show(page)
        tab.evaluate(ALL_OPEN)
        for one in larger:
            tab.set_viewport_size(one.size)
            tab.evaluate(f"() => {{ {one.apply()} }}")
            found += [f"{page}, {one.name}: {what}" for what in tab.evaluate(COMPLAINTS)]
    context.close()
    return found
