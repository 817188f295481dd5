"""Asking Django for a page, in words that are the same whoever asks.

Nothing of the reader's request gets there but the address, written in its one way: no cookie, no
host, no header that could make the page another for the next who gets it.
"""

import io
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from portal.web.page_cache.declaring import Address
from portal.web.page_cache.page import Environ, Headers, StartResponse

Application = Callable[[Environ, StartResponse], Iterable[bytes]]

KEPT_STATUSES = {200, 301, 302}
NEVER_KEPT = re.compile(r"no-store|private", re.IGNORECASE)


class Rendered(NamedTuple):
    status: str
    headers: Headers
    body: bytes

    @property
    def code(self) -> int:
        return int(self.status[:3])

    @property
    def may_be_kept(self) -> bool:
        """Whether it is whole, and the same for everybody."""
        given = {name.lower(): value for name, value in self.headers}
        varies = {name.strip().lower() for name in given.get("vary", "").split(",")} - {""}
        return (
            self.code in KEPT_STATUSES
            and "set-cookie" not in given
            and "content-encoding" not in given
            and not NEVER_KEPT.search(given.get("cache-control", ""))
            and varies <= {"accept-encoding"}
        )


def rendered(application: Application, address: Address) -> Rendered:
    """What `application` answers to `address`."""
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Headers, *_: Any) -> Callable[[bytes], None]:
        started[:] = [status, list(headers)]
        return written.append

    parts = application(_request(address), start_response)
    try:
        body = b"".join([*written, *parts])
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, headers = started
    return Rendered(status, [(name, str(value)) for name, value in headers], body)


def _request(address: Address) -> Environ:
    public = urlsplit(settings.PUBLIC_BASE_URL)
    request: Environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "SERVER_NAME": public.hostname or "localhost",
        "SERVER_PORT": str(public.port or (443 if public.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": public.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": public.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        request[name] = value
    return request
