"""Asking WSGI applications as a server does: for tests of what stands in front of Django."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import RequestFactory

from portal.publishing import versions
from portal.publishing.rows import KEPT
from portal.publishing.views import known_province
from portal.web.page_cache import PageCache


def forget_all_that_is_kept() -> None:
    """As if the process had just begun."""
    KEPT.clear()
    known_province.cache_clear()


@dataclass(frozen=True)
class Answer:
    status: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def code(self) -> int:
        return int(self.status[:3])

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(application: Any, address: str, method: str = "GET", **headers: str) -> Answer:
    """What `application` answers; `headers` as WSGI names them, HTTP_ACCEPT_ENCODING."""
    given = {"HTTP_HOST": "testserver", **headers}
    environ = RequestFactory().generic(method, address, **given).environ
    started: list[Any] = []
    parts = application(environ, lambda status, headers: started.extend((status, headers)))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    status, given = started
    # Once each; more than one Set-Cookie is not looked at in these tests.
    return Answer(status, {name.lower(): value for name, value in given}, body)


class Counted:
    """Django, and how often it was asked for what."""

    def __init__(self, application: Any = None) -> None:
        self.application = application or get_wsgi_application()
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        query = environ["QUERY_STRING"]
        self.asked.append(environ["PATH_INFO"] + (f"?{query}" if query else ""))
        return self.application(environ, start_response)


def cache_in_front(application: Any = None, *, megabytes: int = 64, read: Any = None) -> Any:
    """A page cache as portal/wsgi.py makes it; `.application` counts."""
    return PageCache(Counted(application), read=read or versions.read, megabytes=megabytes)


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What `tasks` return, each in a thread of its own, begun together."""
    barrier = threading.Barrier(len(tasks))
    found: list[Any] = [None] * len(tasks)

    def run(number: int) -> None:
        try:
            barrier.wait()
            found[number] = tasks[number]()
        except Exception as error:
            found[number] = error
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=[number], daemon=True) for number in range(len(tasks))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found
