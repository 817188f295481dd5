"""Where an officer is signed in: each of the own sessions, to be seen and ended.

A session says no more of itself than when it began and was last used: no address or browser is
kept of it, here or anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp import DEVICE_ID_SESSION_KEY

from portal.publishing.accounts import second_factor, trail
from portal.publishing.models.officer import Officer


@dataclass(frozen=True)
class Place:
    """One session. `mark` names it in the form without being of use to take it over;
    `awaits_code`: somebody there gave the right password, and no code yet."""

    session: Session
    mark: str
    began: datetime | None
    seen: datetime | None
    awaits_code: bool
    is_here: bool


def places(officer: Officer, *, here: str | None) -> list[Place]:
    """The sessions of `officer` that hold, the one last used first; `here` is the key of the one
    that asks."""
    needs_code = second_factor.is_enrolled(officer)
    found = [
        Place(
            session=session,
            mark=salted_hmac("own session", session.pk).hexdigest()[:20],
            began=_moment(data.get("began")),
            seen=_moment(data.get("seen")),
            awaits_code=needs_code and DEVICE_ID_SESSION_KEY not in data,
            is_here=session.pk == here,
        )
        for session, data in _holding(officer)
    ]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda place: (place.is_here, place.seen or oldest), reverse=True)


def own_sessions(request: HttpRequest) -> HttpResponse:
    """Shows them; ends the one whose mark is sent as `end`, or with `others` all but this."""
    officer: Any = request.user
    request.session.save()  # else it would tell of this one what it was before this request
    found = places(officer, here=request.session.session_key)
    if request.method == "POST":
        ended = [
            place.session.pk
            for place in found
            if not place.is_here
            and ("others" in request.POST or place.mark == request.POST.get("end"))
        ]
        Session.objects.filter(pk__in=ended).delete()
        for _number in ended:
            trail.record(officer, trail.Kind.SIGNED_OUT)
        text = ngettext("%(n)d sign-in was ended.", "%(n)d sign-ins were ended.", len(ended))
        messages.success(request, text % {"n": len(ended)})
        return redirect("admin:own_sessions")
    context = {"title": _("Where you are signed in"), "places": found}
    return render(
        request, "admin/accounts/own_sessions.html", admin.site.each_context(request) | context
    )


def _holding(officer: Officer) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Sessions say whose they are only inside, so each is looked into: officers have them and
    nobody else."""
    longest = settings.SESSION_LONGEST.total_seconds()
    now = timezone.now()
    for session in Session.objects.filter(expire_date__gt=now):
        data = session.get_decoded()
        is_theirs = data.get(SESSION_KEY) == str(officer.pk) and constant_time_compare(
            data.get(HASH_SESSION_KEY, ""), officer.get_session_auth_hash()
        )
        if is_theirs and now.timestamp() - data.get("began", now.timestamp()) < longest:
            yield session, data


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
