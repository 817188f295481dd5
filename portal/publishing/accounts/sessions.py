"""How long a session lasts: until its officer has been idle for a while, and a working day at most.

The database forgets an idle session by itself (SESSION_COOKIE_AGE after it was last saved), so it
is saved while it is used; not at every request, since each is a write.
"""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest

SECONDS_BETWEEN_SAVES = 60


def keep_alive(request: HttpRequest) -> None:
    """Counts the request as a sign of life, or signs out a session that is too old."""
    if not request.user.is_authenticated:
        return
    session, now = request.session, int(time.time())
    if now - session.get("began", now) >= settings.SESSION_LONGEST.total_seconds():
        logout(request)
    elif now - session.get("seen", 0) >= SECONDS_BETWEEN_SAVES:
        session.setdefault("began", now)
        session["seen"] = now
