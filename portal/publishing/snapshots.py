"""Public pages are read from one moment of the database.

A page asks several times: for its rows, for what was corrected lately, for how many there are. What
is approved between two of these questions would be in one part of the page and not in the other.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

METHODS = {"GET", "HEAD"}


@contextmanager
def snapshot(alias: str) -> Iterator[None]:
    """All that is read within from the database `alias` is as it was at the first question. Who
    asks nothing needs no database."""
    connection: Any = connections[alias]
    if connection.in_atomic_block:
        yield
        return
    with ExitStack() as until_the_end:
        has_begun = False

        def begin(execute: Callable[..., Any], *question: Any) -> Any:
            nonlocal has_begun
            if not has_begun:
                has_begun = True
                until_the_end.enter_context(_one_moment(connection))
            return execute(*question)

        with connection.execute_wrapper(begin):
            yield


@contextmanager
def _one_moment(connection: Any) -> Iterator[None]:
    """A transaction that only reads, in which others' commits are not seen."""
    is_sqlite = connection.vendor == "sqlite"
    if is_sqlite:
        # Its usual transactions begin with the lock of a writer.
        usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic(using=connection.alias):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        if is_sqlite:
            connection.transaction_mode = usual


class ReadFromOneSnapshot:
    """Makes public pages from the primary; those from a replica are made before they come here.
    The last of the middleware: it calls the view itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if not is_public_read(request, view):
            return None
        with snapshot(DEFAULT_DB_ALIAS):
            return whole(view(request, *args, **kwargs))


def whole(response: Any) -> HttpResponseBase:
    """With its template rendered, which reads from the database too."""
    return response.render() if hasattr(response, "render") else response


def is_public_read(request: HttpRequest, view: Any) -> bool:
    """Whether it only reads, and the same for everybody."""
    is_declared = hasattr(view, "cached_page") or getattr(view, "is_public_read", False)
    return is_declared and request.method in METHODS
