"""Reading the drawing: the outlines of an SVG file as closed rings in its own units."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

Ring = list[tuple[float, float]]

SVG = "{http://www.w3.org/2000/svg}"
TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# How many numbers belong to each use of a command, and which pair of them is its end. Of a curve
# its end is enough: the drawing uses curves only for islets of a few kilometres.
NUMBERS = {"M": 2, "L": 2, "C": 6}


class Unreadable(Exception):
    """The file is not the drawing that we know how to read."""


def read(path: Path) -> dict[str, list[Ring]]:
    """The rings of every outline by its label ("An Giang"). Raises OSError and Unreadable."""
    try:
        root = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - a developer's own file
    except ElementTree.ParseError as error:
        raise Unreadable(f"{path} is not SVG: {error}") from error
    outlines = {
        element.get("aria-label", ""): list(_rings(element.get("d", "")))
        for element in root.iter(f"{SVG}path")
    }
    if not outlines:
        raise Unreadable(f"{path} has no outlines")
    return outlines


def _rings(description: str) -> Iterator[Ring]:
    """The closed rings that an SVG path draws, each without its first point repeated."""
    ring: Ring = []
    command, x, y = "", 0.0, 0.0
    tokens = TOKEN.findall(description)
    at = 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
            if command in "Zz":
                x, y = ring[0]
                yield ring
                ring = []
            continue
        count = NUMBERS.get(command.upper())
        if count is None or at + count > len(tokens):
            raise Unreadable(f"the path has the command {command or tokens[at]!r}")
        *_, end_x, end_y = map(float, tokens[at : at + count])
        at += count
        x, y = (x + end_x, y + end_y) if command.islower() else (end_x, end_y)
        if command in "Mm":
            if ring:
                raise Unreadable("a path is not closed")
            # More numbers after a move are lines.
            command = "l" if command == "m" else "L"
        if not ring or ring[-1] != (x, y):
            ring.append((x, y))
    if ring:
        raise Unreadable("a path is not closed")
