"""Public pages are read from replicas of the database (REPLICA_URL), as far as those are current.

A replica follows the primary by a moment, and sometimes by minutes. How far it is it says itself:
the versions of the content are counted in the transaction of each change, so whoever has the number
has the change. Before a page is read, the replica must have every number that this process knows
to be current, which it has from the primary (or from Redis). Hence a page from a replica is never
older than one from the primary could be, and is kept under a version that it shows.

The primary is asked by everything else: staff, whoever sends something, workers, commands, and
within a page what is in a transaction or comes after a write. It is also asked if the replica is
behind, is away, or fails in the middle of a page: the page is then made once more.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portal.publishing import versions
from portal.publishing.snapshots import is_public_read, snapshot, whole
from portal.web.page_cache.content import WATCH, Watch

logger = logging.getLogger(__name__)

# Seconds for which a replica that failed is left alone.
TRY_AGAIN = 5.0

# Of which database this thread reads just now.
_reading: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """What is read within comes from the database `alias`, until something is written."""
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


class Router:
    """Django asks it for the database of each query."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        # A transaction shows what it wrote itself, and only there.
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        return _reading.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        _reading.set(DEFAULT_DB_ALIAS)
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # they are rows of the same database, read in two places

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class Replica:
    """One replica, as the threads of this process know it. Read and written without a lock: what
    goes wrong by that is a question too many, or a page from the primary."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._numbers: Mapping[str, int] = {}
        # What it did not have when it was asked, and since when (by the monotonic clock).
        self._lacks: tuple[Mapping[str, int], float] | None = None
        self._is_left = True
        self._next_try = 0.0

    def may_be_asked(self) -> bool:
        """Of one that was left alone one thread finds out whether it is back."""
        now = time.monotonic()
        if now < self._next_try:
            return False
        if self._is_left:
            self._next_try = now + TRY_AGAIN
        return True

    def has(self, wanted: Mapping[str, int]) -> bool:
        """Whether every change is there that `wanted` counts; raises what the driver raises."""
        if not _covers(self._numbers, wanted):
            self._numbers = versions.numbers(self.alias)
        now = time.monotonic()
        if _covers(self._numbers, wanted):
            self._lacks = None
        elif self._lacks is None or _covers(self._numbers, self._lacks[0]):
            self._lacks = (wanted, now)
        if self._lacks and now - self._lacks[1] > settings.REPLICA_LAG_SECONDS:
            self.leave(f"behind by more than {settings.REPLICA_LAG_SECONDS} seconds")
        else:
            self._is_left, self._next_try = False, 0.0
        return self._lacks is None

    def leave(self, reason: object) -> None:
        if not self._is_left:
            text = str(reason).strip()
            logger.warning("%s is left alone, and the primary asked: %s", self.alias, text)
        self._is_left, self._next_try = True, time.monotonic() + TRY_AGAIN
        self._numbers = {}


class ReadFromReplica:
    """Makes public pages from a replica. It calls the view itself, so that the view can be called
    again; only `ReadFromOneSnapshot` comes after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.REPLICAS:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._replicas = [Replica(alias) for alias in settings.REPLICAS]
        self._turns = count()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """The page; None: Django asks the view itself, and that the primary."""
        watch: Watch | None = request.META.get(WATCH)
        content = watch.current() if watch and _is_public(request, view) else None
        if content is None:
            return None
        turn = next(self._turns)
        for number in range(len(self._replicas)):
            replica = self._replicas[(turn + number) % len(self._replicas)]
            if not replica.may_be_asked():
                continue
            try:
                if replica.has(content.versions):
                    with reading_from(replica.alias), snapshot(replica.alias):
                        return whole(view(request, *args, **kwargs))
            except Error as error:
                replica.leave(error)
        return None


def _is_public(request: HttpRequest, view: Any) -> bool:
    """Whether everybody gets the same, and nobody looks for what he has just written."""
    is_staff = settings.SESSION_COOKIE_NAME in request.COOKIES
    return is_public_read(request, view) and not is_staff


def _covers(numbers: Mapping[str, int], wanted: Mapping[str, int]) -> bool:
    return all(numbers.get(scope, 0) >= number for scope, number in wanted.items())
