"""Parameters of the API: what each means, how it is written, and what it narrows.

Document, check and filter are made from one definition, so that none can promise what another does
not keep.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, BeforeValidator, create_model
from pydantic_core import PydanticCustomError

from alerts.api.descriptions import as_schema
from alerts.api.problems import Problem
from locations.models import Province
from locations.models.flight import normalise_number
from portal.publishing.models.publishable import State
from portal.publishing.open_data.dataset import Status
from portal.text import search_words

MOST_AT_ONCE = 500
Narrow = Callable[[Any, Any, datetime], Any]
# A day whose midnight every database and time zone can hold.
FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Parameter:
    """`meaning` says what it is for and `form` how it is written; `read` makes a value of what
    stands in the address, or raises ValueError; `narrow` takes of some rows those that are asked
    for at a moment."""

    name: str
    meaning: Promise
    form: Promise
    example: str | int
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    narrow: Narrow | None = None
    default: Any = None
    required: bool = False

    def described(self) -> str:
        return f"{self.meaning} {self.form}"

    def checked(self, text: Any) -> Any:
        try:
            return self.read(text)
        except ValueError as error:
            words = _("This is no value that it can have. %s") % self.form
            raise PydanticCustomError("parameter", "{words}", {"words": words}) from error

    def field(self) -> tuple[Any, Any]:
        schema = {**self.schema, "example": self.example}
        if self.default is not None:
            schema["default"] = self.default
        held = Annotated[Any, BeforeValidator(self.checked)]
        default = ... if self.required else self.default
        return held, as_schema(schema, self.described, default=default)


def model_of(name: str, parameters: Iterable[Parameter]) -> type[BaseModel]:
    """What reads these parameters from an address, for django-ninja."""
    fields: dict[str, Any] = {one.name: one.field() for one in parameters}
    model: type[BaseModel] = create_model(name, __base__=BaseModel, **fields)
    return model


def narrowed(
    rows: Any, parameters: Iterable[Parameter], values: Mapping[str, Any], at: datetime
) -> Any:
    """Those of `rows` that are asked for by `values`."""
    for one in parameters:
        if one.narrow and values[one.name] is not None:
            rows = one.narrow(rows, values[one.name], at)
    first, last = values.get("from"), values.get("to")
    if first and last and last < first:
        words = _("This day lies before “from”. Swap the two.")
        raise Problem(words, parameter="to")
    return rows.happened_between(first, last) if first or last else rows


# --- how values are written


def matching(pattern: str, **limits: Any) -> dict[str, Any]:
    return {"schema": {"type": "string", "pattern": f"^{pattern}$", **limits},
            "read": lambda text: _matched(pattern, text)}  # fmt: skip


def _matched(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError("not of this form")
    return text


def one_of(*values: str) -> dict[str, Any]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError("none of these")
        return text

    return {
        "schema": {"type": "string", "enum": values},
        "read": read,
        "form": format_lazy("{} {}.", gettext_lazy("One of:"), ", ".join(values)),
        "example": values[0],
    }


def _whole_number(text: str) -> int:
    number = int(_matched("[0-9]{1,4}", text))
    if not 1 <= number <= MOST_AT_ONCE:
        raise ValueError("too few or too many")
    return number


def _day(text: str) -> date:
    return date.fromisoformat(_matched("[0-9]{4}-[0-9]{2}-[0-9]{2}", text))


def _words(text: str) -> str:
    if not 1 <= len(text) <= 100:
        raise ValueError("too short or too long")
    return text


A_DAY: dict[str, Any] = {
    "form": gettext_lazy("A day of Vietnam by ISO 8601, such as 2021-03-26."),
    "example": "2021-03-26",
    "schema": {"type": "string", "format": "date"},
    "read": _day,
}
A_UNIT: dict[str, Any] = {
    "form": gettext_lazy("A “unit_id”, such as 2004-11752."),
    "example": "2004-11752",
    **matching("[0-9]{4}-[0-9]{1,5}"),
}


# --- what they narrow


def _of_province(rows: Any, slug: str, at: datetime) -> Any:
    province = Province.objects.public(at).filter(slug=slug).first()
    if province is None:
        words = _("There is no province with this name in addresses. /api/v1/provinces has all.")
        raise Problem(words, parameter="province", status=404)
    return rows.concerning(province)


def _in_status(rows: Any, status: str, at: datetime) -> Any:
    if status == Status.CURRENT:
        return rows.listed(at)
    return rows.past(at) if status == Status.PAST else rows.filter(state=State.WITHDRAWN)


def _with_words(rows: Any, text: str, at: datetime) -> Any:
    return rows.search(text) if search_words(text) else rows.none()


def _since(name: str) -> Narrow:
    def narrow(rows: Any, day: date, at: datetime) -> Any:
        midnight = datetime.combine(max(day, FIRST_DAY), time(), timezone.get_default_timezone())
        return rows.filter(**{f"{name}__gte": midnight})

    return narrow


def _exactly(name: str) -> Narrow:
    return lambda rows, value, at: rows.filter(**{name: value})


LIMIT = Parameter(
    "limit",
    gettext_lazy("How many at once."),
    gettext_lazy("A whole number from 1 to 500; 100 if it is left out."),
    100,
    {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE},
    _whole_number,
    default=100,
)
CURSOR = Parameter(
    "cursor",
    gettext_lazy("Where to go on in the list; it stands in “next” of the page before."),
    gettext_lazy("Take it as it was given, with the same filters; without it the list begins."),
    "",
    **matching("[A-Za-z0-9_-]{1,400}", format="list-cursor"),
)
SINCE = Parameter(
    "since",
    gettext_lazy("What the mirror has seen: “since” of the last page that it has read."),
    gettext_lazy("Take it as it was given; without it everything is sent."),
    "",
    **matching("[A-Za-z0-9_-]{1,400}", format="mirror-cursor"),
)
PROVINCE = Parameter(
    "province",
    gettext_lazy("What stands on the pages of this province, as in its open data."),
    gettext_lazy("Its name in addresses, such as hai-phong."),
    "hai-phong",
    narrow=_of_province,
    **matching("[a-z0-9_-]{1,50}", format="province"),
)
STATUS = Parameter(
    "status",
    gettext_lazy("Where entries stand. All of them if it is left out."),
    narrow=_in_status,
    **one_of(*Status.values),
)
ADDED_FROM = Parameter(
    "added_from",
    gettext_lazy("Published on this day or later."),
    narrow=_since("published_at"),
    **A_DAY,
)
UPDATED_FROM = Parameter(
    "updated_from",
    gettext_lazy("Published, corrected or withdrawn on this day or later."),
    narrow=_since("updated_at"),
    **A_DAY,
)
WORDS = Parameter(
    "q",
    gettext_lazy("Every word occurs in it, whatever its accents, case and spaces."),
    gettext_lazy("Words, of 1 to 100 characters together."),
    "cho sat",
    {"type": "string", "minLength": 1, "maxLength": 100},
    _words,
    _with_words,
)
FROM = Parameter("from", gettext_lazy("It happened on this day or later."), **A_DAY)
TO = Parameter(
    "to", gettext_lazy("It happened on this day or earlier; not before “from”."), **A_DAY
)
WARD = Parameter("ward", gettext_lazy("In this ward."), narrow=_exactly("ward"), **A_UNIT)
DISTRICT = Parameter(
    "district",
    gettext_lazy("In this district, as it was at the time."),
    narrow=lambda rows, unit, at: rows.in_district(unit),
    **A_UNIT | {"form": gettext_lazy("A “unit_id”, such as 2004-317."), "example": "2004-317"},
)
FLIGHT_NUMBER = Parameter(
    "number",
    gettext_lazy("The flight number."),
    gettext_lazy("Airline and number, such as VJ458 or vj 458."),
    "VJ458",
    narrow=lambda rows, text, at: rows.filter(number=normalise_number(text)),
    **matching("[0-9A-Za-z -]{2,12}"),
)
DATE = Parameter(
    "date", gettext_lazy("The local day of the flight."), narrow=_exactly("date"), **A_DAY
)


def choice(name: str, meaning: Promise, choices: type[models.TextChoices]) -> Parameter:
    """A parameter that narrows by a column with these choices."""
    return Parameter(name, meaning, narrow=_exactly(name), **one_of(*filter(None, choices.values)))


PUBLISHER = Parameter(
    "province",
    gettext_lazy("Who published it; “viet-nam” for the whole country."),
    gettext_lazy("Its name in addresses, such as hai-phong."),
    "hai-phong",
    required=True,
    **matching("[a-z0-9_-]{1,50}", format="province"),
)
CODE = Parameter(
    "code",
    gettext_lazy("The “id” of the entry."),
    gettext_lazy("Capital letters and digits."),
    "7H3KDA",
    required=True,
    **matching("[0-9A-Z]{1,12}", format="code"),
)

# What every kind of entry can be asked by.
FIRST = (PROVINCE, STATUS)
LAST = (ADDED_FROM, UPDATED_FROM, WORDS)
PAGING = (LIMIT, CURSOR)
