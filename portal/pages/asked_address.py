"""What somebody typed or pasted who asks whether an address is real: a code, a host, a path."""

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import get_language

from alerts.cards import ENGLISH_MARK
from portal.publishing.models.code import ALPHABET, EXERCISE_MARK, LENGTH
from portal.publishing.views import REVISION_PARAMETER
from portal.web.language import in_language

# Longer than any address of ours and any message with one; the rest is not looked at.
LONGEST = 2000
LONGEST_HOST = 253  # as DNS has it
CODE = re.compile(r"[0-9A-Z]{1,12}")
# Of a code and what may follow it: /Q/7H3KDX, Q/7H3KDX/2, 7H3KDX/2E.
SHORT = re.compile(r"/?(?:q/)?(?P<code>[0-9a-z]{1,12})(?:/(?P<number>[0-9]{1,9})e?)?/?", re.I)
# A word in a longer text that is meant as an address: with a scheme, or a host and a path.
IN_TEXT = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//\S+|(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?/\S*", re.I)
LOOSE_SCHEME = re.compile(r"^(https?):/*", re.I)
AROUND = " \t\"'“”‘’«»()<>[]{},;.!?…"
USUAL_PORTS = {None, 80, 443}

# Signs that people take for one another in print and by hand; those that no code has are there
# for what they may have been.
LOOK_ALIKES = (
    "0OQDC",
    "1I7TLJ",
    "2Z",
    "5S",
    "6GC",
    "8B3",
    "UVY",
    "MNH",
    "KX",
    "EF",
    "FP",
    "PR",
    "VW",
)
MOST_GUESSES = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What was read: the code asked about, or else a path of ours; and the host of anybody else.

    `number` is the revision that a card is a picture of; None if the address names none. All
    empty: it is neither an address nor a code.
    """

    code: str = ""
    number: str | None = None
    path: str = ""
    host: str = ""


def read(text: str) -> Asked:
    """Understands a code, a short address, a page's address or a message that has one in it.

    Of a message with our address and another host, both are told: whoever imitates a notice may
    well quote the true one too. Never raises, whatever `text` is.
    """
    text = _printable(text[:LONGEST]).strip(AROUND)
    if " " not in text:
        return _read_one(text)
    asked = [_read_one(word.strip(AROUND)) for word in IN_TEXT.findall(text)]
    ours = [one for one in asked if one.code] or [one for one in asked if one.path]
    ours = ours or [Asked() if asked else _spelled(text.replace(" ", ""))]
    hosts = [one.host for one in asked if one.host]
    return replace(ours[0], host=hosts[0]) if hosts else ours[0]


def impossible(code: str) -> str:
    """The signs of `code` that no code of this portal has, once each."""
    known = code.removeprefix(EXERCISE_MARK) if len(code) == LENGTH + 1 else code
    return "".join(dict.fromkeys(sign for sign in known if sign not in ALPHABET))


def look_alikes(code: str) -> list[str]:
    """Codes that could have been read as `code`, without itself: every sign that no code has is
    replaced, and at most one other. Empty if its length is wrong."""
    if len(code) != LENGTH:
        return []
    choices = [_like(sign) if sign not in ALPHABET else [sign] for sign in code]
    guesses: dict[str, None] = {}
    for signs in islice(product(*choices), MOST_GUESSES):
        guesses["".join(signs)] = None
        for place, sign in enumerate(signs):
            for other in _like(sign):
                guesses["".join((*signs[:place], other, *signs[place + 1 :]))] = None
        if len(guesses) > MOST_GUESSES:
            break
    guesses.pop(code, None)
    return list(guesses)[:MOST_GUESSES]


def _like(sign: str) -> list[str]:
    """Signs of codes that look like `sign`, the likeliest first."""
    alike = dict.fromkeys("".join(group for group in LOOK_ALIKES if sign in group))
    return [other for other in alike if other in ALPHABET and other != sign]


def _printable(text: str) -> str:
    """`text` in one spelling, without what cannot be seen (control and direction marks)."""
    text = unicodedata.normalize("NFKC", text)
    shown = (" " if sign.isspace() else sign for sign in text)
    kept = (sign for sign in shown if sign == " " or unicodedata.category(sign)[0] != "C")
    return re.sub(" +", " ", "".join(kept))


def _read_one(text: str) -> Asked:
    # As browsers read it.
    text = LOOSE_SCHEME.sub(r"\1://", text.replace("\\", "/"))
    if SHORT.fullmatch(text):
        return _short(text)
    if text.startswith("/") and not text.startswith("//"):
        text = settings.PUBLIC_BASE_URL + text
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        if _is_ours(parts):
            return _path(parts)
    except ValueError:
        return Asked()
    host = _in_dns(parts.hostname)[:LONGEST_HOST]
    # Something with a dot in it, or with a scheme, is meant as an address.
    meant = host and ("." in host or "//" in text)
    return Asked(host=f"{host}:{parts.port}" if parts.port else host) if meant else Asked()


def _spelled(text: str) -> Asked:
    """A code as it is read out and typed in groups, "7H3 KDX"; no other words."""
    asked = _short(text)
    is_exercise = asked.code.startswith(EXERCISE_MARK)
    return asked if len(asked.code) == LENGTH + is_exercise else Asked()


def _short(text: str) -> Asked:
    found: Any = SHORT.fullmatch(text)
    if found is None:
        return Asked()
    return Asked(code=found["code"].upper(), number=found["number"])


def _is_ours(parts: SplitResult) -> bool:
    ours = urlsplit(settings.PUBLIC_BASE_URL)
    same_port = parts.port == ours.port or {parts.port, ours.port} <= USUAL_PORTS
    return same_port and _in_dns(parts.hostname) == _in_dns(ours.hostname)


def _in_dns(host: str | None) -> str:
    """`host` as it is looked up, which shows letters that only look like ours."""
    try:
        return (host or "").encode("idna").decode().rstrip(".")
    except UnicodeError:
        return host or ""


def _path(parts: SplitResult) -> Asked:
    """What a path of this portal is about."""
    bare = in_language("/" + parts.path.lstrip("/"), settings.LANGUAGE_CODE)
    path = in_language(bare, get_language() or settings.LANGUAGE_CODE)
    # Short addresses have no language before them.
    for candidate in (bare, path):
        try:
            named = resolve(candidate).kwargs
            break
        except (Resolver404, ValueError):
            continue
    else:
        return Asked(path=path)
    code = str(named.get("code", "")).upper()
    if not CODE.fullmatch(code):
        return Asked(path=candidate)
    if "version" in named:
        return Asked(code=code, number=named["version"].upper().rstrip(ENGLISH_MARK))
    numbers = parse_qs(parts.query, max_num_fields=20).get(REVISION_PARAMETER, [])
    return Asked(code=code, number=numbers[0] if numbers else None)
