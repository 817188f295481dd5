"""What the frame of every page needs, whoever reads it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from portal import clock
from portal.web.language import in_language


def page(request: HttpRequest) -> dict[str, Any]:
    path = request.path
    return {
        "base_url": settings.PUBLIC_BASE_URL,
        "canonical_url": settings.PUBLIC_BASE_URL + path,
        "addresses": {
            language: in_language(path, language) for language, _name in settings.LANGUAGES
        },
        "language": get_language(),
        "now": clock.now(),
        "service_worker": settings.SERVICE_WORKER and not getattr(request, "is_preview", False),
        "demo_clock": settings.CLOCK_START is not None,
        "demo": settings.DEMO,
    }
