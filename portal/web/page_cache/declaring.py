"""Which pages are kept: said beside the view, found by the same resolver that Django asks."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.urls import Resolver404, resolve
from django.utils import translation

from portal.web.language import language_of

View = TypeVar("View", bound=Callable[..., Any])
# What a parameter must look like for its page to be kept; None: its pages are too many to keep.
Query = dict[str, re.Pattern[str] | None]
# The parameter of a list's page.
PAGE_NUMBER = "[1-9][0-9]{0,3}"
# Longer ones, and such with more parts, are Django's to judge: nothing of them is remembered.
LONGEST_PATH = 300
LONGEST_QUERY = 1000
MOST_PARAMETERS = 30


class Declared(NamedTuple):
    """The pages at one path: of a `province` (its slug), or else of the whole country."""

    province: str | None
    query: Query


class Address(NamedTuple):
    """One page: the path as WSGI has it, and the query as it is always written."""

    path: str
    query: str


def cached_page(**query: str | None) -> Callable[[View], View]:
    """Says of a view that its pages may be kept until what they show changes.

    They must be the same for everybody, and the keyword `province` of the address, if there is
    one, names whose pages they are. `query` holds every parameter that the view reads: a regular
    expression for values of which each page is kept, None for one like a search, whose pages are
    made for each reader anew. A parameter that is not named here never reaches the view.
    """

    def declared(view: View) -> View:
        view.cached_page = {  # type: ignore[attr-defined]
            name: None if values is None else re.compile(values) for name, values in query.items()
        }
        return view

    return declared


@lru_cache(maxsize=10_000)
def declared_at(path: str) -> Declared | None:
    """What is said of the pages at `path`, which is as WSGI has it; None: they are not kept."""
    try:
        decoded = path.encode("latin-1").decode()
        with translation.override(language_of(decoded)):
            match = resolve(decoded)
    except (Resolver404, UnicodeError):
        return None
    query = getattr(match.func, "cached_page", None)
    return None if query is None else Declared(match.kwargs.get("province"), query)


def address_of(path: str, query: str) -> Address | None:
    """The address under which the page is kept; None if it is not."""
    declared = declared_at(path) if len(path) <= LONGEST_PATH else None
    if declared is None:
        return None
    if not query:
        return Address(path, "")
    if len(query) > LONGEST_QUERY:
        return None
    try:
        # Of a name that comes twice the last counts, as in Django.
        asked = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS))
    except ValueError:
        return None
    known = {name: asked[name] for name in sorted(declared.query) if name in asked}
    for name, value in known.items():
        values = declared.query[name]
        if values is None or not values.fullmatch(value):
            return None
    return Address(path, urlencode(known))
