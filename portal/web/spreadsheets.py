"""Texts in the cells of a file that people open with a spreadsheet."""

import unicodedata

# By what OWASP's “CSV Injection” names, a spreadsheet takes a cell for a formula; also in the wide
# forms of East Asian keyboards, and behind spaces and what nobody sees.
SIGNS = frozenset("=+-@")
# By these alone, whatever follows, and by NUL, which some leave out.
STARTS = ("\t", "\r", "\n", "\0")


def as_cell(text: str) -> str:
    """`text`, marked as text by an apostrophe if a spreadsheet would run it."""
    return f"'{text}" if text.startswith(STARTS) or _first_seen(text) in SIGNS else text


def _first_seen(text: str) -> str:
    """The first sign that is no space, control or mark, in its usual width; "" if there is none."""
    seen = (one for one in text if not one.isspace() and unicodedata.category(one)[0] != "C")
    return unicodedata.normalize("NFKC", next(seen, ""))
