"""A story file, read strictly: an unknown, missing or impossible field is named and refused."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from django.core.exceptions import ValidationError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt
from pydantic import ValidationError as UnreadableStory

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
Text = Annotated[str, Field(min_length=1)]
Airport = Annotated[str, Field(pattern=r"^[A-Z]{3}\b")]


class Facts(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Account(Facts):
    channel: Literal["zalo"]
    name: Text


class MenuFeature(Facts):
    name: Text
    name_en: str = ""
    leads_to: Text
    leads_to_en: str = ""


class ProvinceFacts(Facts):
    slug: Slug
    name: Text
    kind: Text
    gso_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    official_account: Account
    menu_feature: MenuFeature
    today: str = ""


class CaseFacts(Facts):
    provinces: Annotated[list[Slug], Field(min_length=1)]
    new_cases_together: NonNegativeInt
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    hai_phong_cases_named_in_notice: NonNegativeInt | None = None


class NoticeFacts(Facts):
    province: Slug
    kind: Literal["thông báo khẩn"]
    action: Text
    action_en: str = ""
    covers: list[Text]


class FlightFacts(Facts):
    number: Text
    origin: Airport
    destination: Airport
    at: AwareDatetime
    notice: Slug
    at_is: Annotated[str, Field(pattern=r"^(as announced|departure|arrival)\b")]


class LocationFacts(Facts):
    province: Slug
    name: Text
    name_en: str = ""
    kind: Text
    address: str = ""
    ward: Text
    district: Text
    first: date | None = Field(alias="from")
    last: date | None = Field(alias="to")
    note: str = ""
    note_en: str = ""


class FigureFacts(Facts):
    scope: Literal["Việt Nam"]
    what: Text
    what_en: str = ""
    value: NonNegativeInt
    since: date | None = None
    as_of: AwareDatetime


class GuidanceFacts(Facts):
    by: Text
    by_en: str = ""
    points: Annotated[list[Text], Field(min_length=1)]
    points_en: list[Text] = []


class Story(Facts):
    about: str = Field("", alias="_about")
    published: date
    provinces: list[ProvinceFacts]
    how_to_follow: list[Text]
    case_announcements: list[CaseFacts]
    notices: list[NoticeFacts]
    flights: list[FlightFacts]
    exposure_locations: list[LocationFacts]
    figures: list[FigureFacts]
    guidance: list[GuidanceFacts]


def read(path: Path) -> Story:
    """The facts of the file at `path`.

    Raises ValidationError with one message that names the first fault: `flights[0].colour: …`.
    """
    try:
        return Story.model_validate_json(path.read_bytes(), strict=False)
    except OSError as error:
        raise ValidationError(f"{path}: {error.strerror}") from error
    except UnreadableStory as error:
        fault = error.errors()[0]
        raise ValidationError(f"{path.name}: {_place(fault['loc'])}{fault['msg']}") from error


def _place(location: tuple[str | int, ...]) -> str:
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{place.lstrip('.')}: " if place else ""
