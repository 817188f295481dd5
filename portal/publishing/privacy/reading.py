"""A text as a person reads it: what looks like a digit is one, and what cannot be seen is gone.

Follows Unicode's own tables (NFC, NFKC, category Cf; UTS 39 on confusables) and keeps the way
back, so that a finding can quote the words as they were typed.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import cache, cached_property

# Format characters (zero-width, soft hyphen, direction marks), variation selectors, fillers.
# Within the first plane: `re` searches for those at once, and for others one by one.
INVISIBLE = "".join(
    chr(c)
    for c in range(0x80, 0x10000)
    if unicodedata.category(chr(c)) == "Cf"
    or 0xFE00 <= c <= 0xFE0F
    or c in (0x034F, 0x115F, 0x1160, 0x3164, 0xFFA0)
)
ASTRAL = re.compile("[\U00010000-\U0010ffff]")
MARKS = "\u0300-\u036f"
# Tag characters: invisible, and beyond the first plane.
TAGS = re.compile("[\U000e0000-\U000e0fff]")
COMPOSED = re.compile(f"[{INVISIBLE}]+|{TAGS.pattern}+|.[{MARKS}][{MARKS}{INVISIBLE}]*", re.DOTALL)
TO_COMPOSE = re.compile(f"[{INVISIBLE}{MARKS}]")
UNSEEN = re.compile(f"[{INVISIBLE}]+|{TAGS.pattern}+")
# What nearly every text consists of, and needs no other look.
ORDINARY = re.compile("[\x00-\x7fÀ-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ“”‘’…•]*+")
# Cyrillic and Greek letters that look like those people type for digits, or like BN.
LOOK_ALIKE = str.maketrans("ОоΟοІіΙǀВΒΝЅѕ", "OoOoIiI|BBNSs")
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⁃"), "-")


# Mathematical letters and digits, and digits of old displays.
STYLED = (*range(0x1D400, 0x1D800), *range(0x1FBF0, 0x1FBFA))


@cache
def _plain_characters() -> dict[int, str]:
    """One character for one: full-width and styled forms, digits of every script, spaces."""
    table: dict[int, str] = {}
    for code in (*range(0x80, 0x10000), *STYLED):
        character = chr(code)
        if (digit := unicodedata.digit(character, None)) is not None:
            table[code] = str(digit)
        elif unicodedata.category(character) == "Zs":
            table[code] = " "
        else:
            plain = unicodedata.normalize("NFKC", character)
            if len(plain) == 1 and plain.isascii():
                table[code] = plain
    return table | {key: chr(value) for key, value in LOOK_ALIKE.items()} | DASHES


@cache
def _exotic() -> re.Pattern[str]:
    first_plane = "".join(chr(code) for code in _plain_characters() if code < 0x10000)
    return re.compile(f"[{re.escape(first_plane)}]")


def _plain(match: re.Match[str]) -> str:
    return _plain_characters().get(ord(match[0]), match[0])


class Reading:
    """`text` is what the rules look at; `typed` gives back the words as they were typed."""

    def __init__(self, typed: str) -> None:
        self._typed = typed
        # Where the reading and the typed text begin to run in step again.
        self._steps: list[tuple[int, int]] = [(0, 0)]
        self.text = typed
        if not ORDINARY.fullmatch(typed):
            hidden = TO_COMPOSE.search(typed) or TAGS.search(typed)
            text = self._compose(typed) if hidden else typed
            self.text = ASTRAL.sub(_plain, _exotic().sub(_plain, text))

    @cached_property
    def lower(self) -> str:
        """The same in lower case, of the same length."""
        lowered = self.text.lower()
        if len(lowered) == len(self.text):
            return lowered
        return "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    def typed(self, start: int, end: int) -> tuple[int, str]:
        """Position and words in the typed text of what is read from `start` to `end`."""
        first, last = self._origin(start), self._origin(end - 1) + 1
        while last < len(self._typed) and unicodedata.combining(self._typed[last]):
            last += 1
        return first, self._typed[first:last]

    def _origin(self, position: int) -> int:
        index = bisect_right(self._steps, position, key=lambda step: step[0]) - 1
        read, typed = self._steps[index]
        return typed + position - read

    def _compose(self, typed: str) -> str:
        parts: list[str] = []
        done = length = 0
        for match in COMPOSED.finditer(typed):
            composed = unicodedata.normalize("NFC", UNSEEN.sub("", match[0]))
            parts += (typed[done : match.start()], composed)
            length += match.start() - done
            for offset in range(len(composed)):
                self._steps.append((length + offset, match.start() + (offset and 1)))
            done = match.end()
            length += len(composed)
            self._steps.append((length, done))
        parts.append(typed[done:])
        return "".join(parts)
