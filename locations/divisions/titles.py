"""Levels, kinds and official names of administrative divisions, and recognising them as typed."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.text import fold


class Level(models.IntegerChoices):
    PROVINCE = 1, _("province")
    DISTRICT = 2, _("district")
    WARD = 3, _("ward or commune")


class Kind(models.TextChoices):
    PROVINCE = "province", pgettext_lazy("kind of division", "province")
    CENTRAL_CITY = "central_city", _("centrally-run city")
    URBAN_DISTRICT = "urban_district", _("urban district")
    RURAL_DISTRICT = "rural_district", _("rural district")
    TOWN = "town", _("town")
    CITY = "city", _("city within a province")
    WARD = "ward", _("ward")
    COMMUNE = "commune", _("commune")
    TOWNSHIP = "township", _("township")
    SPECIAL_ZONE = "special_zone", _("special zone")

    @property
    def level(self) -> Level:
        return next(level for level, kinds in KINDS.items() if self in kinds)

    @property
    def word(self) -> str:
        """The Vietnamese word that stands before the name."""
        return WORDS[self][0]


KINDS = {
    Level.PROVINCE: (Kind.PROVINCE, Kind.CENTRAL_CITY),
    Level.DISTRICT: (Kind.URBAN_DISTRICT, Kind.RURAL_DISTRICT, Kind.TOWN, Kind.CITY),
    Level.WARD: (Kind.WARD, Kind.COMMUNE, Kind.TOWNSHIP, Kind.SPECIAL_ZONE),
}

# The official word first, then folded short forms that people write for it.
WORDS = {
    Kind.PROVINCE: ("tỉnh", "t"),
    Kind.CENTRAL_CITY: ("thành phố", "tp", "thu do"),
    Kind.URBAN_DISTRICT: ("quận", "q"),
    Kind.RURAL_DISTRICT: ("huyện", "h"),
    Kind.TOWN: ("thị xã", "tx"),
    Kind.CITY: ("thành phố", "tp"),
    Kind.WARD: ("phường", "p", "f"),
    Kind.COMMUNE: ("xã", "x"),
    Kind.TOWNSHIP: ("thị trấn", "tt"),
    Kind.SPECIAL_ZONE: ("đặc khu", "dk"),
}
HO_CHI_MINH = "Hồ Chí Minh"
NUMBERED = re.compile(r"\b([pqf])?0*(\d+)\b")
HCM = re.compile(r"\b(?:(?:tp|thanh pho) ?)?hcm$")


class Title(NamedTuple):
    """What a division is at one time: its kind, its name and the division it is part of."""

    kind: Kind
    name: str
    parent_id: str | None

    @classmethod
    def parsed(cls, full_name: str, level: Level, parent_id: str | None = None) -> Self:
        """The title in an official `full_name` such as "Phường Đằng Giang".

        Raises ValueError if it does not begin with a word for a kind of that level.
        """
        text = " ".join(full_name.split())
        for kind in KINDS[level]:
            if text.lower().startswith(f"{kind.word} "):
                name = text[len(kind.word) + 1 :]
                return cls(kind, str(int(name)) if name.isdigit() else name, parent_id)
        raise ValueError(f"no kind of {level.name.lower()} in {full_name!r}")

    @property
    def full_name(self) -> str:
        """Kind and name: "xã Đại Hợp", "Quận 1", "Thành phố Hồ Chí Minh".

        Capitals by Decree 30/2020/NĐ-CP, Annex II, III.1: the kind is written small, except
        before a number and in "Thành phố Hồ Chí Minh".
        """
        capital = self.name.isdigit() or self.name == HO_CHI_MINH
        word = self.kind.word.capitalize() if capital else self.kind.word
        return f"{word} {self.name}"

    def is_called(self, typed: str) -> bool:
        """Whether `typed` is this title: with its kind, a short form of it, or the name alone.

        Case, accents and the place of tone marks do not matter: "TP. Thuan An", "Kiến Thuỵ".
        """
        name = standard(self.name)
        return standard(typed) in {name, *(f"{standard(word)} {name}" for word in WORDS[self.kind])}

    @property
    def search_text(self) -> str:
        """Kind and name for search: " xa dai hop", a space before every word."""
        return f" {standard(self.kind.word)} {standard(self.name)}"


@lru_cache(maxsize=4096)
def standard(typed: str) -> str:
    """`typed` folded, its numbers without leading zeros and apart from a short kind: "p 9"."""
    text = NUMBERED.sub(lambda m: f"{m[1] or ''} {m[2]}".strip(), fold(typed))
    return HCM.sub(f"tp {fold(HO_CHI_MINH)}", text)


def endings(typed: str) -> list[str]:
    """What may be the name in `typed`, longest first: "tp thuan an", "thuan an", "an"."""
    words = standard(typed).split()
    return [" ".join(words[start:]) for start in range(len(words))]


def accents(text: str) -> list[tuple[str, ...]]:
    """The words of `text` with their marks, wherever in the word a mark is written.

    Tells "Cẩm Giang" from "Cẩm Giàng", and takes "Thuỵ" and "Thụy" for the same.
    """
    decomposed = unicodedata.normalize("NFD", text.lower())
    return [tuple(sorted(word)) for word in decomposed.split()]
