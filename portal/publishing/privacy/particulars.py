"""E-mail addresses, patient codes, ages and dates of birth, in Vietnamese and in English."""

import re
from collections.abc import Iterator

from portal.publishing.privacy.reading import Reading
from portal.publishing.privacy.rules import Rule, Span

DOT = r" ?(?:\.|\(dot\)|\[dot\]|chấm|cham|dot) ?"
AT = r"(?: ?@ ?| ?[\[({] ?(?:at|a còng|a cong) ?[\])}] ?| (?:a còng|a cong) )"
# From the @ backwards and forwards: a search that begins with the name would be slow.
PROVIDER = r"(?:gmail|yahoo|hotmail|outlook|icloud)(?!\w)"
AT_SIGN = re.compile(rf"{AT}(?={PROVIDER}|[\w\-]{{1,63}}(?:{DOT}[\w\-]{{2,63}}){{1,4}})")
MAILBOX = re.compile(r"[\w.+\-]{1,64}$")
DOMAIN = re.compile(rf"[\w\-]{{1,63}}(?:\.[\w\-]{{2,63}}|{DOT}[\w\-]{{2,63}}){{1,4}}|{PROVIDER}")
OFFICIAL_MAIL = ".gov.vn"

CODE = r"(?:[0-9o]\d{0,2}(?:[.,]\d{3})+|[0-9o]\d{0,5}|\d(?: \d){2,5})(?!\w)"
MORE_CODES = r"(?:(?:, ?| ?[&/\-] ?| (?:và|va|and) )(?:bn ?)?\d{2,6}(?!\w))*"
PATIENT = re.compile(
    r"b(?<!\w.)\.? ?n\.?(?: ?(?:số|so|mã số|thứ))?[\s.:#_\-]{0,3}" + CODE + MORE_CODES
    + r"|b(?:ệnh nhân|enh nhan)(?: (?:mắc )?covid(?:[ -]?19)?)? ?(?:số|so|thứ|thu|mã số|mã|#)"
      r" ?[:#]? ?" + CODE + MORE_CODES
    + r"|f0 (?:mã )?số ?" + CODE
    + r"|ca (?<!\w...)(?:bệnh |mắc |nhiễm )?\d{3,5}(?![\w/]|[.,]\d)"
      r"(?! ?(?:người|ca|lần|ngày|giờ|trong|ở|tại|đã|được|khỏi|mới))"
    + r"|b(?:ệnh nhân|enh nhan) (?:\d{3,6}|\d{1,3}[.,]\d{3})(?![\w/]|[.,]\d)"
      r"(?! ?(?:người|ca|lần|ngày|giờ))"
    + r"|m(?:ã|a)(?: số)? (?:bệnh nhân|bn) ?[:#]? ?" + CODE
    + r"|ca (?<!\w...)(?:bệnh|mắc|nhiễm|dương tính) (?:mã )?số ?" + CODE
    + r"|ca số(?<!\w.....) ?\d{2,6}(?!\w)"
    + r"|patient(?: no\.?| number)? ?#?\d{2,6}(?![\w/%]|[.,]\d)"
    + r"|case(?: no\.?| number)? ?#?\d{2,6}(?![\w/%]|[.,]\d)"
)  # fmt: skip
NO_PATIENT_BEFORE = re.compile(r"(?:\bin|số|tổng|thêm) $")

