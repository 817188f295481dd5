"""Be Vietnam Pro as the posters use it: how wide a text is, where its letters stand, how it wraps.

Lengths are in em (1 = the type size) unless a docstring says otherwise. Both renderers place
letters where this module says, so a poster's PDF and PNG cannot differ.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import ImageFont

FONT_DIR = Path(__file__).parent / "fonts"
# Tall enough for a capital with two marks (Ắ reaches 1.18 em) under a line with descenders.
LEADING = 1.3
# From the top of a line to its baseline: the letters without marks look centred in the line.
ASCENT = 1.0
# The font is spaced for small text; at poster sizes it wants to be a little tighter.
TRACKING = -0.012
UNITS_PER_EM = 1000
BREAKING_SPACES = re.compile(r"[ \t\r\n]+")
NO_BREAK_SPACE = "\u00a0"
# Where a word that is longer than a line is broken: after these.
BREAKS = re.compile(rf"(?<=[./{NO_BREAK_SPACE}-])")
QUOTED = re.compile("“[^”]*”")


class Weight(StrEnum):
    """A weight of the font; the value is its name in the font's files."""

    REGULAR = "Regular"
    SEMIBOLD = "SemiBold"
    BOLD = "Bold"

    @property
    def css(self) -> int:
        """The weight as CSS numbers it."""
        return {"Regular": 400, "SemiBold": 600, "Bold": 700}[self.value]

    @property
    def file_name(self) -> str:
        return f"BeVietnamPro-{self.value}.ttf"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text wrapped into lines at a type size (in the unit of the box it was fitted to)."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


@cache
def _font(weight: Weight) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT_DIR / weight.file_name, UNITS_PER_EM)


@cache
def _length(text: str, weight: Weight) -> float:
    return _font(weight).getlength(text) / UNITS_PER_EM


def offsets(text: str, weight: Weight) -> list[float]:
    """Where each letter of `text` begins, and at last where the text ends; with kerning."""
    positions = [0.0]
    for letter, following in pairwise(text):
        kerned = _length(letter + following, weight) - _length(following, weight)
        positions.append(positions[-1] + kerned + TRACKING)
    return [*positions, positions[-1] + _length(text[-1], weight)] if text else positions


@lru_cache(maxsize=4096)
def width(text: str, weight: Weight) -> float:
    """How wide one line of `text` is."""
    return offsets(text, weight)[-1]


def _joint(before: str, after: str, weight: Weight) -> float:
    """By how much two texts side by side are wider than both alone: tracking and kerning."""
    if not before or not after:
        return 0.0
    last, first = before[-1], after[0]
    pair = _length(last + first, weight)
    return pair - _length(last, weight) - _length(first, weight) + TRACKING


def runs(text: str, weight: Weight) -> Iterator[tuple[float, str]]:
    """`text` in pieces that need tracking but no kerning inside, and where each begins."""
    positions = offsets(text, weight)
    start = 0
    for end in range(1, len(text) + 1):
        plain = positions[end - 1] + _length(text[end - 1], weight) + TRACKING
        if end == len(text) or abs(plain - positions[end]) > 1e-9:
            yield positions[start], text[start:end]
            start = end


def keep_together(text: str, *phrases: str) -> str:
    """`text` with no line break inside any of `phrases` nor inside “quotes”."""
    for phrase in (*phrases, *QUOTED.findall(text)):
        text = text.replace(phrase, phrase.replace(" ", NO_BREAK_SPACE))
    return text


def fit(
    text: str,
    weight: Weight,
    *,
    width: float,
    height: float,
    largest: float,
    least: float = 0.0,
    ending: str = "…",
) -> Fitted:
    """The largest setting of `text` in a box, its lines about equally long.

    `width`, `height`, `largest` (the type size to begin with) and `least` are in one unit of the
    caller's. The text shrinks, in steps of 2 %, until it fits: it is never clipped. What does
    not fit even at `least` ends early, with `ending` to say so; one line of `least` must fit.
    Lines break at spaces, not at no-break spaces; only in a word longer than a line they break
    elsewhere.
    """
    text = unicodedata.normalize("NFC", BREAKING_SPACES.sub(" ", text)).strip()
    size = largest
    lines = _wrap(text, weight, width / size)
    while len(lines) * size * LEADING > height and size > least:
        size = max(size * 0.98, least)
        lines = _wrap(text, weight, width / size)
    if (most := int(height / (size * LEADING) + 1e-9)) < len(lines):
        text = _ended_early(text, ending, weight, width / size, most)
        lines = _wrap(text, weight, width / size)
    lines = _balanced(text, weight, lines)
    return Fitted(tuple(line.replace(NO_BREAK_SPACE, " ") for line in lines), size)


def _ended_early(text: str, ending: str, weight: Weight, limit: float, most: int) -> str:
    """As much of `text` as `most` lines hold with `ending` behind it; words stay whole."""

    def shortened(length: int) -> str:
        kept = text[:length]
        if " " in kept and text[length : length + 1] != " ":
            kept = kept[: kept.rindex(" ")]
        return kept.rstrip(" ,;:.–-") + ending

    fitting, too_long = 0, len(text)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if len(_wrap(shortened(middle), weight, limit)) <= most:
            fitting = middle
        else:
            too_long = middle
    return shortened(fitting)


def _wrap(text: str, weight: Weight, limit: float) -> list[str]:
    lines: list[str] = []
    reach = 0.0  # how wide the last line is, with the spaces at its end
    for piece in _pieces(text, weight, limit):
        start = reach + _joint(lines[-1], piece, weight) if lines else 0.0
        if lines and (not piece.strip() or start + width(piece.rstrip(), weight) <= limit):
            lines[-1] += piece
        else:
            lines.append(piece)
            start = 0.0
        reach = start + width(piece, weight)
    return [line.strip() for line in lines]


def _pieces(text: str, weight: Weight, limit: float) -> Iterator[str]:
    """What must not be broken: words; of a word longer than a line, its parts or letters."""
    for word in text.split(" "):
        parts = [word] if width(word, weight) <= limit else BREAKS.split(word)
        for part in parts:
            yield from part if width(part.rstrip(), weight) > limit else [part]
        yield " "


def _balanced(text: str, weight: Weight, lines: list[str]) -> list[str]:
    """As many lines as `lines`, with the longest as short as can be."""
    while len(lines) > 1:
        limit = max(width(line, weight) for line in lines) - 1e-6
        narrower = _wrap(text, weight, limit)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines
