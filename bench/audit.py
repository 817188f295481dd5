"""Asks Lighthouse, axe and the validator of the W3C about a fresh demonstration: `make audit`.

Lighthouse plays a cheap phone on a slow network, as it does unless told otherwise (150 ms, 1.6
Mbit/s, a processor four times slower); of three runs the median counts. Exits with 1 if a page
has less than 95 for performance or 100 for anything else, or if axe or the validator refuse it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docs"))

from demonstration import demonstration
from playwright.sync_api import Browser

from tests.audit.tools import BEST_PRACTICE, MODULES, WCAG, found_by_axe, load_axe, validated
from tests.browser import ARGUMENTS, NAMES, PHONE, chromium

# Where a part is in brackets, the first address that fits is taken from the page before.
PAGES = (
    "/",
    "/hai-phong/",
    "/hai-phong/dia-diem/",
    "/hai-phong/dia-diem/[A-Z0-9]+/",
    "/kiem-tra/",
    "/en/hai-phong/",
)
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
RUNS = 3
# Lighthouse sometimes loses the beginning of its own trace, and asks to be run again.
ATTEMPTS = 3
LINE = "{:28}{:>13}{:>15}{:>16}{:>5}{:>6}{:>6}{:>10}"


def main() -> int:
    if missing := [name for name in ("node", "java") if shutil.which(name) is None]:
        sys.exit(f"portal: the audit needs {' and '.join(missing)}; `make test` installs them")
    complaints: list[str] = []
    with demonstration() as (base, _printed), chromium() as browser:
        say(LINE.format("page", *LEAST, "axe", "HTML", "transfer"))
        for address, html in pages(base):
            scores, transferred, faults = lighthouse(base + address)
            barriers, mistakes = axe(browser, base + address), mistakes_in(html)
            counts = len(barriers), len(mistakes), f"{transferred / 1024:.1f} KB"
            say(LINE.format(address, *scores.values(), *counts))
            low = [name for name, least in LEAST.items() if scores[name] < least]
            refused = [f"too low: {', '.join(low)}", *faults] if low else []
            complaints += [f"{address}: {fault}" for fault in refused + barriers + mistakes]
    for complaint in complaints:
        say(complaint)
    return 1 if complaints else 0


def pages(base: str) -> Iterator[tuple[str, str]]:
    """The addresses to ask about, each with its HTML."""
    html = ""
    for address in PAGES:
        if "[" in address:
            found = re.search(f'href="({address})"', html)
            if found is None:
                sys.exit(f"portal: no link like {address} where the audit looks for one")
            address = found[1]
        with urllib.request.urlopen(base + address) as answer:  # noqa: S310 - of our own making
            html = answer.read().decode()
        yield address, html


def lighthouse(url: str) -> tuple[dict[str, int], int, list[str]]:
    """The scores of 100, the bytes of a first visit, and what cost points or was refused."""
    reports = [lighthouse_once(url) for _run in range(RUNS)]
    scores = {
        name: round(100 * median(report["categories"][name]["score"] for report in reports))
        for name in LEAST
    }
    audits = reports[-1]["audits"]
    faults = [
        f"{audit['title']} {audit.get('displayValue', '')}".strip()
        for audit in audits.values()
        if audit["score"] is not None and audit["score"] < 0.9
    ]
    transferred = audits["total-byte-weight"]["numericValue"]
    return scores, transferred, faults


def lighthouse_once(url: str) -> dict[str, Any]:
    executable = next(filter(None, map(shutil.which, NAMES)))
    flags = " ".join(["--headless=new", *ARGUMENTS])
    for _attempt in range(ATTEMPTS):
        ran = subprocess.run(
            ["node", MODULES / "lighthouse/cli/index.js", url, "--output=json", "--quiet",
             f"--chrome-flags={flags}"],
            env=os.environ | {"CHROME_PATH": executable}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if "Please run Lighthouse again" not in ran.stderr:
            break
    if ran.returncode:
        sys.exit(f"portal: Lighthouse cannot look at {url}: {ran.stderr.strip()[-500:]}")
    return json.loads(ran.stdout)


def axe(browser: Browser, url: str) -> list[str]:
    """What axe refuses by day and by night."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(url)
        load_axe(page)
        found += found_by_axe(page, tags=(*WCAG, BEST_PRACTICE))
    context.close()
    return found


def mistakes_in(html: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html)
        return [f"line {m['lastLine']}: {m['message']}" for m in validated([file])]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
