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
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from portal.publishing.privacy.reading import Reading
from portal.publishing.privacy.rules import Rule, Span

# Letters typed for digits: they count inside a group that has a digit, or alone as 0 and 1.
LETTERS = str.maketrans("OoQDIlLi|SsBZzEGq", "00001111155822369")
GROUP = re.compile(r"[0-9OoIl|](?<![^\W_].)[0-9OoIlLi|SsBZzEGq]*+(?![^\W_])")
SEPARATOR = re.compile(r"[ \t.\-_/\\·•()\[\]~'\"“”‘’*+:,…]{1,5}")
MOST_DIGITS = 15  # of any number (E.164)
PAPER_LENGTHS = (9, 12)
FEWEST = 7  # of a landline without its area code
FEWEST_TYPED = 4  # typed digits below which letters are letters

# What is made of digits and never a person's number: addresses of pages, accounts, dates, times.
# (All patterns here begin with a fixed character, which lets `re` skip quickly to where it is.)
ELSE = re.compile(
    r"https?://(?!(?:\w+\.)?(?:zalo|wa|viber)\.me/\+?(?:84|0)\d)\S+"
    r"|www\.\S+"
    r"|mã số thuế(?: số)? ?:? ?\d[\d .]{6,18}\d"
    r"|mst ?:? ?\d[\d .]{6,18}\d"
    r"|tài khoản(?: số)? ?:? ?\d[\d .]{6,18}\d"
    r"|s(?:tk|ố tk|ố lô) ?:? ?\d[\d .]{6,18}\d"
)
WHEN = re.compile(
    r"\d(?<![\d./-].)\d?(?:"
    r"(?<=[0-3]\d|[\D].)(?:([/.-])[01]?\d\1(?:19|20)\d\d(?![\d]|\1\d))"
    r"|:[0-5]\d(?![:\d])|/(?:\d\d?|20\d\d)(?![\d/]))"
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
    r"định danh|dinh danh|giấy tờ|số thẻ|bằng thẻ|i(?<!\w.)d(?!\w)|identity card"
)
PASSPORT = re.compile(
    r"(?:hộ chiếu|ho chieu|passport)[\s:]{0,3}(?:số|so|no\.?|number)?[\s:]{0,3}"
    r"(?P<number>[a-z] ?\d{7,8})(?!\w)"
)
INSURANCE = re.compile(r"(?P<number>[1-5](?<=[a-z]{2}.)(?<!\w[a-z]{2}.)\d{12})(?!\w)")
CITIZEN = re.compile(r"0(?:0[1-9]|[1-9]\d)[0-3]\d{8}")
SERIAL = re.compile(
    r"(?:mẫu|lô|mã|hóa đơn|hoá đơn|biên bản|phiếu|seri|vận đơn|đơn hàng)(?: số)?[ :]*$|đến $"
)
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
    typed: int  # how many of them are digits and not letters


Chain = list[Group]


def numbers(reading: Reading, allowed_phones: Collection[str]) -> Iterator[Span]:
    """Every number of a person's paper or telephone; `allowed_phones` are an office's."""
    allowed = {national(re.sub(r"\D", "", phone)) for phone in allowed_phones}
    for pattern in (PASSPORT, INSURANCE):
        for match in pattern.finditer(reading.lower):
            yield Span(Rule.IDENTITY, match.start("number"), match.end())
    yield from _spoken(reading.lower, allowed)
    text = _blank(reading)
    chains = [chain for chain in _chains(text) if sum(len(g.digits) for g in chain) >= FEWEST]
    papers = [match.end() for match in PAPER.finditer(reading.lower)] if chains else []
    for chain in chains:
        at = 0
        while at < len(chain):
            number = _Number(chain, at, reading.lower, papers, allowed)
            if number.rule:
                start = chain[at].start
                while start and text[start - 1] in "+(":
                    start -= 1
                yield Span(number.rule, start, chain[number.last].end)
            at = number.last + 1


