"""Pictures whose address names their content, so that browsers and caches keep them for ever.

A picture has two addresses. The plain one is for people and for other sites, and may show another
picture tomorrow. The one that pages use has a digest in it of all that the picture is drawn from:
no other picture is ever answered there, so it need never be asked for again. Once the picture has
changed, its former address leads to the present one, and nobody keeps that answer.
"""

import hashlib
from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response

from portal.web.release import digest_of

# As the addresses have it: as many digits as the names of static files.
DIGEST = r"(?:\.(?P<digest>[0-9a-f]{12}))?"
DIGITS = 12
FOR_EVER = "public, max-age=31536000, immutable"
# For caches that many readers share (RFC 9213): what was withdrawn does not stay there for ever.
FOR_OTHERS = "public, max-age=300"
# Seconds for which a picture at its plain address is kept unasked.
PLAIN = 5 * 60


def picture_digest(shown: object, *, drawn_by: Iterable[str]) -> str:
    """Of what is `shown`, told by its `repr`, and of the files of this project that draw it, which
    are named as in `release.digest_of`. Tens of microseconds, whatever drawing takes."""
    return hashlib.sha256(f"{digest_of(*drawn_by)} {shown!r}".encode()).hexdigest()[:DIGITS]


def picture_answer(
    request: HttpRequest,
    draw: Callable[[], bytes | str],
    *,
    digest: str,
    content_type: str,
    seconds: int | None = None,
) -> HttpResponseBase:
    """The picture with `digest`, drawn only if it has to be sent. It may be kept for ever, or for
    `seconds` if it was asked for at an address that may have another one then."""
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        draw(), content_type=content_type
    )
    response.headers["ETag"] = etag
    if seconds is None:
        response.headers["Cache-Control"] = FOR_EVER
        response.headers["CDN-Cache-Control"] = FOR_OTHERS
    else:
        response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def moved(address: str) -> HttpResponseBase:
    """From the address of a picture that is no more to that of the present one."""
    response = redirect(address)
    response.headers["Cache-Control"] = "no-store"
    return response
