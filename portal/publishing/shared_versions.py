"""The numbers of `versions` in Redis (or Valkey), so that many processes ask the database seldom.

Two keys: how many changes there were, and an answer of the database with the count that stood
before it was asked. The answer holds as long as the count is the same, so that one that was read
just before a change is never taken for one after it, whoever writes last. Without Redis, and for
`LIFETIME` if a change could not be counted, the database decides alone, as it does without us.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from redis import Redis, RedisError

from portal.web.shared_cache import OPTIONS

logger = logging.getLogger(__name__)

Numbers = dict[str, int]
# Seconds after which the database is asked although no change was counted: whoever made the change
# may have died before he could count it, or be cut off from Redis.
LIFETIME = 1.0
# Seconds for which Redis is left alone after it did not answer.
TRY_AGAIN = 1.0


class SharedVersions:
    """`url` as redis://HOST:6379/0; the keys are of the portal at `portal`, its public address."""

    def __init__(self, url: str, portal: str) -> None:
        self._redis: Any = Redis.from_url(url, **OPTIONS)
        self._changes, self._answer = (f"versions:{portal}:{name}" for name in ("changes", "read"))
        self._next_try = 0.0
        self._is_away = False

    def numbers(self, read: Callable[[], Numbers]) -> Numbers:
        """Those that are current; `read` asks the database for them."""
        found = self._try(lambda: self._redis.mget(self._changes, self._answer))
        if found is None:
            return read()
        changes = int(found[0] or 0)
        if found[1] and (known := json.loads(found[1]))["changes"] == changes:
            return known["numbers"]
        numbers = read()
        answer = json.dumps({"changes": changes, "numbers": numbers})
        self._try(lambda: self._redis.set(self._answer, answer, px=int(1000 * LIFETIME)))
        return numbers

    def changed(self) -> None:
        """Called when a change is committed."""
        self._next_try = 0.0  # for this it is always worth trying
        self._try(lambda: self._redis.incr(self._changes))

    def _try(self, ask: Callable[[], Any]) -> Any:
        """What Redis answers; None if it does not."""
        if time.monotonic() < self._next_try:
            return None
        try:
            answer = ask()
        except RedisError as error:
            if not self._is_away:
                logger.warning("Redis does not answer, the database is asked instead: %s", error)
            self._is_away, self._next_try = True, time.monotonic() + TRY_AGAIN
            return None
        self._is_away = False
        return answer


def of_this_portal() -> SharedVersions | None:
    """None if there is no Redis."""
    url = settings.SHARED_CACHE
    return SharedVersions(url, settings.PUBLIC_BASE_URL) if url else None
