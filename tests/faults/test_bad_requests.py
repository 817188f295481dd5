"""Whatever is asked, by address, query, header or form: an answer, and nothing of the asker's."""

import logging
import os
import re
from collections import Counter
from urllib.parse import unquote_to_bytes

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from tests import factories, workers
from tests.faults.hostile import EVIL, SCRIPT, Request, requests
from tests.kept_pages import cache_in_front

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
# By which the process may grow: requests leave nothing behind but what is kept, which is bounded.
MOST_MEGABYTES = 100


def answer(application, request: Request) -> tuple[int, list[tuple[str, str]], bytes]:
    """As a server hands a request on: the path unquoted, as the bytes that were sent."""
    environ = RequestFactory().generic(request.method, "/", request.body, secure=False).environ
    environ |= {
        "HTTP_HOST": "testserver",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        # A server gives headers as bytes in Latin-1, and none with a line break in it.
        **{
            name: re.sub(r"[\r\n\0]", "", value.encode().decode("latin-1"))
            for name, value in request.headers.items()
        },
    }
    started: list = []
    parts = application(environ, lambda status, headers: started.extend((status, headers)))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    status, headers = started
    return int(status[:3]), headers, body


def complaints(request: Request, code: int, headers, body: bytes) -> list[str]:
    """What is wrong with an answer."""
    given = {name.lower(): value for name, value in headers}
    is_staff = request.path.startswith(("/admin", "/en/admin"))
    text = body.decode(errors="replace") if "html" in given.get("content-type", "") else ""
    checks = {
        "an error of ours": code >= 500,
        "a cookie in public": "set-cookie" in given and not is_staff,
        "no policy": "content-security-policy" not in given,
        "a script": SCRIPT in text,
        "leads elsewhere": not re.match(
            r"/(?![/\\])|http://testserver/|$", given.get("location", "")
        ),
        "another host answered": code < 400 and EVIL in request.headers.get("HTTP_HOST", ""),
        "their host in an answer": any(
            EVIL in text or any(EVIL in value for value in given.values())
            for name in request.headers
            if name in ("HTTP_X_FORWARDED_HOST", "HTTP_X_HOST", "HTTP_FORWARDED", "HTTP_HOST")
            and EVIL not in request.query + request.path
        ),
    }
    return [name for name, is_so in checks.items() if is_so]


def test_bad_requests(hai_phong, times, tell, caplog):
    caplog.set_level(logging.CRITICAL)
    factories.location(hai_phong)
    factories.notice(hai_phong)
    cache.clear()
    application = cache_in_front()
    before = workers.memory(os.getpid())
    count = times(700, 20_000)
    codes: Counter[int] = Counter()
    wrong = []
    for request in requests(seed=20210326, count=count):
        code, headers, body = answer(application, request)
        codes[code] += 1
        wrong += [f"{name}: {code} {request}" for name in complaints(request, code, headers, body)]
    assert not wrong, "\n".join(wrong[:20])
    grown = workers.memory(os.getpid()) - before
    assert grown < MOST_MEGABYTES
    tell(
        "bad addresses, queries, headers and forms",
        injected=count,
        observed=f"{len(codes)} kinds of answer, 500s: {codes[500]}, {grown:.0f} MB more",
        lost=sum(codes[code] for code in codes if code >= 500),
    )
