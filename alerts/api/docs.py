"""The page that explains the API, made from its OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alerts.api.document import openapi
from portal.publishing.open_data.dataset import Type

# What JSON Schema calls a type, in the words of the page of open data.
TYPES = {
    "integer": Type.WHOLE_NUMBER.value,
    "number": Type.NUMBER.value,
    "string": Type.TEXT.value,
    "boolean": _("true or false"),
    "array": Type.LIST.value,
    "object": _("object"),
    "date": Type.DAY.value,
    "date-time": Type.MOMENT.value,
}


@dataclass(frozen=True)
class Told:
    """A parameter or a field; `object` is the name of what it holds, if that is an object."""

    name: str
    type: Any
    meaning: str
    example: str = ""
    object: str = ""
    is_list: bool = False
    may_be_null: bool = False
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    path: str
    url: str
    title: str
    meaning: str
    parameters: list[Told]
    answer: str


@dataclass(frozen=True)
class Model:
    name: str
    fields: list[Told]


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    document = openapi()
    server = document["servers"][0]["url"]
    schemas = document["components"]["schemas"]
    context = {
        "info": document["info"],
        "server": server,
        "operations": [
            _operation(path, server, item["get"]) for path, item in document["paths"].items()
        ],
        "models": [
            Model(name, [_told(field, schema) for field, schema in one["properties"].items()])
            for name, one in schemas.items()
        ],
    }
    return render(request, "alerts/api_docs.html", context)


def _operation(path: str, server: str, operation: dict[str, Any]) -> Operation:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        path=path,
        url=f"{server}{path}",
        title=operation["summary"],
        meaning=operation["description"],
        parameters=[
            _told(one["name"], one["schema"], is_required=one["required"])
            for one in operation["parameters"]
        ],
        answer=_name_of(answer),
    )


def _told(name: str, schema: dict[str, Any], *, is_required: bool = False) -> Told:
    every = list(_parts(schema))
    kinds = [kind for part in every for kind in _kinds(part)]
    held = next(filter(None, (_name_of(part) for part in every)), "")
    known = next((kind for kind in kinds if kind in TYPES), "object")
    return Told(
        name=name,
        # Of days and moments both are told by the words for either.
        type=Type.DAY_OR_MOMENT.value if {"date", "date-time"} <= set(kinds) else TYPES.get(known),
        meaning=schema.get("description", ""),
        example=str(schema.get("example", "")),
        object=held,
        is_list="array" in kinds,
        may_be_null="null" in kinds,
        is_required=is_required,
    )


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and what it is put together from."""
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items")):
        if part:
            yield from _parts(part)
    yield schema


def _kinds(schema: dict[str, Any]) -> Iterator[str]:
    """Its format, which says more, before its type."""
    yield schema.get("format", "")
    kinds = schema.get("type", [])
    yield from [kinds] if isinstance(kinds, str) else kinds


def _name_of(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