def national(digits: str) -> str:
    """The number as it is dialled inside the country: 0… for +84…, 84… and 0084…"""
    digits = digits.removeprefix("00") if digits.startswith("0084") else digits
    if digits.startswith("84") and len(digits) > 10:
        return "0" + digits[2:].removeprefix("0")
    return digits


def _blank(reading: Reading) -> str:
    """The text with what is never a person's number struck out, at the same positions."""
    text: list[str] = []
    done = 0
    for match in ELSE.finditer(reading.lower):
        text += (reading.text[done : match.start()], "#" * (match.end() - match.start()))
        done = match.end()
    text.append(reading.text[done:])
    return WHEN.sub(lambda match: "#" * len(match[0]), "".join(text))


def _chains(text: str) -> Iterator[Chain]:
    """Groups of digits between which there is nothing but what separates digits."""
    chain: Chain = []
    for match in GROUP.finditer(text):
        digits = match[0].translate(LETTERS)
        typed = sum(map(str.isdigit, match[0][:MOST_DIGITS]))
        group = Group(match.start(), match.end(), digits, typed)
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
        self._start = chain[at].start
        on_paper = self._is_introduced_by(papers)
        digits, typed = "", 0
        for last in range(at, len(chain)):
            digits += chain[last].digits
            typed += chain[last].typed
            if len(digits) > MOST_DIGITS:
                break
            if len(digits) < FEWEST or typed < FEWEST_TYPED:
                continue
            groups = chain[at : last + 1]
            if (on_paper and len(digits) in PAPER_LENGTHS) or self._is_citizen(digits, groups):
                self.last, self.rule = last, Rule.IDENTITY
            elif self.rule is None and self._is_service(digits):
                self.last = last
                break
            elif not on_paper and self._is_telephone(digits, groups):
                # More of a chain than what could have been an old identity number before it.
                self.last = last
                self.rule = None if national(digits) in allowed else Rule.PHONE
                break

    def _is_introduced_by(self, papers: list[int]) -> bool:
        nearest = bisect_right(papers, self._start) - 1
        if nearest < 0 or self._start - papers[nearest] > 25:
            return False
        return not SENTENCE_END.search(self._lower[papers[nearest] : self._start])

    @cached_property
    def _before(self) -> str:
        return self._lower[max(0, self._start - 40) : self._start]

    @cached_property
    def _is_called(self) -> bool:
        return bool(CALLING.search(self._before))

    def _is_service(self, digits: str) -> bool:
        """A number of an office by its form, or one that is listed."""
        return bool(SERVICE.fullmatch(digits)) or digits in self._allowed

    def _is_telephone(self, digits: str, groups: Chain) -> bool:
        plus = self._before.rstrip("(").endswith("+")
        if TELEPHONE.fullmatch(national(digits)):
            is_list = not plus and _counts_up(groups)
            return not is_list and (digits[0] == "0" or not self._is_amount(groups))
        if plus:
            return len(digits) >= 10 and not digits.startswith("84")
        whole = len(digits) in (10, 11) and digits[0] == "0" and digits[1] in "23456789"
        shortened = len(digits) < 10 and digits[0] in "23456789"
        if not (whole or shortened) or not self._is_called:
            return False
        if any(number.endswith(digits) for number in self._allowed):
            return False
        return whole or not self._is_amount(groups)

    def _is_citizen(self, digits: str, groups: Chain) -> bool:
        """An identity number that nothing introduces."""
        if len(groups) == 1 and OLD_CITIZEN.fullmatch(digits):
            elsewhere = self._is_called or SERIAL.search(self._before)
            return not elsewhere and not self._is_amount(groups)
        if not CITIZEN.fullmatch(digits):
            return False
        gaps = {self._lower[a.end : b.start] for a, b in pairwise(groups)}
        return len(groups) == 1 or (len(gaps) == 1 and len(groups[0].digits) <= 4)

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
