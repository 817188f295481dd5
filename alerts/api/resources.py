"""The kinds of object that the API has, each with its model, its parameters and its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alerts.api import parameters as asked
from alerts.api import provinces
from alerts.api.parameters import Parameter, choice
from alerts.api.schemas import model_of
from alerts.models import Notice
from alerts.open_data import CASES, FIGURES, NOTICES
from locations.models import ExposureLocation, Province
from locations.open_data import FLIGHTS, LOCATIONS
from portal.publishing.open_data.dataset import Dataset, public_of

# Where the entries of the whole country stand, which no province publishes.
NATIONWIDE = "viet-nam"


@dataclass(frozen=True)
class Resource:
    """A kind of object. `load` fetches what `object_of` reads, in a fixed number of queries."""

    name: str
    title: Promise
    explanation: Promise
    model: Any
    schema: type[BaseModel]
    load: Callable[[Any, datetime], Any]
    object_of: Callable[[Any, datetime], dict[str, Any]]
    parameters: tuple[Parameter, ...] = ()

    def public(self, at: datetime) -> Any:
        return public_of(self.model, at)


def _entries(dataset: Dataset, explanation: Promise, *own: Parameter) -> Resource:
    return Resource(
        name=dataset.name,
        title=dataset.title,
        explanation=explanation,
        model=dataset.model,
        schema=model_of(dataset),
        load=dataset.load,
        object_of=dataset.object_of,
        parameters=(*asked.FIRST, *own, *asked.LAST),
    )


# In the order in which a mirror can take them: what is named before what names it.
RESOURCES = [
    Resource(
        name="provinces",
        title=_("Provinces"),
        explanation=_(
            "The health offices that publish here: their hotlines, their official accounts, and "
            "what they list."
        ),
        model=Province,
        schema=provinces.Province,
        load=provinces.load_provinces,
        object_of=provinces.province_object,
    ),
    _entries(
        LOCATIONS,
        _("Places where people may have been exposed, each with its windows of time."),
        asked.WARD,
        asked.DISTRICT,
        choice("kind", _("Places of this kind."), ExposureLocation.Kind),
        choice("tier", _("Places with this kind of contact."), ExposureLocation.Tier),
        asked.FROM,
        asked.TO,
    ),
    _entries(
        FLIGHTS,
        _("Flights on which people may have been exposed."),
        asked.FLIGHT_NUMBER,
        asked.DATE,
        asked.FROM,
        asked.TO,
    ),
    _entries(
        NOTICES,
        _("What the health office asks residents to do."),
        choice("severity", _("Notices of this severity."), Notice.Severity),
    ),
    _entries(
        CASES,
        _(
            "How many new cases, when and where; never who. An announcement may count several "
            "provinces together: do not add up those of the same days."
        ),
        asked.WARD,
        asked.FROM,
        asked.TO,
    ),
    _entries(FIGURES, _("What is counted, how many, and as of when.")),
]
Change = Literal["added", "corrected", "withdrawn"]
