"""The province page: all that is current in one province, on one page."""

from functools import partial
from typing import Any

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
from portal.publishing.rows import Rows, kept_part, names_known_to
from portal.publishing.views import public_province
from portal.web.page_cache.declaring import cached_page

# More than these are on the list pages, to which the section links.
LOCATIONS_SHOWN = 50
OTHERS_SHOWN = 20


@cached_page()
@require_safe
def province_page(request: HttpRequest, province: str) -> HttpResponse:
    # Asked before anything that is kept is read.
    names = names_known_to(request)
    publisher = public_province(province)
    return render(request, "pages/province.html", context_for(publisher, names))


def context_for(province: Province, names: int | None = None) -> dict[str, Any]:
    """`names` as for `Rows.html`."""
    at = clock.now()

    def current(model: Any) -> EntryQuerySet:
        return model.objects.concerning(province).listed(at).newest_first()

    locations = current(ExposureLocation)
    notices = notices_first(province, at, names=names)
    return {
        "province": province,
        "mergers": kept_part(names, partial(_mergers, province), "mergers", province.pk),
        "corrections": recent_corrections(province),
        "notices": notices,
        "locations": Rows(locations[:LOCATIONS_SHOWN]),
        "locations_count": locations.count(),
        "flights": Rows(current(Flight)[:OTHERS_SHOWN]),
        "cases": Rows(current(CaseAnnouncement)[:OTHERS_SHOWN]),
        "figures": Rows(current(Figure)[:OTHERS_SHOWN]),
        "guidance": Rows(current(Guidance)[:OTHERS_SHOWN]),
        "share": notices.get("share"),
        "json_ld": notices.get("json_ld", ()),
    }


def _mergers(province: Province) -> str:
    told = {"mergers": mergers_of(province), "province": province}
    return render_to_string("pages/_mergers.html", told)
