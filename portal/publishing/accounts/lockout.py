"""Lockout of guesses: by account and address together, five in a window.

Nobody can lock a colleague out from elsewhere, nor an office by one account. django-axes counts
when a password has proved wrong; here it is counted before it is looked at, so that guesses sent
at the same moment do not slip past the limit together. Codes count as passwords do.
"""

from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.publishing.accounts import second_factor, trail
from portal.publishing.models import Officer
from portal.web.rates import is_too_often

# Passwords and codes of one network, right or wrong and of whatever account, that are looked at in
# a window: each costs a tenth of a second. Room for a large office that begins its day.
GUESSES_OF_NETWORK = 200


class CountFirst(AxesDatabaseHandler):
    """Keeps one row for an account and an address, without anything else of the request."""

    def is_allowed(self, request: Any, credentials: Any = None) -> bool:
        now = request.axes_attempt_time
        if self.is_locked(request, credentials):
            return False  # without a write: a flood of guesses costs little
        window = round(settings.AXES_COOLOFF_TIME.total_seconds())
        if is_too_often(request, "guess", most=GUESSES_OF_NETWORK, seconds=window):
            request.is_network_locked_out = True
            return False
        with transaction.atomic():
            AccessAttempt.objects.filter(
                attempt_time__lte=now - settings.AXES_COOLOFF_TIME
            ).delete()
            attempt, _created = AccessAttempt.objects.select_for_update().get_or_create(
                **_row(request, credentials), defaults={"failures_since_start": 0}
            )
            if attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT:
                return False
            attempt.failures_since_start += 1
            attempt.attempt_time = now
            attempt.save(update_fields=["failures_since_start", "attempt_time"])
        return True

    def user_login_failed(
        self, sender: Any, credentials: dict, request: Any = None, **kwargs: Any
    ) -> None:
        if request is not None and not request.axes_locked_out:
            self.refused(request, credentials, trail.Kind.SIGN_IN_FAILED)

    def refused(self, request: Any, credentials: dict, kind: trail.Kind) -> None:
        """Records a wrong password or code, and the lock if it was the last one allowed."""
        officer = Officer.objects.filter(username=credentials.get("username")).first()
        with transaction.atomic():
            attempt = AccessAttempt.objects.filter(**_row(request, credentials)).first()
            request.axes_locked_out = (
                attempt is not None and attempt.failures_since_start >= settings.AXES_FAILURE_LIMIT
            )
            if officer is not None:
                trail.record(officer, kind)
                if request.axes_locked_out:
                    trail.record(officer, trail.Kind.LOCKED_OUT)

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        attempts = AccessAttempt.objects.filter(**_row(request, {"username": user.get_username()}))
        if second_factor.is_enrolled(user):
            # Not yet in: codes go on counting, or a right password would buy five more of them.
            attempts.filter(failures_since_start__gt=0).update(
                failures_since_start=F("failures_since_start") - 1
            )
        else:
            attempts.delete()

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Nothing is kept of sessions."""


def code_may_be_tried(request: HttpRequest, officer: Officer) -> bool:
    """Counts one try of a code; False if there were too many of this account from there.

    The middleware of django-axes then answers with `locked_out_page`, whatever the view says.
    """
    allowed = AxesProxyHandler.is_allowed(request, {"username": officer.get_username()})
    if not allowed:
        request.axes_locked_out = True  # type: ignore[attr-defined]
    return allowed


def code_refused(request: HttpRequest, officer: Officer) -> None:
    CountFirst().refused(request, {"username": officer.get_username()}, trail.Kind.CODE_REFUSED)


def signed_in(request: HttpRequest, officer: Officer) -> None:
    """Counts from nought again, for this address: others may still be guessing."""
    credentials = {"username": officer.get_username()}
    AccessAttempt.objects.filter(**_row(request, credentials)).delete()


def unlock(officer: Officer) -> None:
    """Lets the officer in from everywhere: a new password makes earlier guesses worthless."""
    AccessAttempt.objects.filter(username=officer.get_username()).delete()


def locked_out_page(request: HttpRequest, response: Any, credentials: Any) -> HttpResponse:
    """Says the same whether the account exists or not, and what to do instead of guessing."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    context = admin.site.each_context(request) | {
        "title": _("Too many wrong passwords or codes"),
        "minutes": round(wait.total_seconds() / 60),
        "of_network": getattr(request, "is_network_locked_out", False),
    }
    page = render(request, "admin/accounts/locked_out.html", context, status=429)
    page.headers["Retry-After"] = str(round(wait.total_seconds()))
    return page


def _row(request: Any, credentials: Any) -> dict[str, Any]:
    return {
        "username": (credentials or {}).get("username"),
        "ip_address": request.axes_ip_address,
        "user_agent": "",
    }
