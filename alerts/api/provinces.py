"""A province as the API says it; the files of open data have only what it publishes."""

from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alerts.api.descriptions import as_schema, told
from alerts.api.schemas import SCHEMAS
from locations import models
from portal.publishing.content import encode
from portal.publishing.open_data.dataset import Type, public_url
from portal.publishing.open_data.files import said

# Each text, and the same in English, where an office has written it.
TEXTS = ("office", "office_en", "listing_rule", "listing_rule_en")


def _moment(words: Any) -> Any:
    return as_schema(SCHEMAS[Type.MOMENT], lambda: str(words))


class Hotline(BaseModel):
    label: str = told(_("Who answers."))
    label_en: str | None = told(_("The same in English."))
    number: str = told(_("The number to call."))


class Account(BaseModel):
    channel: Literal["zalo"] = told(_("Where the account is."))
    name: str = told(_("What it is called there."))
    url: str | None = told(_("Its address."))


class Link(BaseModel):
    name: str = told(_("The menu item of the official account."))
    name_en: str | None = told(_("The same in English."))
    leads_to: str = told(_("What it opens."))
    leads_to_en: str | None = told(_("The same in English."))
    url: str | None = told(_("Its address."))


class Province(BaseModel):
    id: str = told(_("The code of the province: permanent, and never used for anything else."))
    province: str = told(_("Its name in addresses, which stays when provinces merge."))
    name: str = told(_("The name of the province."))
    unit_id: str = told(
        _("The administrative unit: the year of the decision that numbers it and its code there.")
    )
    office: str | None = told(_("The office that publishes."))
    office_en: str | None = told(_("The same in English."))
    hotlines: list[Hotline] = told(_("Who answers at which number."))
    accounts: list[Account] = told(_("Its official accounts."))
    links: list[Link] = told(_("The menu of the official account."))
    listing_days: int = told(_("Days after the exposure for which a place stays current."))
    listing_rule: str | None = told(_("What is listed, what is left out, and why."))
    listing_rule_en: str | None = told(_("The same in English."))
    status: Literal["current", "withdrawn"] = told(_("Where the page of the province stands."))
    revision: int = told(_("The number of its published version."))
    added: str = _moment(_("When it was published here for the first time."))
    updated: str = _moment(_("When what residents read changed last."))
    public_note: str | None = told(
        _("Why it was corrected or withdrawn, in the words of the office.")
    )
    url: str = told(_("The page of the province. It stays for ever."))


def load_provinces(provinces: Any, at: datetime) -> Any:
    return provinces.prefetch_related("accounts", "hotlines", "links")


def province_object(province: models.Province, at: datetime) -> dict[str, Any]:
    children = {
        accessor: [_known(encode(child, fields)) for child in getattr(province, accessor).all()]
        for accessor, fields in province.content_children.items()
    }
    for account, row in zip(children["accounts"], province.accounts.all(), strict=True):
        account["url"] = row.safe_url or None
    values = {
        "id": province.code,
        "province": province.slug,
        "name": province.name,
        "unit_id": province.division_id,
        **{name: getattr(province, name) for name in TEXTS},
        **children,
        "listing_days": province.listing_days,
        "status": "withdrawn" if province.is_withdrawn else "current",
        "revision": province.revision_number,
        "added": said(province.published_at),
        "updated": said(province.updated_at),
        "public_note": province.public_note,
        "url": public_url(province),
    }
    return _known(values)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value == "" else value for name, value in values.items()}
