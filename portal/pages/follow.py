"""Following a province's official account: the page, its QR codes, its posters."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts.feeds.selection import wards_of
from locations.qr.pictures import province_code
from portal import clock
from portal.pages.push_subscriptions import push_section
from portal.publishing.views import public_province
from portal.web.page_cache.declaring import cached_page


@cached_page()
@require_safe
def follow_page(request: HttpRequest, province: str) -> HttpResponse:
    """Each way to follow the province is a section of the page, the official account first."""
    publisher = public_province(province)
    context = {
        "province": publisher,
        "wards": wards_of(publisher, clock.now()).select_related("parent"),
        "is_emailed": settings.EMAIL_REACHES_PEOPLE,
        **push_section(publisher),
    }
    return render(request, "pages/follow.html", context)


@cached_page()
@require_safe
def qr_code(
    request: HttpRequest, province: str, purpose: str, extension: str, digest: str | None = None
) -> HttpResponseBase:
    picture = province_code(public_province(province), purpose)
    return picture.answer(request, digest, extension)
