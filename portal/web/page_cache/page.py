"""One finished page, in every encoding that was asked for."""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils.http import parse_http_date_safe

from portal.web.compression import accepted_coding, compressed_to_keep, is_worth_compressing

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]

# Of bookkeeping and headers, in bytes.
OVERHEAD = 4_000
# What a 304 leaves out, because it has no body.
OF_THE_BODY = {"content-encoding", "content-language", "content-length", "content-type"}
TAGS = re.compile(r'(?:W/)?("[^"]*")|(\*)')


class Variant(NamedTuple):
    """The page in one encoding."""

    body: bytes
    headers: Headers
    not_modified: Headers


class Told(NamedTuple):
    """What caches are told of a page by all answers of one second: see `between`."""

    second: int
    is_usual: bool
    headers: Headers


class Page:
    """What Django answered, ready to be sent.

    Its bytes are those that Django's own middleware would send, but for data, which are compressed
    better; the tag of a compressed page is weak. Read without a lock.
    """

    def __init__(
        self,
        status: str,
        headers: Headers,
        body: bytes,
        *,
        version: int = -1,
        until: float = 0.0,
    ) -> None:
        """`version` of the content that it shows, and `until` when the clock lets it hold."""
        given = {name.lower(): value for name, value in headers}
        self.status = status
        self.headers = headers
        self.body = body
        self.version, self.until = version, until
        self.cache_control = given.get("cache-control", "")
        self.etag = given.get("etag", "")
        if not self.etag and status.startswith("200"):
            self.etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        self.last_modified = parse_http_date_safe(given.get("last-modified", ""))
        self.content_type = given.get("content-type", "")
        self.made_at = self.used_at = time.time()
        self.is_text = is_worth_compressing(self.content_type, len(body))
        self.variants: dict[str | None, Variant] = {}
        # The same with a mark, once it was needed: see `as_of`.
        self.marked: Page | None = None
        self.told: Told | None = None
        self._compressing = threading.Lock()

    @property
    def code(self) -> int:
        return int(self.status[:3])

    def is_in_time(self, now: float) -> bool:
        """Whether the clock lets it hold; not one of tomorrow, if the clock has been set back."""
        return self.made_at <= now < self.until

    @property
    def is_html(self) -> bool:
        return self.status.startswith("200") and self.content_type.startswith("text/html")

    @property
    def size(self) -> int:
        """In bytes, with all encodings that were asked for."""
        coded = sum(len(one.body) for coding, one in list(self.variants.items()) if coding)
        return OVERHEAD + len(self.body) + coded + (self.marked.size if self.marked else 0)

    def answer(
        self, environ: Environ, start_response: StartResponse, more: Headers | None = None
    ) -> Iterable[bytes]:
        """`more`: headers beside those of the page itself."""
        more = more or []
        coding = accepted_coding(environ.get("HTTP_ACCEPT_ENCODING", "")) if self.is_text else None
        variant = self.variants.get(coding) or self._variant(coding)
        if self._is_known(environ):
            start_response("304 Not Modified", variant.not_modified + more)
            return ()
        start_response(self.status, variant.headers + more)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (variant.body,)

    def _is_known(self, environ: Environ) -> bool:
        """Whether the reader has it already (RFC 9110, 13.1)."""
        if not self.status.startswith("200"):
            return False
        if tags := environ.get("HTTP_IF_NONE_MATCH"):
            own = self.etag.removeprefix("W/")
            return any(own == tag or star for tag, star in TAGS.findall(tags))
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since is None or self.last_modified is None:
            return False
        had = parse_http_date_safe(since)
        return had is not None and self.last_modified <= had

    def _variant(self, coding: str | None) -> Variant:
        """Made once, however many ask for it at the same time."""
        with self._compressing:
            if coding not in self.variants:
                self.variants[coding] = self._made(coding)
            return self.variants[coding]

    def _made(self, coding: str | None) -> Variant:
        body, etag = self.body, self.etag
        if coding:
            body = compressed_to_keep(body, coding, self.content_type)
            etag = f"W/{etag}" if etag.startswith('"') else etag
        headers = [
            (name, value)
            for name, value in self.headers
            if name.lower() not in {"content-length", "etag"}
        ]
        if coding:
            headers.append(("Content-Encoding", coding))
        if etag:
            headers.append(("ETag", etag))
        headers.append(("Content-Length", str(len(body))))
        kept = [(name, value) for name, value in headers if name.lower() not in OF_THE_BODY]
        return Variant(body, headers, kept)
