"""Error pages in the language of the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from locations.models import Province
from locations.qr.codes import CODE_PATH


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: says what is missing and leads to the search and the provinces."""
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    provinces = Province.objects.public()
    asked = request.path if request.path.lower().startswith(f"/{CODE_PATH.lower()}/") else ""
    context = {"reason": reason, "provinces": provinces, "asked": asked}
    return render(request, "404.html", context, status=404)
