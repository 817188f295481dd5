"""The addresses of the API; every answer is made by `read_only`."""

from django.urls import URLPattern, path, re_path

from alerts.api.answers import read_only
from alerts.api.docs import documentation
from alerts.api.document import openapi_document
from alerts.api.operations import api
from alerts.api.problems import not_found

urlpatterns = [
    path("docs", documentation, name="api-docs"),
    path("openapi.json", read_only(openapi_document), name="api-openapi"),
    *(
        path(str(one.pattern), read_only(one.callback), name=f"api-{one.name}")
        for one in api.urls[0]
        if isinstance(one, URLPattern) and one.name != "api-root"
    ),
    re_path("", read_only(not_found)),
]
