"""How the portal proves to a push service who sends (VAPID, RFC 8292)."""

import time
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from py_vapid import Vapid02

from portal.keys import push_key

HOUR = 3600
# How many hours a proof holds at least; push services refuse one of more than 24.
HOURS = 12


def authorization(origin: str) -> str:
    """The value of the header `Authorization` for a push service at `origin`."""
    # By the clock of the world, also where the portal shows another time.
    return _signed(settings.PUSH_KEY, origin, int(time.time()) // HOUR)


@lru_cache(maxsize=64)
def _signed(key: str, origin: str, hour: int) -> str:
    claims = {"aud": origin, "sub": _contact(), "exp": (hour + 1 + HOURS) * HOUR}
    # Without its check of "sub", which refuses hosts with a port: settings are checked at start.
    return Vapid02(push_key(key), {"no-strict": True}).sign(claims)["Authorization"]


def _contact() -> str:
    """Where a push service may ask about what we send."""
    if settings.PUBLIC_BASE_URL.startswith("https://"):
        return settings.PUBLIC_BASE_URL
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"
