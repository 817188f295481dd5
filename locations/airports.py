"""Airports of the IATA list (package `airportsdata`), with Vietnam's under their own names."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import airportsdata

# The list spells Vietnamese names without marks; these are the official ones.
VIETNAMESE_NAMES = {
    "BMV": "Buôn Ma Thuột",
    "CXR": "Cam Ranh, Khánh Hòa",
    "DAD": "Đà Nẵng",
    "DIN": "Điện Biên",
    "DLI": "Liên Khương, Lâm Đồng",
    "HAN": "Nội Bài, Hà Nội",
    "HPH": "Cát Bi, Hải Phòng",
    "HUI": "Phú Bài, Huế",
    "PQC": "Phú Quốc",
    "PXU": "Pleiku, Gia Lai",
    "SGN": "Tân Sơn Nhất, TP. Hồ Chí Minh",
    "SQH": "Nà Sản, Sơn La",
    "TBB": "Tuy Hòa, Phú Yên",
    "THD": "Thọ Xuân, Thanh Hóa",
    "UIH": "Phù Cát, Bình Định",
    "VCA": "Cần Thơ",
    "VCL": "Chu Lai, Quảng Nam",
    "VCS": "Côn Đảo",
    "VDH": "Đồng Hới, Quảng Bình",
    "VDO": "Vân Đồn, Quảng Ninh",
    "VII": "Vinh, Nghệ An",
    "VKG": "Rạch Giá, Kiên Giang",
    "CAH": "Cà Mau",
}


@cache
def _list() -> dict[str, Any]:
    return airportsdata.load("IATA")


def exists(code: str) -> bool:
    return code in _list()


def name(code: str) -> str:
    """The airport's name and town; the bare code if it is not in the list."""
    if code in VIETNAMESE_NAMES:
        return VIETNAMESE_NAMES[code]
    airport = _list().get(code)
    if airport is None:
        return code
    town, full = airport["city"], airport["name"]
    return full if not town or town in full else f"{full}, {town}"


def zone(code: str) -> ZoneInfo:
    """The time zone of the airport."""
    return ZoneInfo(_list()[code]["tz"])


def choices() -> list[tuple[str, str]]:
    """Every airport for a form, Vietnam's first."""
    codes = [*sorted(VIETNAMESE_NAMES), *sorted(set(_list()) - set(VIETNAMESE_NAMES))]
    return [(code, f"{code} · {name(code)}") for code in codes if exists(code)]
