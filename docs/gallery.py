"""Takes a picture of every kind of page in every state, to be looked at before a release.

Part of `make screenshots`: both languages, light and dark, 360 and 1280 px wide, into
`build/pictures/` (which is not committed), and sheets of them by language, scheme and width.
"""

import logging
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
# Playwright's loop makes Django take this thread for an asynchronous program.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser  # noqa: E402

from tests.audit.rendering import File, Rendered, Stage, render_all  # noqa: E402
from tests.browser import DESKTOP, PHONE, chromium  # noqa: E402

PICTURES = ROOT / "build" / "pictures"
# So many pages a sheet, each in pixels; a long page is cut where its reader is well on the way.
COLUMNS, ROWS = 6, 2
WIDTH, HEIGHT, GAP = 360, 1000, 10


@contextmanager
def test_database() -> Iterator[None]:
    """A database with the divisions and nothing else, gone afterwards."""
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("load_divisions", verbosity=0)
        yield
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()


def take_all(browser: Browser, pages: list[Rendered], files: list[File]) -> None:
    for size, scheme in product((PHONE, DESKTOP), ("light", "dark")):
        context = browser.new_context(
            viewport=size,
            color_scheme=scheme,
            is_mobile=size is PHONE,
            has_touch=size is PHONE,
            service_workers="block",
        )
        stage = Stage(context.new_page(), files)
        for language in ("vi", "en"):
            shown = [page for page in pages if page.language == language]
            folder = PICTURES / f"{language}-{size['width']}-{scheme}"
            folder.mkdir(parents=True)
            make_sheets(folder, [take(stage, page, folder) for page in shown])
        context.close()


def take(stage: Stage, page: Rendered, folder: Path) -> Path:
    who = "staff" if page.is_staff else "public"
    path = folder / f"{who}-{re.sub(r'[^a-z0-9]+', '-', page.name.lower())}.png"
    stage.show(page).screenshot(path=path, full_page=True)
    return path


def of_size(pictures: list[Path], size: int) -> Iterator[list[Path]]:
    return (pictures[first : first + size] for first in range(0, len(pictures), size))


def make_sheets(folder: Path, pictures: list[Path]) -> None:
    for number, some in enumerate(of_size(pictures, COLUMNS * ROWS), start=1):
        sheet = Image.new("RGB", (COLUMNS * (WIDTH + GAP), ROWS * (HEIGHT + GAP)), "gray")
        for place, path in enumerate(some):
            column, row = place % COLUMNS, place // COLUMNS
            sheet.paste(thumbnail(path), (column * (WIDTH + GAP), row * (HEIGHT + GAP)))
        sheet.save(folder / f"sheet-{number}.png")


def thumbnail(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        height = picture.height * WIDTH // picture.width
        small = picture.convert("RGB").resize((WIDTH, height))
    return small.crop((0, 0, WIDTH, min(height, HEIGHT)))


def main() -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    logging.disable()  # pages of refusals and errors are among them
    with test_database():
        pages, files = render_all()
        with chromium() as browser:
            take_all(browser, pages, files)
    sys.stdout.write(f"{4 * len(pages)} pictures in {PICTURES.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
