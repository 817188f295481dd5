"""How often one network may ask for something; counted in the cache, by no address."""

from django.core.cache import BaseCache, cache, caches
from django.http import HttpRequest
from redis import RedisError

from portal.web.client import stand_in


def is_too_often(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Counts this request; whether its network has asked for `what` more than `most` times since
    the first of the last `seconds`."""
    key = f"rate:{what}:{stand_in(request)}"
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
