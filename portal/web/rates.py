"""How often something may be asked for; counted in the cache, by no address."""

from django.core.cache import BaseCache, cache, caches
from django.http import HttpRequest
from redis import RedisError

from portal.web.client import AROUND, stand_in

# How many networks' worth those around one another have together (an IPv4 /24, an IPv6 /48): many
# customers of one provider, or one who has all of it.
TOGETHER = 20


def is_too_often(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Counts this request; whether its network has asked for `what` more than `most` times since
    the first of the last `seconds`, or those around it together `TOGETHER` times as often.

    What one network asked for too often is not counted against the others.
    """
    return exceeds(f"{what}:{stand_in(request)}", most=most, seconds=seconds) or exceeds(
        f"{what}:around:{stand_in(request, AROUND)}", most=most * TOGETHER, seconds=seconds
    )


def exceeds(what: str, *, most: int, seconds: int) -> bool:
    """Counts `what`; whether that makes more than `most` since the first of the last `seconds`."""
    key = f"rate:{what}"
    try:
        return _counted(cache, key, seconds) > most
    except RedisError:  # nobody is turned away because the shared cache is
        return _counted(caches["of this process"], key, seconds) > most


def _counted(cache: BaseCache, key: str, seconds: int) -> int:
    if cache.add(key, 1, seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:  # it has just run out
        return 1
