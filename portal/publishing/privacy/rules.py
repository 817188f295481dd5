"""What is looked for, in words that an officer reads, and what was found."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Rule(TextChoices):
    """Each rule, strongest first: where two meet on the same words the first one speaks."""

    EMAIL = "email", _("e-mail address")
    IDENTITY = "identity", _("number of an identity paper")
    PHONE = "phone", _("telephone number that is no listed hotline")
    PATIENT = "patient", _("patient code")
    BIRTH = "birth", _("age or date of birth")
    HOME = "home", _("address of a home")
    NAME = "name", _("name of a person")
    LENGTH = "length", _("text too long to be checked")

    @property
    def advice(self) -> str | Promise:
        """What to do about a finding."""
        return ADVICE[self]


ADVICE: dict[Rule, str | Promise] = {
    Rule.EMAIL: _("Remove it, or give an address of the office that ends in .gov.vn."),
    Rule.IDENTITY: _("Remove the number: residents never need it."),
    Rule.PHONE: _("Remove it, or list it as a hotline if it is an office's number."),
    Rule.PATIENT: _("Write “a case” or the number of cases instead of the code."),
    Rule.BIRTH: _("Remove it: say who is concerned by place and time."),
    Rule.HOME: _("Name the ward, the lane or the residential area, not the house."),
    Rule.LENGTH: _("Shorten it, or split it into several entries."),
    Rule.NAME: _("Remove the name: say who is concerned by place and time."),
}


class Span(NamedTuple):
    """Where a rule applies in the text as it is read (see `reading`)."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """Words of a text, as they were typed, to which a rule applies; `start` counts characters."""

    rule: Rule
    words: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.words)
