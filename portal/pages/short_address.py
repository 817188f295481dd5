"""`/Q/<CODE>`: the permanent short address behind every printed code."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from locations.models import Province
from locations.qr.codes import printed_url, qr_png, qr_svg
from portal.publishing.models import Code
from portal.publishing.models.publishable import PublishableQuerySet


@require_safe
def short_address(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """Leads to a page of this portal, never elsewhere: a code to follow an account leads to the
    page that names the account, and only that page links to the account's own host."""
    allocated = Code.objects.select_related("target_type").filter(value=code.upper()).first()
    if allocated is None:
        raise Http404(_("There is no such code. Compare it with the printed one."))
    if allocated.purpose == "follow":
        province = _public(Province.objects.public().filter(follow_code=allocated.value))
        return redirect(reverse("follow", args=[province.slug]))
    model: Any = allocated.target_type.model_class()
    return redirect(_public(model.objects.public().filter(code=allocated.value)))


@require_safe
def short_address_image(request: HttpRequest, code: str, extension: str) -> HttpResponse:
    """The QR code of a short address, for the printed page of an entry."""
    get_object_or_404(Code, value=code)
    url = printed_url(settings.PUBLIC_BASE_URL, code)
    if extension == "png":
        return HttpResponse(qr_png(url), content_type="image/png")
    return HttpResponse(qr_svg(url, title=url), content_type="image/svg+xml")


def _public(found: PublishableQuerySet) -> Any:
    target = found.first()
    if target is None or not hasattr(target, "get_absolute_url"):
        raise Http404(_("What this code leads to is not public."))
    return target
