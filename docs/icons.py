"""Remakes the icons of the installed app from static/images/mark.svg (`make icons`)."""

import sys
from pathlib import Path

from demonstration import ROOT, chromium
from playwright.sync_api import Browser

IMAGES = ROOT / "static" / "images"
ROUNDED = 'rx="7"'
# By file: its size in pixels, and whether the corners are rounded. A phone cuts the maskable one
# to a shape of its own: the ground fills it whole, and the sign (at most 12 of 16 units from the
# middle) lies within the 40 % around the middle that every shape leaves.
ICONS = {
    "mark-192.png": (192, True),
    "mark-512.png": (512, True),
    "mark-maskable-512.png": (512, False),
}


def draw(browser: Browser, mark: str, file: Path, size: int) -> None:
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{mark}")
    page.screenshot(path=file, omit_background=True)
    page.close()


def main() -> None:
    mark = (IMAGES / "mark.svg").read_text()
    if ROUNDED not in mark:
        sys.exit(f"mark.svg has no {ROUNDED}: the maskable icon would have holes in its corners")
    with chromium() as browser:
        for name, (size, rounded) in ICONS.items():
            draw(browser, mark if rounded else mark.replace(ROUNDED, ""), IMAGES / name, size)
    sys.stdout.write(f"{len(ICONS)} icons in {IMAGES}\n")


if __name__ == "__main__":
    main()
