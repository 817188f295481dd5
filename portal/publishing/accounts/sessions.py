"""How long a session lasts: until its officer has been idle for a while, and a working day at most.

The database forgets an idle session by itself (SESSION_COOKIE_AGE after it was last saved), so it
is saved while it is used; not at every request, since each is a write.
"""

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from portal.publishing.models.officer import Officer

SECONDS_BETWEEN_SAVES = 60
# Who wants to change a second factor has signed in no longer ago.
RECENT_SECONDS = 10 * 60


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


def is_recent(request: HttpRequest) -> bool:
    """Whether its officer has just signed in, so that it is hardly somebody else at their desk."""
    return time.time() - request.session.get("began", 0) < RECENT_SECONDS


def end_all(officer: Officer) -> int:
    """Signs the officer out wherever they are signed in; returns in how many places that was.

    Sessions say whose they are only inside, so each is looked into: officers have them and nobody
    else.
    """
    theirs = [
        session.pk
        for session in Session.objects.all()
        if session.get_decoded().get(SESSION_KEY) == str(officer.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)
