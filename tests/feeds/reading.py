"""Feeds as tools read them that are not ours: Jing with the grammar of RFC 4287, and feedparser."""

import subprocess
from pathlib import Path
from typing import Any

import feedparser

from portal.environment import BASE_DIR

GRAMMAR = Path(__file__).parent / "atom.rnc"
# Jing, the validator of RELAX NG, is part of W3C's HTML validator.
JAR = BASE_DIR / "tests/tools/node_modules/vnu-jar/build/dist/vnu.jar"
JING = "nu.validator.vendor.thaiopensource.relaxng.util.Driver"


def faults(folder: Path, feeds: dict[str, bytes]) -> str:
    """What the grammar of RFC 4287 has against `feeds`; "" if they are valid."""
    files = []
    for name, content in feeds.items():
        file = folder / f"{name}.atom"
        file.write_bytes(content)
        files.append(str(file))
    ran = subprocess.run(
        ["java", "-Dfile.encoding=UTF-8", "-cp", str(JAR), JING, "-c", str(GRAMMAR), *files],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.stderr == "", ran.stderr
    assert (ran.returncode == 0) == (ran.stdout == "")
    return ran.stdout


def parsed(response: Any) -> Any:
    """The feed as feedparser understands it, which has no complaint."""
    assert response.status_code == 200
    content_type = response.headers["Content-Type"]
    feed = feedparser.parse(response.content, response_headers={"content-type": content_type})
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def terms(entry: Any, scheme: str) -> list[str]:
    """The terms of the entry's categories in that scheme."""
    found = [tag for tag in entry.tags if tag.scheme == f"http://testserver/du-lieu/#{scheme}"]
    return [tag.term for tag in found]
