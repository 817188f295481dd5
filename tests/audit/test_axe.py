"""No page breaks a rule of WCAG 2.2 AA that a machine can check, as axe checks them.

What axe cannot decide was looked at once: on public pages there is nothing; on the
staff's it is the contrast of links beside a picture of Django's (“Add”, “Change”: the same colours
as beside none), cells that Django leaves empty in its menus, and hints that Django's tables of
children name and do not show.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.audit.rendering import File, Rendered, Stage
from tests.audit.tools import BEST_PRACTICE, WCAG, found_by_axe, load_axe
from tests.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("audit")]

# What the colours decide, and nothing else does.
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Advice, not WCAG: Django's tables of children begin with a column that has no heading.
DJANGOS = "empty-table-header: "
EVERYTHING_OPEN = """() => {
    document.querySelectorAll("details").forEach(details => { details.open = true; });
    document.getAnimations().forEach(animation => animation.finish());
}"""


@dataclass(frozen=True)
class Sight:
    """How a page is looked at, and for what."""

    size: dict[str, int]
    scheme: str
    tags: tuple[str, ...] = (*WCAG, BEST_PRACTICE)
    rules: tuple[str, ...] = ()


PHONE_BY_DAY = Sight(PHONE, "light")
DESK_BY_DAY = Sight(DESKTOP, "light")
# What is dark differs in its colours only.
PHONE_BY_NIGHT = Sight(PHONE, "dark", tags=(), rules=OF_COLOURS)
DESK_BY_NIGHT = Sight(DESKTOP, "dark", tags=(), rules=OF_COLOURS)


def test_residents_meet_no_barrier(browser, pages, files):
    sights = (PHONE_BY_DAY, PHONE_BY_NIGHT, DESK_BY_DAY, DESK_BY_NIGHT)
    public = [page for page in pages if not page.is_staff]
    vietnamese = [page for page in public if page.language == "vi"]
    assert barriers(browser, vietnamese, files, sights) == []
    # In English the words differ, and which of them have stayed Vietnamese.
    english = [page for page in public if page.language == "en"]
    assert barriers(browser, english, files, (PHONE_BY_DAY,)) == []


def test_officers_meet_no_barrier(browser, pages, files):
    staff = [page for page in pages if page.is_staff and page.language == "vi"]
    sights = (PHONE_BY_DAY, Sight(DESKTOP, "dark"))
    found = barriers(browser, staff, files, sights)
    assert [barrier for barrier in found if DJANGOS not in barrier] == []


def barriers(
    browser: Browser, pages: list[Rendered], files: list[File], sights: Sequence[Sight]
) -> list[str]:
    context = browser.new_context(reduced_motion="reduce")
    stage = Stage(context.new_page(), files)
    found = []
    for page in pages:
        tab = stage.show(page)
        load_axe(tab)
        for sight in sights:
            tab.set_viewport_size(sight.size)
            tab.emulate_media(color_scheme=sight.scheme)
            tab.evaluate(EVERYTHING_OPEN)
            where = f"{page}, {sight.size['width']} px, {sight.scheme}"
            refused = found_by_axe(tab, tags=sight.tags, rules=sight.rules)
            found += [f"{where}: {barrier}" for barrier in refused]
    context.close()
    return found
