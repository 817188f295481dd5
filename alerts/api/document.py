"""The OpenAPI document, in the language of the address."""

import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from alerts.api import problems
from alerts.api.operations import api


def openapi() -> dict[str, Any]:
    """The document as plain values, in the language that is active."""
    made = api.get_openapi_schema(path_prefix="")
    made["servers"] = [{"url": settings.PUBLIC_BASE_URL + reverse("api-index").rstrip("/")}]
    document: dict[str, Any] = json.loads(json.dumps(made, cls=DjangoJSONEncoder))
    return document


def openapi_document(request: HttpRequest) -> JsonResponse:
    try:
        problems.require_known(request, ())
    except problems.Problem as problem:
        return problems.answer([problem])
    return JsonResponse(openapi(), json_dumps_params={"ensure_ascii": False})
