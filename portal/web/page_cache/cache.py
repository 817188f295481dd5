"""The WSGI application in front of Django's."""

import logging
import time
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from portal.web.page_cache.as_of import last_good
from portal.web.page_cache.between import headers_for
from portal.web.page_cache.content import WATCH, Content, Read, Watch
from portal.web.page_cache.declaring import address_of, declared_at
from portal.web.page_cache.memory import Memory, Slot
from portal.web.page_cache.page import Environ, Page, StartResponse
from portal.web.page_cache.rendering import Application, rendered

logger = logging.getLogger(__name__)

# Seconds after which a page is made anew although nothing changed: it says what time it is, and
# "announced in the last seven days" is not among the moments at which the clock ends a page.
FRESH = 60.0
# Seconds that others wait for whoever renders, and between two tries of what failed.
PATIENCE = 2.0
METHODS = {"GET", "HEAD"}


class PageCache:
    """Answers with finished pages where it can, and leaves everything else to `application`.

    Nobody gets a page that was replaced more than `content.BELIEVED` seconds before it was asked
    for, nor one that the clock has ended. Of those who ask for a page that has to be made, one
    makes it; the others get the last one as long as that rule allows, and then wait.
    """

    def __init__(self, application: Application, *, read: Read, megabytes: int) -> None:
        self.application = application
        self.watch = Watch(read)
        self.memory = Memory(megabytes * 1024 * 1024)
        self._scheme = urlsplit(settings.PUBLIC_BASE_URL).scheme

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in METHODS and is_public_request(environ, self._scheme):
            query = environ.get("QUERY_STRING", "")
            slot = self._slot(environ["PATH_INFO"], query)
            if slot is not None and (page := self._find(slot)):
                page.used_at = time.time()
                encodings = len(page.variants)
                is_usual = query == slot.address.query
                told = headers_for(page, slot.province, is_usual=is_usual)
                answer = page.answer(environ, start_response, told)
                if len(page.variants) != encodings:
                    self.memory.make_room()
                return answer
        return self._django(environ, start_response)

    def _django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ[WATCH] = self.watch
        return self.application(environ, start_response)

    def _slot(self, path: str, query: str) -> Slot | None:
        # Every key is written in the one way, so what is found at once is the right one.
        slot = self.memory.slots.get((path, query))
        if slot is not None:
            return slot
        address = address_of(path, query)
        declared = declared_at(path) if address else None
        if address is None or declared is None:
            return None
        return self.memory.slot(address, declared.province)

    def _find(self, slot: Slot) -> Page | None:
        """The page; None: let Django answer itself."""
        while True:
            content = self.watch.current()
            page = slot.page
            if content is None:
                return last_good(page, slot.address.path, has_changed=False)
            holds = page is not None and _holds(page, content.version(slot.province))
            if page is not None and holds and time.time() - page.made_at < FRESH:
                return page
            if slot.rendering.acquire(blocking=False):
                try:
                    return self._render(slot, content)
                finally:
                    slot.rendering.release()
            if page is not None and (holds or self._held_just_now(slot, page)):
                return page
            if slot.failed_at is None:
                if not slot.rendering.acquire(timeout=PATIENCE):
                    slot.failed_at = time.monotonic()
                else:
                    slot.rendering.release()
                    if slot.page is not page:
                        continue
            # Whoever rendered it got nothing to keep, or is still at it.
            return last_good(page, slot.address.path, has_changed=True)

    def _held_just_now(self, slot: Slot, page: Page) -> bool:
        is_in_time = page.is_in_time(time.time())
        return is_in_time and self.watch.held_just_now(slot.province, page.version)

    def _render(self, slot: Slot, content: Content) -> Page | None:
        """With the lock of `slot`; `content` was asked for before any query of the page."""
        failed_at = slot.failed_at
        has_just_failed = failed_at is not None and time.monotonic() - failed_at < PATIENCE
        if has_just_failed and (page := self._instead(slot, content)):
            return page
        try:
            answer = rendered(self._django, slot.address)
        except Exception:
            logger.exception("The page at %s could not be made", slot.address.path)
            answer = None
        if answer is None or answer.code >= 500:
            slot.failed_at = time.monotonic()
            if page := self._instead(slot, content):
                return page
            self.memory.forget(slot)
            return None if answer is None else Page(*answer)
        page = Page(*answer, version=content.version(slot.province), until=content.until)
        if answer.may_be_kept and self.memory.has_room_for(page):
            slot.page, slot.failed_at = page, None
            self.memory.make_room()
            return page
        self.memory.forget(slot)
        # What is not found is not found by anybody; whatever else there is, Django says it itself.
        return page if answer.may_be_kept or answer.code == HTTPStatus.NOT_FOUND else None

    def _instead(self, slot: Slot, content: Content) -> Page | None:
        """The last page when there is no newer one: as it is if it still holds, else marked."""
        page = slot.page
        if page is not None and _holds(page, content.version(slot.province)):
            return page
        return last_good(page, slot.address.path, has_changed=True)


def _holds(page: Page, version: int) -> bool:
    return page.version == version and page.is_in_time(time.time())


def is_public_request(environ: Environ, scheme: str) -> bool:
    """Whether it came to one of our hosts, and by `scheme`, that of the public address."""
    return _is_ours(environ.get("HTTP_HOST", "")) and _scheme(environ) == scheme


@lru_cache(maxsize=1000)
def _is_ours(host: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _scheme(environ: Environ) -> str:
    """As Django's request tells it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        said = environ.get(name)
        if said is not None:
            return "https" if said.split(",", 1)[0].strip() == secure else "http"
    return environ["wsgi.url_scheme"]
