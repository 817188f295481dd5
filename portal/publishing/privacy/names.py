"""Names of persons after a title or a label: “bà Lê Thị B.”, “chị Lan”, “Họ tên: …”."""

import re
from collections.abc import Iterator
from itertools import takewhile

from portal.publishing.privacy.reading import Reading
from portal.publishing.privacy.rules import Rule, Span
from portal.publishing.privacy.wordlists import (
    AFTER_NAMES,
    MIDDLE_NAMES,
    NO_NAMES,
    OFFICES,
    PLACES,
    REGIONS,
    STREETS,
    SURNAMES,
    VENUES,
)

# After a familiar title a given name is enough (“chị Lan”). The other words have further meanings
# or are typed without marks: after them only a whole name with its family name counts.
FAMILIAR = r"ông|bà|anh|chị|em|cháu|bé|cô|chú|bác|cậu|dì|cụ|thầy|vợ|chồng|mẹ|bố|con (?:trai|gái)"
FORMAL = (
    r"b(?:ệnh nhân|enh nhan)(?: n(?:am|ữ))?|ong|ba|chi|chau|co|cu|cha|f[01]|tài xế|lái xe|nạn nhân|"
    r"công nhân|nhân viên|người|t[êe]n|họ (?:và )?tên|ho (?:va )?ten|m(?:r|rs|s|iss)|patient"
)
TITLE = re.compile(
    rf"(?:{FAMILIAR}|{FORMAL})(?!\w)[.:]? ?"
    r"(?:(?:giáo|tên|là|họ)[: ] ?){0,2}"
)
IS_FAMILIAR = re.compile(rf"(?:{FAMILIAR})(?!\w)")
IS_LABEL = re.compile(r"(?:\w tên|họ tên|họ và tên)(?: là)?[ :]*$")
VENUE_WORDS = frozenset({"quán", "shop", "spa", "store", "hotel", "salon", "mart"})
# A whole name needs no title where an age or a year of birth follows it.
BORN_AFTER = re.compile(
    r"[(,] ?(?:(?:s\.?n|sinh)(?!\w)|(?P<year>19\d\d|20[01]\d)(?=[,;)])|\d{1,2} ?t(?:uổi)?(?!\w))"
)
WORD = re.compile(r"[^\W\d_]+")
INITIALS = re.compile(
    r"(?:[A-ZĐ][a-zà-ỹ]?[a-zà-ỹ]?\. ?){2,4}(?:[A-ZĐ](?!\w))?"
    r"|[A-ZĐ][a-z]?[a-z]?\.[A-ZĐ](?!\w)|[A-ZĐ](?!\w|-|\d)"
)
MOST_WORDS = 5
STARTS_SENTENCE = re.compile(r"(?:^|[.;:!?\n(•,+\-]|\d[.)])\s*$")
IS_GROUP = re.compile(r"(?:(?:trẻ|chị|anh|các) em|hai bà)$")
PLACE_BEFORE = re.compile(rf"(?:^|\W)(?:{STREETS}|{VENUES}) (?:[\w/.]+ ){{0,3}}$")
DIRECTLY_BEFORE = re.compile(rf"(?:^|\W)(?:{STREETS}|{VENUES}) (?:[\w/]+ )?$")
OFFICE_BEFORE = re.compile(rf"{OFFICES}[^.;\n]*$")
OFFICE_AFTER = re.compile(rf",? ?(?:- )?(?:phó |nguyên |quyền )?{OFFICES}")
NEAR = 60


def names(reading: Reading) -> Iterator[Span]:
    """Names of residents; those of officials who speak for their office are no finding."""
    text, lower = reading.text, reading.lower
    end = 0
    for title in TITLE.finditer(lower):
        if title.start() < end or (title.start() and text[title.start() - 1].isalnum()):
            continue
        name_end = _name_end(text, title)
        if name_end is None:
            continue
        before = lower[max(0, title.start() - NEAR) : title.start()]
        in_office = OFFICE_BEFORE.search(before) or OFFICE_AFTER.match(lower, name_end)
        if in_office and title[0].startswith(("ông", "bà")):
            continue
        if _names_a_place(text, title, before, name_end):
            continue
        end = name_end
        yield Span(Rule.NAME, title.end(), name_end)
    for birth in BORN_AFTER.finditer(lower):
        name_end = birth.start() - (text[birth.start() - 1 : birth.start()] == " ")
        start = _name_start(text, name_end)
        if start is None or PLACE_BEFORE.search(lower[max(0, start - NEAR) : start]):
            continue
        yield Span(Rule.NAME, start, name_end)
        if birth["year"]:
            yield Span(Rule.BIRTH, *birth.span("year"))


def _name_start(text: str, end: int) -> int | None:
    """Where the whole name that ends at `end` begins; None if there is none."""
    window = max(0, end - NEAR)
    words = list(WORD.finditer(text[window:end]))[-MOST_WORDS:]
    for word in words[:-1]:
        rest = text[window + word.start() : end].split(" ")
        if rest[0].lower() in SURNAMES and all(
            part.isalpha() and part[0].isupper() for part in rest
        ):
            return window + word.start()
    return None


def _name_end(text: str, title: re.Match[str]) -> int | None:
    """Where the name after `title` ends; None if no name follows."""
    if initials := INITIALS.match(text, title.end()):
        return title.end() + len(initials[0].rstrip())
    words = _words(text, title.end())
    plain = [word[0].lower() for word in words]
    capitals = list(takewhile(lambda word: word[0][0].isupper(), words))
    shouted = bool(capitals) and len(capitals[0][0]) > 1 and capitals[0][0].isupper()
    if shouted:
        capitals = list(takewhile(lambda word: word[0].lower() not in AFTER_NAMES, capitals))
    if " ".join(plain[:2]) in REGIONS or not words:
        return None
    if plain[0] in SURNAMES and len(capitals) > 1:
        return capitals[-1].end()
    if plain[0] in SURNAMES and len(words) > 2 and plain[1] in MIDDLE_NAMES and not capitals:
        return words[2].end()
    alone_is_enough = IS_FAMILIAR.match(title[0]) or IS_LABEL.search(title[0])
    if any(word[0].lower() in VENUE_WORDS for word in capitals):
        return None
    if alone_is_enough and capitals and not shouted and plain[0] not in NO_NAMES:
        return capitals[-1].end()
    return None


def _words(text: str, position: int) -> list[re.Match[str]]:
    """The words from `position` on between which there is one space."""
    words: list[re.Match[str]] = []
    while len(words) < MOST_WORDS and (word := WORD.match(text, position)):
        words.append(word)
        position = word.end() + 1
        if text[word.end() : position] != " ":
            break
    return words


def _names_a_place(text: str, title: re.Match[str], before: str, name_end: int) -> bool:
    """Whether title and name are part of a place's name: “phố Bà Triệu”, “quán Cô Thảo”."""
    words = text[title.start() : name_end].lower().split()
    if IS_GROUP.search(f"{before}{words[0]}"):
        return True
    if text[title.start()].isupper():
        shouted = text[title.start() : title.end()].strip().isupper()
        if PLACE_BEFORE.search(before) or " ".join(words[:2]) in PLACES:
            return True
        whole = len(words) > 2 and words[1] in SURNAMES
        return not (whole or shouted or STARTS_SENTENCE.search(before))
    return bool(DIRECTLY_BEFORE.search(before))
