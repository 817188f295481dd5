"""What programs ask for does not lead on from http: to https:, it is refused (ASVS 4.1.2).

A browser is led on, because people type addresses. A program whose address is wrong would go on
sending in the clear for ever, and nobody would notice.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The API, open data, feeds and alerts; deploy/nginx.conf.template has the same.
FOR_PROGRAMS = re.compile(r"^/(en/)?api/v|\.(csv|json|geojson|atom|cap\.xml)$")


class HttpsOnlyMiddleware:
    """Before Django's own, which leads everything on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_plain = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if is_plain and FOR_PROGRAMS.search(request.path_info):
            words = f"Ask {settings.PUBLIC_BASE_URL}{request.path_info} instead.\n"
            return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