YEAR = r"(?:19\d\d|20[012]\d)(?!\d)"
DATE = r"\d{1,2}(?:[./\- ]| tháng )\d{1,2}(?:[./\- ]| năm )(?:\d{4}|\d\d)(?!\d)"
BIRTH = re.compile(
    rf"sinh (?:vào )?(?:(?:ngày )?{DATE}|(?:năm )?(?:\d\d?/)?{YEAR}|năm \d\d(?!\d))"
    rf"|n(?:gày|ăm) sinh ?[:,]? ?(?:{DATE}|{YEAR})"
    rf"|s(?<!\w.)\.?n\.?[ :]{{0,2}}(?:{DATE}|{YEAR})|n(?<!\w.)s[ :]{{0,2}}{DATE}"
    rf"|n(?:am|ữ) ?\( ?{YEAR} ?\)"
    rf"|born (?:in |on )?(?:{YEAR}|{DATE}|\d{{1,2}} [a-z]+ {YEAR})"
    rf"|d(?:ate of birth|ob)[ :]{{0,2}}(?:{DATE}|{YEAR})"
)
NO_BIRTH_BEFORE = re.compile(r"(?:vệ|học|thí|phát|tuyển|khai|nảy|ký|hi|hy|sản|hộ|môn|dân) $")
COUNTING = r"(?:một|hai|ba|bốn|tư|năm|sáu|bảy|tám|chín|mười|mươi|mốt|lăm)"
YEARS_OLD = re.compile(r"tu[ổo]i(?!\w)")
HOW_MANY = re.compile(
    rf"(?<!\w)(?:\d{{1,3}}|{COUNTING}(?: {COUNTING}){{0,2}})(?: ?(?:tháng|tuần|ngày))? ?$"
)
AGE_FIELD = re.compile(r"tuổi ?: ?\d{1,3}(?!\d)")
YEARS = re.compile(r"\d{1,3}(?: ?t(?!\w)|[ -]years?[ -]olds?(?!\w))")
AGED = re.compile(r"age(?<!\w...)(?:d|:)? \d{1,3}(?!\d)")
NO_AGE_AFTER = re.compile(
    r" ?(?:trở|đảng|nghề|(?:and|or) (?:over|above|older|more|under)|\+|- ?\d|to \d)"
)
NO_AGE_BEFORE = re.compile(
    r"(?:dưới|trên|từ|đến|tới|đủ|hơn|quá|lớp|mẫu giáo|over|under|above|below|than|[≥≤><=]|\d ?-) ?$"
    r"|(?:độ tuổi|trung bình|nhóm tuổi|lứa tuổi|khung tuổi)[^.;\n]*$"
)
PERSON_BEFORE = re.compile(r"(?:\(|nam|nữ|ông|bà|cụ|anh|chị|em|cháu|bé),? ?$")
NEAR = 60


def emails(reading: Reading) -> Iterator[Span]:
    """Mailboxes other than those of public offices."""
    lower = reading.lower
    for match in AT_SIGN.finditer(lower):
        mailbox = MAILBOX.search(lower, max(0, match.start() - 64), match.start())
        domain = DOMAIN.match(lower, match.end())
        if mailbox and domain and not domain[0].endswith(OFFICIAL_MAIL):
            yield Span(Rule.EMAIL, mailbox.start(), domain.end())


def patients(reading: Reading) -> Iterator[Span]:
    """The numbers by which patients were announced in 2020 and 2021: BN1234, “bệnh nhân số 17”."""
    for match in PATIENT.finditer(reading.lower):
        if not NO_PATIENT_BEFORE.search(reading.lower[max(0, match.start() - 6) : match.start()]):
            yield Span(Rule.PATIENT, match.start(), match.end())


def births(reading: Reading) -> Iterator[Span]:
    """Ages and dates of birth of somebody, not the age groups that a rule is about."""
    lower = reading.lower
    for match in BIRTH.finditer(lower):
        if not NO_BIRTH_BEFORE.search(lower[max(0, match.start() - 6) : match.start()]):
            yield Span(Rule.BIRTH, match.start(), match.end())
    for start, end in _ages(lower):
        before = lower[max(0, start - NEAR) : start]
        if before[-1:].isalnum() or NO_AGE_BEFORE.search(before):
            continue
        if NO_AGE_AFTER.match(lower, end):
            continue
        if lower[end - 1] == "t" and not PERSON_BEFORE.search(before):
            continue
        yield Span(Rule.BIRTH, start, end)


def _ages(lower: str) -> Iterator[tuple[int, int]]:
    for match in YEARS_OLD.finditer(lower):
        window = max(0, match.start() - 25)
        if number := HOW_MANY.search(lower[window : match.start()]):
            yield window + number.start(), match.end()
    for pattern in (YEARS, AGED, AGE_FIELD):
        for match in pattern.finditer(lower):
            yield match.span()
