"""Asks for known vulnerabilities of the pinned packages: `python advisories.py FILE`.

Exits with 0 if there are none, 1 if there are (or if only some packages could be asked about),
and 77 where the service is out of reach, as on a machine without the network. What pip-audit
writes about a missing network is kept out: only the names and advisories count.
"""

import json
import subprocess
import sys
from typing import Any

SKIPPED = 77


def main(requirements: str) -> int:
    asked = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", requirements, "--disable-pip",
         "--require-hashes", "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    code, lines = verdict(answered(asked.stdout))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return code


def verdict(packages: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """The exit code for what pip-audit says of `packages`, and the lines that explain it."""
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return SKIPPED, ["the advisory service is out of reach"]
    unknown = sorted(package["name"] for package in packages if "skip_reason" in package)
    lines = [f"the advisory service does not know {name}" for name in unknown]
    lines += [
        f"{package['name']} {package['version']}: {advisory['id']},"
        f" mended in {' or '.join(advisory['fix_versions']) or 'no release'}"
        for package in known
        for advisory in package["vulns"]
    ]
    return int(bool(lines)), lines


def answered(output: str) -> list[dict[str, Any]]:
    """The packages of pip-audit's report; none if it could not write one."""
    try:
        return json.loads(output)["dependencies"]
    except ValueError:
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
