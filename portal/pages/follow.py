"""Following a province's official account: the page, its QR codes, its posters."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.feeds.selection import wards_of
from locations.models import Province
from locations.qr.codes import printed_url, qr_png, qr_svg
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
def qr_code(request: HttpRequest, province: str, purpose: str, extension: str) -> HttpResponse:
    """The code that leads to the follow page ("theo-doi") or to the province page ("trang")."""
    publisher = public_province(province)
    url = code_url(publisher, purpose)
    if extension == "png":
        return HttpResponse(qr_png(url), content_type="image/png")
    svg = qr_svg(url, title=_title(publisher, purpose))
    return HttpResponse(svg, content_type="image/svg+xml")


def code_url(province: Province, purpose: str) -> str:
    """What the QR code of `purpose` holds: only a short permanent address."""
    code = province.follow_code if purpose == "theo-doi" else province.code
    return printed_url(settings.PUBLIC_BASE_URL, code)


def _title(province: Province, purpose: str) -> str:
    if purpose == "theo-doi":
        return _("Follow the official account of %s") % province.name
    return _("Page of %s") % province.name
