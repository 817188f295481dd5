"""How often one network may ask for something; counted in the cache, by no address."""

from django.core.cache import cache
from django.http import HttpRequest

from portal.web.client import stand_in


def is_too_often(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Counts this request; whether its network has asked for `what` more than `most` times since
    the first of the last `seconds`."""
    key = f"rate:{what}:{stand_in(request)}"
    if cache.add(key, 1, seconds):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # it has just run out
        return False
