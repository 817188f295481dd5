"""The province page: all that is current in one province, on one page."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, Field, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from alerts.models import CaseAnnouncement, Figure, Guidance
from locations.mergers import mergers_of
from locations.models import ExposureLocation, Flight, Province
from portal import clock
from portal.pages.corrections import recent_corrections
from portal.pages.notices_first import notices_first
from portal.publishing.models import EntryQuerySet
from portal.publishing.questions import Question
from portal.publishing.rows import Rows, marks_of, names_known_to
from portal.publishing.views import public_province
from portal.web.page_cache.declaring import cached_page
from portal.web.queries import number_of

# More than these are on the list pages, to which the section links.
SHOWN = {ExposureLocation: 50, Flight: 20, CaseAnnouncement: 20, Figure: 20, Guidance: 20}
GIVEN: dict[str, Field] = {"province": BigIntegerField(), "at": DateTimeField()}


def _current(model: Any, province: Any, at: Any) -> EntryQuerySet:
    return model.objects.concerning(province).listed(at).newest_first()


def _shown(model: Any, province: Any, at: Any) -> EntryQuerySet:
    return _current(model, province, at)[: SHOWN[model]]


def _marks(model: Any, **given: Any) -> QuerySet:
    return marks_of(_shown(model, **given))


MARKS = {model: Question(partial(_marks, model), **GIVEN) for model in SHOWN}
COUNT = Question(lambda **given: number_of(_current(ExposureLocation, **given)), **GIVEN)


def _rows(model: Any, province: Province, at: datetime) -> Rows:
    given = {"province": province.pk, "at": at}
    return Rows(partial(_shown, model, **given), marks=partial(MARKS[model].ask, **given))


@cached_page()
@require_safe
def province_page(request: HttpRequest, province: str) -> HttpResponse:
    # Asked before anything that is kept is read.
    names = names_known_to(request)
    publisher = public_province(province, names=names)
    return render(request, "pages/province.html", context_for(publisher, names))


def context_for(province: Province, names: int | None = None) -> dict[str, Any]:
    """`names` as for `Rows.html`."""
    at = clock.now()
    notices = notices_first(province, at, names=names)
    return {
        "province": province,
        "mergers": partial(_mergers, province),
        "corrections": recent_corrections(province, names),
        "notices": notices,
        "locations": _rows(ExposureLocation, province, at),
        "locations_count": COUNT.ask(at=at, province=province.pk)[0][0],
        "flights": _rows(Flight, province, at),
        "cases": _rows(CaseAnnouncement, province, at),
        "figures": _rows(Figure, province, at),
        "guidance": _rows(Guidance, province, at),
        "share": notices.get("share"),
        "json_ld": notices.get("json_ld", ()),
    }


def _mergers(province: Province) -> str:
    told = {"mergers": mergers_of(province), "province": province}
    return render_to_string("pages/_mergers.html", told)
