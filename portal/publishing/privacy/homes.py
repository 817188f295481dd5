"""Addresses of homes, down to the house, the flat or the room; not those of public places."""

import re
from collections.abc import Iterator

from portal.publishing.privacy.reading import Reading
from portal.publishing.privacy.rules import Rule, Span
from portal.publishing.privacy.wordlists import VENUES

HOUSE = r"\d{1,4}[a-zđ]?\d?(?:[/\-.]\d{1,4}[a-z]?)*(?!\w)"
LANE = r"(?:,? (?:ngõ|ngách|hẻm|kiệt|hem|ngo|ngach|kiet) (?:số )?\d+(?:/\d+)*)"
STREET = rf"(?:{LANE}|,? (?:đường|phố|tổ|thôn|ấp|khu phố|xóm|duong|pho|to|thon|ap|xom)(?!\w))"
# What a street's name begins with is a capital, and what an administrative unit is called is none.
NAMED = re.compile(
    r",? (?!(?:Quận|Phường|Xã|Huyện|Tỉnh|Thành|TP|Khách|Công|Ca|F\d|BN)\b)[^\W\d_a-zà-ỹđ]"
)
HOUSE_NUMBER = re.compile(rf"(?:s(?:ố|o) nh(?:à|a)|nh(?:à|a) s(?:ố|o)) ?:? ?{HOUSE}{LANE}*")
LIVES = re.compile(
    r"(?:thường trú|tạm trú|cư trú|trú(?<!\w...)|ngụ|sinh sống|sống|nơi ở|chỗ ở|hộ khẩu|hktt|"
    r"địa chỉ nhà|nhà riêng|tại nhà|về nhà|đến nhà|ở(?<!\w.)|gia đình|"
    r"resid(?:es|ing|ent)|liv(?:es|ing))(?!\w)"
    r"(?: (?:tại|ở|của|bệnh nhân|là|địa chỉ|at|of|hiện nay)(?!\w)){0,3} ?:? ?"
    rf"(?P<house>(?:nhà |căn |no\.? ?)?(?:số )?{HOUSE})(?P<street>{STREET}?)"
)
FLAT = re.compile(
    r"c(?:ăn hộ|an ho) (?:số )?(?!\d+ ?m2)(?:[a-zđ]{1,2}\d{0,2}[.\-]?)?\d{2,5}(?:[.\-]\d+)*(?!\w)"
    r"|căn (?:số )?[a-zđ]?\d{3,4}(?!\w)(?! ?m2)"
    r"|phòng (?:số )?[a-zđ]?\d{2,5}[a-z]?,? (?:nhà )?(?:chung cư|tòa|toà|block|cc)(?!\w)"
    rf"|nhà {HOUSE}{LANE}"
    r"|nhà (?:của )?(?:bệnh nhân|ca bệnh|bn|f0|f1|ông|bà|anh|chị)(?!\w)[^.;:,\n]{0,30},? số \d+"
)
VENUE = re.compile(rf"(?:^|\W){VENUES}(?!\w)")
PERSON = re.compile(
    r"(?<!\w)(?:bệnh nhân|ca bệnh|ca này|bn|f0|f1|người nhà|nhà riêng|gia đình|trú|ngụ|nơi ở|ông|"
    r"bà|anh|chị|cháu|sống|về nhà)(?!\w)"
)
IS_VENUE_AFTER = re.compile(
    rf"[^.;\n]{{0,40}} (?:là (?:địa chỉ )?(?:của )?|của |thuộc ){VENUES}(?!\w)"
)
# “số 12 ngõ 5 là nhà của ca bệnh”
IS_HOME_AFTER = re.compile(
    r"(?:của|là (?:nhà|nơi ở|chỗ ở)(?: của)?) (?:bệnh nhân|ca bệnh|ca mắc|f0|f1)(?!\w)"
)
ANY_HOUSE = re.compile(
    rf"(?:(?:phòng |căn |nhà )(?:số )?|(?<!\w)số )?(?<![\w/]){HOUSE}(?:{STREET}|(?= [^\d\s]|\s*$))"
)
CLAUSE_END = re.compile(r"[.;\n!?](?:\s|$)")
DIGIT = re.compile(r"\d")
NEAR = 80


def homes(reading: Reading) -> Iterator[Span]:
    """House numbers, flats and rooms in which somebody lives."""
    lower = reading.lower
    if not DIGIT.search(lower):
        return
    for match in HOUSE_NUMBER.finditer(lower):
        if not _of_venue(lower, match.start(), match.end()):
            yield Span(Rule.HOME, match.start(), match.end())
    for match in LIVES.finditer(lower):
        street = (
            match["street"]
            or match["house"].startswith(("số ", "nhà số ", "căn "))
            or NAMED.match(reading.text, match.end())
        )
        if street and not _of_venue(lower, match.start(), match.end()):
            yield Span(Rule.HOME, match.start("house"), match.end())
    for match in FLAT.finditer(lower):
        counted = lower[: match.start()].rstrip()[-1:].isdigit()
        if not counted and not _of_venue(lower, match.start(), match.end()):
            yield Span(Rule.HOME, match.start(), match.end())
    for match in IS_HOME_AFTER.finditer(lower):
        clause = CLAUSE_END.split(lower[max(0, match.start() - NEAR) : match.start()])[-1]
        house = ANY_HOUSE.search(clause)
        if house and not VENUE.search(clause):
            start = match.start() - len(clause)
            yield Span(Rule.HOME, start + house.start(), start + house.end())


def _of_venue(lower: str, start: int, end: int) -> bool:
    """Whether the clause speaks of a public place, and of nobody between it and the address."""
    before = lower[max(0, start - NEAR) : start]
    clause = CLAUSE_END.split(before)[-1]
    venues = list(VENUE.finditer(clause))
    if venues and not PERSON.search(clause, venues[-1].end()):
        return True
    return bool(IS_VENUE_AFTER.match(lower, end))
