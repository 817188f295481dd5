"""Error pages in the language of the address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from locations.models import Province


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: says what is missing and leads to the search and the provinces."""
    reason = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    provinces = Province.objects.public()
    return render(request, "404.html", {"reason": reason, "provinces": provinces}, status=404)
