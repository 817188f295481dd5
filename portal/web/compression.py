"""Public pages compressed: a quarter of the bytes for whoever reads them on a slow network."""

import gzip
import re
from collections.abc import Callable
from functools import lru_cache

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from portal.web.headers import STAFF

# Shorter answers fit into one packet as they are.
MIN_BYTES = 500
TEXT = re.compile(r"text/|image/svg\+xml|application/([\w.-]+\+)?(json|xml)\b")
# Better by how much they save. The levels cost about 2 ms for a long page; higher ones save little.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda content: gzip.compress(content, compresslevel=6, mtime=0),
}
JSON = re.compile(r"application/([\w.-]+\+)?json\b")


def compressed_to_keep(content: bytes, coding: str, content_type: str) -> bytes:
    """`content` in `coding`, for who answers with it often.

    Data are worth quality 10, which takes 40 ms for each 100 kB, a sixth of what it takes to make
    the list for the check, and saves an eighth of it. Pages are not: readers wait for them.
    """
    if coding == "br" and JSON.match(content_type):
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=10)
    return CODINGS[coding](content)


# A coding named in Accept-Encoding, unless its weight is nought.
ACCEPTED = {
    coding: re.compile(rf"(^|[\s,]){coding}\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))", re.IGNORECASE)
    for coding in CODINGS
}


class CompressionMiddleware:
    """Compresses texts that are the same for everybody, with brotli or else gzip.

    Never what staff see, nor what sets a cookie: the length of a compressed answer betrays a
    secret in it to whoever chooses a part of it (BREACH). Public pages hold no secret.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _may_be_compressed(request, response):
            patch_vary_headers(response, ["Accept-Encoding"])
            if coding := accepted_coding(request.headers.get("Accept-Encoding", "")):
                _compress(response, coding)
        return response


def is_worth_compressing(content_type: str, length: int) -> bool:
    return length >= MIN_BYTES and TEXT.match(content_type) is not None


@lru_cache(maxsize=1000)
def accepted_coding(header: str) -> str | None:
    """The best that an Accept-Encoding `header` allows."""
    return next((coding for coding in CODINGS if ACCEPTED[coding].search(header)), None)


def _may_be_compressed(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        not request.path_info.startswith(STAFF)
        and not response.cookies
        and not response.streaming
        and not response.has_header("Content-Encoding")
        and is_worth_compressing(response.headers.get("Content-Type", ""), len(response.content))
    )


def _compress(response: HttpResponse, coding: str) -> None:
    response.content = CODINGS[coding](response.content)
    response.headers["Content-Encoding"] = coding
    response.headers["Content-Length"] = str(len(response.content))
    # The same page in other bytes, which is what a weak tag says.
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"
