"""Telephone numbers and the numbers of identity papers, however they are typed.

Telephone: the numbering plan of Circular 22/2014/TT-BTTTT with the mobile prefixes of 2018
(eleven digits 01… became ten; people still type the old form). Identity: CMND has 9 digits;
CCCD has 12, of which the first three are the province's code 001-096 and the fourth is century
and sex (Decree 137/2015/NĐ-CP, art. 13); a passport has a letter and seven or eight digits; a
health insurance card two letters and thirteen.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import NamedTuple

from portal.publishing.privacy.reading import Reading
from portal.publishing.privacy.rules import Rule, Span

# Letters typed for digits: they count inside a group that has a digit, or alone as 0 and 1.
LETTERS = str.maketrans("OoQDIlLi|SsBZzEGq", "00001111155822369")
GROUP = re.compile(r"[0-9OoIl|](?<![^\W_].)[0-9OoIlLi|SsBZzEGq]*+(?![^\W_])")
SEPARATOR = re.compile(r"[ \t.\-_/\\·•()\[\]~'\"“”‘’*+:,…]{1,5}")
MOST_DIGITS = 15  # of any number (E.164)
FEWEST_TYPED = 4  # typed digits below which letters are letters

# What is made of digits and never a person's number: addresses of pages, dates, times, money.
ELSE = re.compile(
    r"(?:https?://|www\.)(?!(?:\w+\.)?(?:zalo|wa|viber)\.me/\+?(?:84|0)\d)\S+"
    r"|(?<![\d./-])[0-3]?\d([/.-])[01]?\d\1(?:19|20)\d\d(?![\d]|\1\d)"
    r"|(?<![\d:])[0-2]?\d:[0-5]\d(?![:\d])"
    r"|(?<![\d/])\d\d?/(?:\d\d?|20\d\d)(?![\d/])"
    r"|(?:mã số thuế|mst|tài khoản|stk|số tk|số lô)(?:\s+số)?\s*:?\s*\d[\d .]{6,18}\d",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"\s*(?:đồng|đ\b|vnđ|vnd|usd|ca\b|người|liều|mẫu|tỷ|tỉ\b|triệu|m2|lượt|hộ|bệnh nhân|trường hợp)"
)

TELEPHONE = re.compile(
    r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}"  # mobile
    r"|02\d{9}"  # landline with its area code
    r"|01(?:2\d|6[2-9]|8[68]|99)\d{7}"  # mobile before 2018
)
SERVICE = re.compile(r"1[89]00\d{4,6}")
CALLING = re.compile(
    r"(?:sđt|sdt|đt|dđ|đtdđ|điện thoại|dien thoai|di động|số máy|zalo|viber|gọi|goi|liên hệ|"
    r"liên lạc|lh|tel|phone|mob|mobile|call|fax)[^\w]?[^\d.;\n]{0,20}$"
)

PAPER = re.compile(
    r"cmnd|cmtnd|cmt\b|cccd|c(?:ăn|an) c(?:ước|uoc)|ch(?:ứng|ung) minh(?: nh| th|\b)|"
    r"định danh|dinh danh|giấy tờ|số thẻ|bằng thẻ|\bid\b|identity card"
)
PASSPORT = re.compile(
    r"(?:hộ chiếu|ho chieu|passport)[\s:]{0,3}(?:số|so|no\.?|number)?[\s:]{0,3}([a-z] ?\d{7,8})(?!\w)"
)
INSURANCE = re.compile(r"(?<!\w)[a-z]{2}[1-5]\d{12}(?!\w)")
CITIZEN = re.compile(r"0(?:0[1-9]|[1-9]\d)[0-3]\d{8}")
OLD_CITIZEN = re.compile(r"[0-3]\d{8}")

DIGIT_WORDS = {
    word: str(digit)
    for digit, words in enumerate(
        ("không khong", "một mot mốt", "hai", "ba", "bốn bon tư", "năm nam lăm", "sáu sau",
         "bảy bay bẩy", "tám tam", "chín chin")
    )
    for word in words.split()
}  # fmt: skip
SPOKEN = re.compile(
    rf"kh[ôo]ng(?<!\w\w{{5}})(?!\w)(?:[\s,.\-]{{1,3}}(?:{'|'.join(DIGIT_WORDS)}|\d{{1,9}})(?!\w)){{3,14}}+"
)
SENTENCE_END = re.compile(r"[.;\n](?:\s|$)")
SPOKEN_PART = re.compile(r"\w+")


class Group(NamedTuple):
    start: int
    end: int
    digits: str


Chain = list[Group]


def numbers(reading: Reading, allowed_phones: Collection[str]) -> Iterator[Span]:
    """Every number of a person's paper or telephone; `allowed_phones` are an office's."""
    allowed = {national(re.sub(r"\D", "", phone)) for phone in allowed_phones}
    text = ELSE.sub(lambda match: "#" * len(match[0]), reading.text)
    for pattern, group in ((PASSPORT, 1), (INSURANCE, 0)):
        for match in pattern.finditer(reading.lower):
            yield Span(Rule.IDENTITY, match.start(group), match.end(group))
    papers = [match.end() for match in PAPER.finditer(reading.lower)]
    for chain in _chains(text):
        at = 0
        while at < len(chain):
            number = _Number(chain, at, reading.lower, papers, allowed)
            if number.rule:
                start = chain[at].start
                while start and text[start - 1] in "+(":
                    start -= 1
                yield Span(number.rule, start, chain[number.last].end)
            at = number.last + 1
    yield from _spoken(reading.lower, allowed)


def national(digits: str) -> str:
    """The number as it is dialled inside the country: 0… for +84…, 84… and 0084…"""
    digits = digits.removeprefix("00") if digits.startswith("0084") else digits
    if digits.startswith("84") and len(digits) > 10:
        return "0" + digits[2:].removeprefix("0")
    return digits


def _chains(text: str) -> Iterator[Chain]:
    """Groups of digits between which there is nothing but what separates digits."""
    chain: Chain = []
    for match in GROUP.finditer(text):
        group = Group(match.start(), match.end(), match[0].translate(LETTERS))
        if chain and not _belongs(text[chain[-1].end : group.start], chain[-1], group):
            yield chain
            chain = []
        chain.append(group)
    if chain:
        yield chain


def _belongs(gap: str, before: Group, after: Group) -> bool:
    if not SEPARATOR.fullmatch(gap):
        return False
    # A comma and a space part the items of a list, unless single digits are spelled out.
    return ", " not in gap or len(before.digits) == len(after.digits) == 1


class _Number:
    """What begins with one group of a chain: its last group, and the rule if it is personal."""

    def __init__(
        self, chain: Chain, at: int, lower: str, papers: list[int], allowed: set[str]
    ) -> None:
        self.last, self.rule = at, None
        self._lower = lower
        self._allowed = allowed
        start = chain[at].start
        self._before = lower[max(0, start - 40) : start]
        nearest = bisect_right(papers, start) - 1
        on_paper = (
            nearest >= 0
            and start - papers[nearest] <= 25
            and not SENTENCE_END.search(lower[papers[nearest] : start])
        )
        digits = ""
        for last in range(at, len(chain)):
            digits += chain[last].digits
            if len(digits) > MOST_DIGITS:
                break
            groups = chain[at : last + 1]
            if sum(c.isdigit() for c in lower[start : groups[-1].end]) < FEWEST_TYPED:
                continue
            if (on_paper and len(digits) in (9, 12)) or self._is_citizen(digits, groups):
                self.last, self.rule = last, Rule.IDENTITY
            elif self.rule is None and self._is_service(digits):
                self.last = last
                break
            elif self.rule is None and self._is_telephone(digits, groups):
                self.last, self.rule = last, Rule.PHONE
                if national(digits) in allowed:
                    self.rule = None
                break

    def _is_service(self, digits: str) -> bool:
        """A number of an office by its form, or one that is listed."""
        return bool(SERVICE.fullmatch(digits)) or digits in self._allowed

    def _is_telephone(self, digits: str, groups: Chain) -> bool:
        plus = self._before.rstrip("(").endswith("+")
        if not plus and _counts_up(groups):
            return False
        if TELEPHONE.fullmatch(national(digits)):
            return digits[0] == "0" or not self._is_amount(groups)
        if plus:
            return len(digits) >= 10 and not digits.startswith("84")
        if not 7 <= len(digits) <= 11 or not CALLING.search(self._before):
            return False
        if any(number.endswith(digits) for number in self._allowed):
            return False
        whole = digits[0] == "0" and len(digits) >= 10
        shortened = len(digits) < 10 and digits[0] in "23456789"
        return whole or (shortened and not self._is_amount(groups))

    def _is_citizen(self, digits: str, groups: Chain) -> bool:
        """An identity number that nothing introduces."""
        if len(groups) == 1 and OLD_CITIZEN.fullmatch(digits):
            return not self._is_amount(groups) and not CALLING.search(self._before)
        gaps = {self._lower[a.end : b.start] for a, b in pairwise(groups)}
        split_evenly = len(gaps) <= 1 and (len(groups) == 1 or len(groups[0].digits) <= 4)
        return bool(CITIZEN.fullmatch(digits)) and split_evenly

    def _is_amount(self, groups: Chain) -> bool:
        return bool(UNIT.match(self._lower, groups[-1].end))


def _counts_up(groups: Chain) -> bool:
    """Whether these are the items of a list such as 07 08 09 10 11."""
    return len(groups) > 3 and all(
        len(a.digits) <= 2 and int(b.digits) == int(a.digits) + 1 for a, b in pairwise(groups)
    )


def _spoken(lower: str, allowed: set[str]) -> Iterator[Span]:
    """Numbers in words, with or without marks: “không chín một hai …”."""
    for match in SPOKEN.finditer(lower):
        digits = ""
        for part in SPOKEN_PART.finditer(match[0]):
            digits += DIGIT_WORDS.get(part[0]) or part[0]
            if len(digits) >= 9 and (len(digits) > 9 or part.end() == len(match[0])):
                break
        if digits.isdigit() and 9 <= len(digits) <= 11 and digits not in allowed:
            yield Span(Rule.PHONE, match.start(), match.start() + part.end())
