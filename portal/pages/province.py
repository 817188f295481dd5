"""The province page: all that is current in one province, on one page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts.cards import share_of
from alerts.json_ld import special_announcement
from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from locations.mergers import mergers_of
from locations.models import ExposureLocation, Flight, Province
from portal import clock
from portal.pages.corrections import recent_corrections
from portal.publishing.models import EntryQuerySet
from portal.publishing.rows import Rows
from portal.publishing.views import public_province
from portal.web.page_cache.declaring import cached_page

# More than these are on the list pages, to which the section links.
LOCATIONS_SHOWN = 50
OTHERS_SHOWN = 20


@cached_page()
@require_safe
def province_page(request: HttpRequest, province: str) -> HttpResponse:
    publisher = public_province(province)
    return render(request, "pages/province.html", context_for(publisher))


def context_for(province: Province) -> dict[str, Any]:
    at = clock.now()

    def current(model: Any) -> EntryQuerySet:
        return model.objects.concerning(province).listed(at).newest_first()

    locations = current(ExposureLocation)
    notices = list(current(Notice).for_lists()[:OTHERS_SHOWN])
    for notice in notices:
        notice.province = province  # with its contacts
    return {
        "province": province,
        "mergers": mergers_of(province),
        "corrections": recent_corrections(province),
        "notices": notices,
        "locations": Rows(locations[:LOCATIONS_SHOWN]),
        "locations_count": locations.count(),
        "flights": Rows(current(Flight)[:OTHERS_SHOWN]),
        "cases": Rows(current(CaseAnnouncement)[:OTHERS_SHOWN]),
        "figures": Rows(current(Figure)[:OTHERS_SHOWN]),
        "guidance": Rows(current(Guidance)[:OTHERS_SHOWN]),
        "share": share_of(notices[0], at) if notices else None,
        "json_ld": [special_announcement(notice) for notice in notices],
    }
