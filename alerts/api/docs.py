"""The page that explains the API, made from its OpenAPI document."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alerts.api.document import openapi


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    return render(request, "alerts/api_docs.html", {"document": openapi()})
