"""The home page: figures, the latest notices of all provinces, every province, search."""

from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts.models import Figure, Notice
from locations.models import ExposureLocation, Province
from portal import clock
from portal.publishing.rows import Rows
from portal.web.page_cache.declaring import cached_page
from portal.web.queries import count_of

LATEST_NOTICES = 6


@cached_page()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    provinces = Province.objects.public(at).annotate(
        current_notices=count_of(Notice.objects.listed(at).filter(province=OuterRef("pk"))),
        current_locations=count_of(
            ExposureLocation.objects.listed(at).filter(province=OuterRef("pk"))
        ),
    )
    context = {
        "figures": Rows(Figure.objects.listed(at).filter(province=None).newest_first()),
        "notices": Rows(Notice.objects.listed(at).newest_first()[:LATEST_NOTICES]),
        "provinces": provinces,
    }
    return render(request, "pages/home.html", context)
