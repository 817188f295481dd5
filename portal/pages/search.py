"""Search over all provinces; accents, case and spaces do not matter."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from alerts.models import CaseAnnouncement, Notice
from locations.models import ExposureLocation, Flight, Province
from portal.publishing.rows import Rows
from portal.text import fold
from portal.web.page_cache.declaring import cached_page

# Per kind; a longer list is found on the pages of the province.
RESULTS_PER_KIND = 20
LONGEST_QUERY = 100


@cached_page(q=None)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    results = {}
    if fold(query):
        results = {
            "provinces": _provinces(query),
            "notices": _found(Notice, query),
            "locations": _found(ExposureLocation, query),
            "flights": _found(Flight, query),
            "cases": _found(CaseAnnouncement, query),
        }
    return render(
        request,
        "pages/search.html",
        {
            "query": query,
            "results": results,
            "found": any(results.values()),
            "limit": RESULTS_PER_KIND,
        },
    )


def _found(model: Any, query: str) -> Rows:
    return Rows(model.objects.public().search(query).newest_first()[:RESULTS_PER_KIND])


def _provinces(query: str) -> list[Province]:
    return list(
        Province.objects.public().filter(
            Q(division__folded_name__contains=fold(query)) | Q(slug=slugify(fold(query)))
        )[:RESULTS_PER_KIND]
    )
