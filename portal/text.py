"""Text as people type it: folded for search, so that accents, case and spelling variants meet."""

import re
import unicodedata

SEPARATORS = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """`text` in lower case without marks, đ as d, and all but a-z and 0-9 as one space.

    The same on SQLite and PostgreSQL because it is done here: "Đại Hợp", "ĐẠI HỢP" and
    "dai hop" fold to the same string, and so do "Kiến Thuỵ" and "Kiến Thụy".
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")
    return SEPARATORS.sub(" ", bare).strip()


def search_words(text: str) -> list[str]:
    """The folded words of a search; every one must be found for an entry to match."""
    return fold(text).split()


def capitalised(text: str) -> str:
    """With its first letter large; the others stay as they are."""
    return text[:1].upper() + text[1:]
