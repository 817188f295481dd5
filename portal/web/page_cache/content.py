"""What is current: asked seldom, and believed only for as long as readers may be behind."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db import close_old_connections

logger = logging.getLogger(__name__)

# Seconds that an answer is believed, counted from before the question: nobody gets a page that was
# replaced longer than this before it was asked for.
BELIEVED = 0.2
# Seconds after which the next who comes asks again, while the others go on with what is known.
ASKED_AGAIN = 0.1
# Seconds that others wait for whoever asks, and between two questions that get no answer.
PATIENCE = 1.0
# Where a request carries the watch of its process, for who has to know what is current.
WATCH = "portal.watch"


@dataclass(frozen=True)
class Content:
    """What is public, as far as it can be told by numbers that only grow.

    `versions` counts the changes of each province (by its slug) and of what concerns all of them
    (by ""). `until` is when the clock alone changes something next, in seconds since the epoch of
    the machine's own clock; `since` when that was found out. Before that nothing is known: the
    clock has been set back.
    """

    versions: Mapping[str, int]
    until: float
    since: float = 0.0

    def holds_at(self, now: float) -> bool:
        return self.since <= now < self.until

    def version(self, province: str | None) -> int:
        """Another number whenever what a page of `province`, or of the country, shows changed."""
        if province is None:
            return self._all
        return self.versions.get(province, 0) + self.versions.get("", 0)

    @cached_property
    def _all(self) -> int:
        return sum(self.versions.values())


# Asks the database; given what was known, and returns that same object if it still holds.
Read = Callable[[Content | None], Content]


class Watch:
    """Asks what is current, on behalf of all threads of this process."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._asking = threading.Lock()
        self._away = False
        self._next_try = 0.0
        # What is known, and when the question began to which it was the answer. Replaced whole, so
        # that it is read without a lock.
        self._latest: tuple[Content | None, float] = (None, float("-inf"))
        self._before: tuple[Content | None, float] = (None, float("-inf"))

    def current(self) -> Content | None:
        """What is current; None if it cannot be found out."""
        content, asked_at = self._latest
        age = time.monotonic() - asked_at
        holds = content is not None and content.holds_at(time.time())
        if holds and age < ASKED_AGAIN:
            return content
        if self._asking.acquire(blocking=False):
            try:
                return self._ask()
            finally:
                self._asking.release()
        if holds and age < BELIEVED:
            return content
        return self._wait()

    def held_just_now(self, province: str | None, version: int) -> bool:
        """Whether `version` was current so shortly ago that it may still be answered with."""
        content, asked_at = self._before
        return (
            content is not None
            and time.monotonic() - asked_at < BELIEVED
            and content.version(province) == version
        )

    def _wait(self) -> Content | None:
        """For the answer that somebody else is asking for."""
        if self._away:
            return None
        if not self._asking.acquire(timeout=PATIENCE):
            self._away = True
            return None
        try:
            content, asked_at = self._latest
            is_believed = time.monotonic() - asked_at < BELIEVED
            if content and is_believed and content.holds_at(time.time()):
                return content
            return self._ask()
        finally:
            self._asking.release()

    def _ask(self) -> Content | None:
        asked_at = time.monotonic()
        if asked_at < self._next_try:
            return None
        known, known_at = self._latest
        try:
            close_old_connections()
            content = self._read(known)
            close_old_connections()
        except Exception as error:  # whatever the driver raises, there is no answer
            if not self._away:
                logger.warning("The version of the content cannot be asked for: %s", error)
            self._away, self._next_try = True, time.monotonic() + PATIENCE
            return None
        if content is not known:
            self._before = (known, known_at)
        self._latest = (content, asked_at)
        self._away = False
        return content
