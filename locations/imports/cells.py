"""One cell: its text cleaned, its moment, number or choice understood."""

import re
import unicodedata
from datetime import date, datetime, time
from functools import cache

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from locations.imports.sheets import Cell, Moment
from locations.models import ExposureLocation
from portal.text import fold

DAY_FIRST = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ ,T]+(\d{1,2})(?:[:hg](\d{2})?)(?::(\d{2}))?)?",
    re.IGNORECASE,
)
HOUR_FIRST = re.compile(
    r"(\d{1,2})[:hg](\d{2})?(?::(\d{2}))?[ ,]+(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.IGNORECASE
)
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?!\d)")
ONLY_HOUR = re.compile(r"\d{1,2}[:hg](\d{2})?(:\d{2})?", re.IGNORECASE)
# Written by word processors and chat programs, seen by nobody, and in the way of every search.
INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f]")
# What Vietnamese offices write, beside the labels of the portal itself.
KIND_WORDS = {
    "area": "khu vực", "hotel": "khách sạn, nhà nghỉ", "residential": "khu dân cư, nhà ở, chung cư",
    "workplace": "nơi làm việc, công ty, nhà máy, cơ quan, xí nghiệp",
    "shop": "cửa hàng, siêu thị", "market": "chợ",
    "restaurant": "nhà hàng, quán ăn, nhà hàng quán ăn, quán cà phê",
    "school": "trường học, trường", "health": "cơ sở y tế, bệnh viện, phòng khám, nhà thuốc",
    "transport": "giao thông, phương tiện giao thông, bến xe, xe khách",
    "worship": "cơ sở tôn giáo, nơi thờ tự, nhà thờ, chùa, đền", "event": "sự kiện, đám cưới",
    "other": "khác",
}  # fmt: skip
TIER_WORDS = {
    "close": "tiếp xúc gần, gần", "casual": "tiếp xúc thường, tiếp xúc thông thường, thường",
    "monitor": "theo dõi sức khỏe, theo dõi, tự theo dõi sức khỏe",
}  # fmt: skip


class Unreadable(ValueError):
    """The cell cannot be understood; the message says what it should be."""


def text(cell: Cell, *, lines: bool = False) -> str:
    """The text of a cell in normal form; one line unless `lines`. Raises Unreadable.

    Invisible characters are left out; see `has_invisible`.
    """
    if cell is None:
        return ""
    if isinstance(cell, Moment):
        return f"{cell.at:%d/%m/%Y %H:%M}" if cell.has_hour else f"{cell.at:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    shown = str(cell)
    if not shown.isprintable():
        shown = INVISIBLE.sub("", shown.replace("\r\n", "\n").replace("\r", "\n"))
        for character in shown:
            if unicodedata.category(character) in FORBIDDEN and character not in "\n\t":
                raise Unreadable(
                    _("It holds the hidden character U+%04X, which changes how text is read. "
                      "Type the text again.") % ord(character)
                )  # fmt: skip
    shown = unicodedata.normalize("NFC", shown)
    if lines:
        return "\n".join(" ".join(line.split()) for line in shown.split("\n")).strip()
    return " ".join(shown.split())


# Control characters, directions of writing, halves of characters, characters that are none.
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def has_invisible(cell: Cell) -> bool:
    return isinstance(cell, str) and INVISIBLE.search(cell) is not None


def moment(cell: Cell) -> tuple[date | None, time | None]:
    """The day and the hour in Vietnam, each None if it is not known. Raises Unreadable."""
    if isinstance(cell, Moment):
        return cell.at.date(), cell.at.time() if cell.has_hour else None
    if isinstance(cell, int | float):
        raise Unreadable(
            _("%s is a number. Format the cell as a date, or type 22/03/2021 19:00.") % cell
        )
    typed = text(cell)
    if not typed:
        return None, None
    if ONLY_HOUR.fullmatch(typed):
        raise Unreadable(_("“%s” is an hour without its day. Type 22/03/2021 19:00.") % typed)
    try:
        return _typed_moment(typed)
    except ValueError as error:
        hint = (
            _("Write the year with four digits.") if TWO_DIGIT_YEAR.fullmatch(typed.split()[0])
            else _("Type day/month/year and the hour: 22/03/2021 19:00.")
        )  # fmt: skip
        raise Unreadable(_("“%s” is no day and hour.") % typed[:40] + " " + hint) from error


def _typed_moment(typed: str) -> tuple[date, time | None]:
    if found := DAY_FIRST.fullmatch(typed):
        day, month, year, *clock = found.groups()
        return date(int(year), int(month), int(day)), _hour(*clock)
    if found := HOUR_FIRST.fullmatch(typed):
        *clock, day, month, year = found.groups()
        return date(int(year), int(month), int(day)), _hour(*clock)
    if ISO_DAY.fullmatch(typed):
        return date.fromisoformat(typed), None
    if not ISO_DAY.match(typed):
        raise ValueError(typed)
    at = datetime.fromisoformat(typed)
    if at.tzinfo is not None:
        try:
            at = at.astimezone(timezone.get_default_timezone())
        except OverflowError as error:
            raise ValueError(typed) from error
    return at.date(), at.time().replace(microsecond=0, tzinfo=None)


def _hour(hour: str | None, minute: str | None, second: str | None) -> time | None:
    return None if hour is None else time(int(hour), int(minute or 0), int(second or 0))


def degrees(cell: Cell, most: int) -> float | None:
    """A latitude or longitude of at most `most` degrees. Raises Unreadable."""
    if isinstance(cell, bool | Moment):
        raise Unreadable(_("Give degrees as a number such as 20.8449."))
    if isinstance(cell, int | float):
        number = float(cell)
    else:
        typed = text(cell)
        if not typed:
            return None
        try:
            number = float(typed.replace(",", ".").removesuffix("°"))
        except ValueError as error:
            raise Unreadable(
                _("“%s” is no number. Give degrees such as 20.8449.") % typed[:40]
            ) from error
    if not -most <= number <= most:
        raise Unreadable(
            _("%(number)s is not between -%(most)d and %(most)d. Is it in the right column?")
            % {"number": number, "most": most}
        )
    return number


def kind(cell: Cell) -> str:
    """The code of a kind, "" if the cell is empty. Raises Unreadable."""
    return _choice(cell, _kinds(), ExposureLocation.Kind.values)


def tier(cell: Cell) -> str:
    """The code of a contact tier, "" if the cell is empty. Raises Unreadable."""
    return _choice(cell, _tiers(), ExposureLocation.Tier.values)


def _choice(cell: Cell, words: dict[str, str], codes: list[str]) -> str:
    typed = text(cell)
    if not typed:
        return ""
    code = words.get(fold(typed))
    if code is None:
        raise Unreadable(
            _("“%(typed)s” is not known. Use one of: %(codes)s, or its Vietnamese word.")
            % {"typed": typed[:40], "codes": ", ".join(codes)}
        )
    return code


@cache
def _kinds() -> dict[str, str]:
    return _words(ExposureLocation.Kind, KIND_WORDS)


@cache
def _tiers() -> dict[str, str]:
    return _words(ExposureLocation.Tier, TIER_WORDS)


def _words(choices: type, more: dict[str, str]) -> dict[str, str]:
    words = {fold(word): code for code, several in more.items() for word in several.split(", ")}
    for language in ("en", "vi"):
        with override(language):
            words |= {fold(str(choice.label)): choice.value for choice in choices}
    return words | {fold(choice.value): choice.value for choice in choices}
