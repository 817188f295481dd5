"""The HTTP of the API: read only, asked again cheaply, for pages of any site."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from alerts.api import problems
from alerts.api.problems import Problem
from portal.web.headers import for_other_sites

METHODS = "GET, HEAD, OPTIONS"
# Hours for which a browser need not ask again whether it may ask.
PREFLIGHT_HOURS = 24


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Lets `view` answer GET and HEAD, with an ETag; whoever sends it back is told if nothing has
    changed. A browser that asks first whether a page of another site may do so is told yes."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return _preflight()
        if request.method not in ("GET", "HEAD"):
            words = _("Here everything is only read: use GET or HEAD.")
            return problems.answer([Problem(words, status=405)], {"Allow": METHODS})
        is_head = request.method == "HEAD"
        request.method = "GET"  # which is all that django-ninja is told of
        try:
            response = view(request, *args, **kwargs)
        finally:
            request.method = "HEAD" if is_head else "GET"
        response.headers["Access-Control-Expose-Headers"] = "ETag"
        if response.status_code != 200:
            return response
        etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:20])
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    answered.is_public_read = True  # type: ignore[attr-defined]
    # Nothing is posted here that could be forged; and a refusal is JSON like every other.
    return csrf_exempt(for_other_sites(answered))


def _preflight() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Allow": METHODS,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": "If-None-Match",
            "Access-Control-Max-Age": str(PREFLIGHT_HOURS * 3600),
        },
    )
