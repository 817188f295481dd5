"""Error pages: in the language of the address, or in both where nothing else is certain."""

import errno
import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from locations.models import Province
from locations.qr.codes import CODE_PATH


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: says what is missing and leads to the search and the provinces."""
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    provinces = Province.objects.public()
    asked = request.path if request.path.lower().startswith(f"/{CODE_PATH.lower()}/") else ""
    context = {"reason": reason, "provinces": provinces, "asked": asked}
    return render(request, "404.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 to who sent something for which there is no room or no database, so that he
    keeps it and sends it again. Both pages ask nobody for anything."""
    if request.method not in ("GET", "HEAD") and _cannot_be_written(sys.exc_info()[1]):
        page = render_to_string("503.html")
        return HttpResponse(page, status=503, headers={"Retry-After": "60"})
    return HttpResponse(render_to_string("500.html"), status=500)


def _cannot_be_written(error: BaseException | None) -> bool:
    """Whether the database or the disk took nothing; what it had begun it has undone."""
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return is_full or isinstance(error, OperationalError)
