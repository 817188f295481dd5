"""The tools of others that judge our pages, as tests/tools/install puts them here."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

MODULES = Path(__file__).resolve().parent.parent / "tools" / "node_modules"
VALIDATOR = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
AXE = MODULES / "axe-core" / "axe.min.js"
# WCAG 2.2 at level AA, and what the makers of axe advise beyond it.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BEST_PRACTICE = "best-practice"


def validated(files: list[Path]) -> list[dict[str, Any]]:
    """What the HTML validator of the W3C says of `files`, CSS of the portal's own included."""
    command = ["java", "-Xss4m", "-jar", str(VALIDATOR), "--format", "json", "--also-check-css"]
    ran = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, check=False, timeout=300
    )
    return json.loads(ran.stderr)["messages"]


def load_axe(page: Page) -> None:
    """Into a page as a debugger would, which its policy for scripts allows."""
    page.evaluate(AXE.read_text())


def found_by_axe(page: Page, *, tags: Sequence[str] = (), rules: Sequence[str] = ()) -> list[str]:
    """What the rules with one of `tags`, or the named `rules`, refuse on the page as it stands."""
    only = {"type": "tag", "values": tags} if tags else {"type": "rule", "values": rules}
    return page.evaluate(
        """async only => {
            const found = await axe.run({runOnly: only, resultTypes: ["violations"]});
            return found.violations.flatMap(({id, nodes}) => nodes.map(
                ({target, failureSummary}) => `${id}: ${target}: ${failureSummary}`));
        }""",
        only,
    )
