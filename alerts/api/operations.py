"""What can be asked at which address, for django-ninja: answers and OpenAPI document from one."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import ninja
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer
from pydantic import BaseModel, Field, create_model

from alerts.api import changes, lists, problems
from alerts.api import parameters as asked
from alerts.api.cursors import Round, Seen
from alerts.api.descriptions import as_schema, told
from alerts.api.parameters import Parameter, model_of
from alerts.api.problems import Problem, Problems
from alerts.api.resources import NATIONWIDE, RESOURCES, Change, Resource
from alerts.api.schemas import SCHEMAS
from locations.models import Province
from portal import clock
from portal.publishing.open_data.answer import LICENCE
from portal.publishing.open_data.dataset import Type
from portal.publishing.open_data.files import said

VERSION = "1.0.0"


class Renderer(JSONRenderer):
    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False, "separators": (",", ":")}


api = ninja.NinjaAPI(
    title=gettext_lazy("Public health notices: read API"),
    version=VERSION,
    description=gettext_lazy(
        "Everything that is public here, by address, filter and cursor, and what has changed "
        "since. Free, without an account. An object has the columns of the open data, under the "
        "same names. Times are ISO 8601; a moment has Vietnam's offset. What is not known is null. "
        "Exercises are in no answer."
    ),
    docs_url=None,
    openapi_url=None,
    renderer=Renderer(),
    openapi_extra={
        "info": {"license": {"name": "CC BY 4.0", "url": LICENCE}},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
    },
)


@api.exception_handler(Problem)
def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.answer([problem])


@api.exception_handler(ValidationError)
def misunderstood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [Problem(one["msg"], parameter=str(one["loc"][-1])) for one in error.errors]
    return problems.answer(wrong)


NEXT = gettext_lazy("The address of the next page; null on the last.")


class Listed(BaseModel):
    name: str = told(gettext_lazy("What the kind is called in addresses and in “kind”."))
    title: str = told(gettext_lazy("What people call it."))
    url: str = told(gettext_lazy("Where its list is."))


class Index(BaseModel):
    version: str = told(gettext_lazy("The version of the API. Whatever breaks gets a new address."))
    licence: str = told(gettext_lazy("What anybody may do with the data."))
    documentation: str = told(gettext_lazy("The page that explains the API."))
    openapi: str = told(gettext_lazy("The same for programs."))
    changes: str = told(gettext_lazy("Where a mirror begins."))
    demonstration: bool = told(
        gettext_lazy("Whether this is a demonstration, of which nothing is true today.")
    )
    kinds: list[Listed] = told(gettext_lazy("Every kind of object."))


@api.get(
    "/",
    response={200: Index, 422: Problems},
    operation_id="index",
    tags=["index"],
    summary=gettext_lazy("What there is"),
    description=gettext_lazy("The addresses of everything else."),
)
def index(request: HttpRequest) -> dict[str, Any]:
    problems.require_known(request, ())
    return {
        "version": VERSION,
        "licence": LICENCE,
        "documentation": _absolute("api-docs"),
        "openapi": _absolute("api-openapi"),
        "changes": _absolute("api-changes"),
        "demonstration": settings.DEMO,
        "kinds": [
            {"name": one.name, "title": str(one.title), "url": _absolute(f"api-{one.name}")}
            for one in RESOURCES
        ],
    }


def _absolute(name: str) -> str:
    return settings.PUBLIC_BASE_URL + reverse(name)


# --- what changed


def _change_model(resource: Resource) -> type[BaseModel]:
    model: type[BaseModel] = create_model(
        f"{resource.schema.__name__.removesuffix('Object')}Change",
        kind=(Literal[resource.name], told(gettext_lazy("The kind of the object."))),
        province=(
            str | None,
            told(gettext_lazy("The province that published it; null for the whole country.")),
        ),
        id=(
            str,
            told(gettext_lazy("The code of the object: with “kind” it says what to replace.")),
        ),
        revision=(int, told(gettext_lazy("The number of its published version."))),
        change=(
            Change,
            told(
                gettext_lazy(
                    "Its newest change. What was withdrawn does not hold; its object stays, with "
                    "the reason."
                )
            ),
        ),
        at=(
            str,
            as_schema(SCHEMAS[Type.MOMENT], lambda: _("When that was.")),
        ),
        object=(resource.schema, told(gettext_lazy("The whole object as it is now."))),
    )
    return model


AnyChange = reduce(or_, [_change_model(resource) for resource in RESOURCES])


class ChangePage(BaseModel):
    items: list[Annotated[AnyChange, Field(discriminator="kind")]] = told(
        gettext_lazy("What changed, each object once, as it is now.")
    )
    next: str | None = told(NEXT)
    since: str = told(gettext_lazy("Keep it: asked with it, the next answer has what comes after."))


KIND = Parameter(
    "kind",
    gettext_lazy("Objects of this kind only."),
    **asked.one_of(*(one.name for one in RESOURCES)),
)
ROUND = (asked.SINCE, KIND, asked.LIMIT)
ChangeQuery = model_of("ChangeQuery", ROUND)


@api.get(
    "/changes",
    response={200: ChangePage, 410: Problems, 422: Problems},
    operation_id="changes",
    url_name="changes",
    tags=["changes"],
    summary=gettext_lazy("What changed since"),
    description=gettext_lazy(
        "For mirrors: every object that is new, was corrected or withdrawn, or is made from "
        "something that was, once and as it is now; in no order of time. Replace what you have by "
        "“kind” and “id”, follow “next” until it is null, keep “since”, and ask with it later. "
        "What is sent twice is harmless. That something is past needs no change: it follows from "
        "“listed_until”."
    ),
)
def changed(request: HttpRequest, query: Annotated[ChangeQuery, ninja.Query()]) -> dict[str, Any]:
    problems.require_known(request, tuple(one.name for one in ROUND))
    values: dict[str, Any] = dict(query)
    at = clock.now()
    kind = values["kind"] or ""
    some = [one for one in RESOURCES if kind in ("", one.name)]
    page = changes.page(
        _round(values["since"], kind), some, scope=kind, limit=values["limit"], at=at
    )
    since = str(page.since)
    return {
        "items": [_change(resource, entry, at) for resource, entry in page.found],
        "next": None if page.is_last else _address_of(request, values, since=since),
        "since": since,
    }


def _round(since: str | None, kind: str) -> Round:
    if since is None:
        return Round(Seen())
    try:
        found = Round.read(since)
    except ValueError as error:
        words = _("This cursor is not from here. Leave it out to begin with everything.")
        raise Problem(words, parameter="since") from error
    if found.until is not None and found.scope != kind:
        words = _("This cursor is from the midst of an answer with another “kind”. Go on with it.")
        raise Problem(words, parameter="since")
    if not found.is_known():
        words = _(
            "This cursor is of what this portal no longer has; it was restored from a backup. "
            "Leave the cursor out and begin with everything."
        )
        raise Problem(words, parameter="since", status=410)
    return found


def _change(resource: Resource, entry: Any, at: datetime) -> dict[str, Any]:
    return {
        "kind": resource.name,
        "province": entry.scope.slug if entry.scope else None,
        "id": entry.code,
        "revision": entry.revision_number,
        "change": changes.change_of(entry),
        "at": said(entry.updated_at),
        "object": resource.object_of(entry, at),
    }


# --- lists and single objects


def _add_list(resource: Resource) -> None:
    known = (*resource.parameters, *asked.PAGING)
    name = resource.schema.__name__
    query_type = model_of(f"{name}Query", known)
    model: type[BaseModel] = create_model(
        f"{name}List",
        items=(list[resource.schema], told(gettext_lazy("The newest first."))),
        next=(str | None, told(NEXT)),
        since=(
            str,
            told(
                gettext_lazy(
                    "With it “changes” has what comes after the first page; the same on all pages."
                )
            ),
        ),
    )

    @api.get(
        f"/{resource.name}",
        response={200: model, 404: Problems, 422: Problems},
        operation_id=f"list_{resource.name}",
        url_name=resource.name,
        tags=[resource.name],
        summary=resource.title,
        description=resource.explanation,
    )
    def entries(
        request: HttpRequest, query: Annotated[query_type, ninja.Query()]
    ) -> dict[str, Any]:
        problems.require_known(request, tuple(one.name for one in known))
        at = clock.now()
        values: dict[str, Any] = dict(query)
        page = lists.page(resource, values, at)
        return {
            "items": [resource.object_of(entry, at) for entry in page.entries],
            "next": page.next and _address_of(request, values, cursor=str(page.next)),
            "since": str(Round(page.seen)),
        }


def _address_of(request: HttpRequest, values: Mapping[str, Any], **cursor: str) -> str:
    given = {name: str(value) for name, value in values.items() if name in request.GET}
    return f"{settings.PUBLIC_BASE_URL}{request.path}?{urlencode(given | cursor)}"


ProvincePath = model_of("ProvincePath", [asked.PUBLISHER])
EntryPath = model_of("EntryPath", [asked.PUBLISHER, asked.CODE])
ONE = gettext_lazy("One of them")


def _add_one(resource: Resource) -> None:
    @api.get(
        f"/{resource.name}/{{slug:province}}/{{slug:code}}",
        response={200: resource.schema, 404: Problems, 422: Problems},
        operation_id=f"get_{resource.name}",
        url_name=f"{resource.name}-one",
        tags=[resource.name],
        summary=ONE,
        description=gettext_lazy("Its address stays for ever, also when it is past or withdrawn."),
    )
    def entry(request: HttpRequest, path: Annotated[EntryPath, ninja.Path()]) -> dict[str, Any]:
        problems.require_known(request, ())
        named: dict[str, Any] = dict(path)
        slug = None if named["province"] == NATIONWIDE else named["province"]
        return _found(resource, province__slug=slug, code=named["code"])


def _add_province(resource: Resource) -> None:
    @api.get(
        f"/{resource.name}/{{slug:province}}",
        response={200: resource.schema, 404: Problems, 422: Problems},
        operation_id=f"get_{resource.name}",
        url_name=f"{resource.name}-one",
        tags=[resource.name],
        summary=ONE,
        description=gettext_lazy("A province by its name in addresses."),
    )
    def province(
        request: HttpRequest, path: Annotated[ProvincePath, ninja.Path()]
    ) -> dict[str, Any]:
        problems.require_known(request, ())
        named: dict[str, Any] = dict(path)
        return _found(resource, slug=named["province"])


def _found(resource: Resource, **by: Any) -> dict[str, Any]:
    at = clock.now()
    entry = resource.load(resource.public(at).filter(**by), at).first()
    if entry is None:
        raise Problem(_("There is no such object. The lists name all that there are."), status=404)
    return resource.object_of(entry, at)


for _resource in RESOURCES:
    _add_list(_resource)
    if _resource.model is Province:
        _add_province(_resource)
    else:
        _add_one(_resource)
