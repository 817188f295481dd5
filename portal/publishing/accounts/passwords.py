"""Passwords that are easy to guess though they are long: a known word with signs around it.

Django's list of common passwords comes from breaches, but few of its entries have the twelve signs
that ours need. What people make of a short one to fill twelve is refused here: "Password2026!!",
"haiphong-2026", "matkhau123456".
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What a stranger would think of first here; docs/security.md names them, as ASVS 6.1.2 asks.
WORDS = (
    "benhvien", "bocongan", "boyte", "canbo", "canhbao", "chinhquyen", "congthongtin", "corona",
    "covid", "dichbenh", "duphong", "duyettin", "health", "kiemdich", "matkhau", "ncov", "password",
    "phongdich", "portal", "quantri", "soantin", "soyte", "suckhoe", "thongbao", "trungtam",
    "ubnd", "vietnam", "yte", "zalo",
)  # fmt: skip
# With fewer letters beside such a word it is still easy to guess; a common one has as many.
LEAST_LETTERS = 4


class PredictableValidator:
    """Refuses a common password or a word of this portal that digits and signs make longer."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        letters = beside = _letters(password)
        for word in sorted(_words(), key=len, reverse=True):
            beside = beside.replace(word, "")
        if repeated := re.fullmatch(r"(.+?)\1+", beside):
            beside = repeated[1]
        is_word = beside != letters and len(beside) < LEAST_LETTERS
        if is_word or (len(beside) >= LEAST_LETTERS and beside in _common()):
            raise ValidationError(
                _("This is a common password or a word of this portal with signs around it."),
                code="password_predictable",
            )

    def get_help_text(self) -> str:
        return _(
            "Your password can’t be a common one, or a word of this portal such as the name of"
            " your province, made longer by digits and signs."
        )


def _letters(text: str) -> str:
    """The letters of `text`, of any script, without case and marks."""
    decomposed = unicodedata.normalize("NFKD", text.lower()).replace("đ", "d")
    return "".join(letter for letter in decomposed if letter.isalpha())


def _words() -> set[str]:
    """WORDS, the names of the provinces that are here, and that of the portal's host."""
    publishers = apps.get_model(settings.PUBLISHER_MODEL)._default_manager.all()
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname or ""
    own = {_letters(str(publisher)) for publisher in publishers} | set(host.split("."))
    return {*WORDS, *(word for word in own if len(word) > 2)}


@lru_cache(maxsize=1)
def _common() -> set[str]:
    return CommonPasswordValidator().passwords
