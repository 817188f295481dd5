"""The admin site: nobody reaches a page of it before they have come all the way in."""

import logging
from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from portal.publishing.accounts import sessions, trail, views
from portal.publishing.accounts.own_sessions import own_sessions
from portal.publishing.accounts.second_factor import Stage, stage_of

View = Callable[..., HttpResponse]
# Where somebody who is on the way in goes on.
NEXT_STEP = {
    Stage.OUTSIDE: "admin:login",
    Stage.CODE: "admin:code",
    Stage.SET_UP: "admin:set_up",
    Stage.INSIDE: "admin:index",
}
logger = logging.getLogger("portal.security")
CLEAR_SITE_DATA = '"cache", "cookies", "storage"'


class StaffSite(admin.AdminSite):
    """Asks for the second factor after the password, of everybody who has or needs one."""

    def has_permission(self, request: HttpRequest) -> bool:
        return stage_of(request) is Stage.INSIDE

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return update_wrapper(
            self._for(view, Stage.INSIDE, inner=super().admin_view(view, cacheable)), view
        )

    def get_urls(self) -> list[Any]:
        inside, set_up, code = Stage.INSIDE, Stage.SET_UP, Stage.CODE

        def page(address: str, name: str, view: View, *stages: Stage) -> URLPattern:
            guarded = never_cache(csrf_protect(self._for(view, *stages)))
            return path(address, guarded, name=name)

        return [
            page("logout/", "logout", self.logout, code, set_up, inside),
            page("password_change/", "password_change", self.password_change, set_up, inside),
            page(
                "password_change/done/",
                "password_change_done",
                self.password_change_done,
                set_up,
                inside,
            ),
            # Django's own tells the address of anything to anybody.
            page("r/<path:what>/", "view_on_site", _not_here, inside),
            page("code/", "code", views.code, code),
            page("second-factor/", "second_factor", views.second_factor_page, inside),
            page("second-factor/set-up/", "set_up", views.set_up, set_up, inside),
            page("sessions/", "own_sessions", own_sessions, inside),
            path(
                "set-password/<uidb64>/<token>/",
                views.SetPasswordView.as_view(),
                name="set_password",
            ),
            *super().get_urls(),
        ]

    def _for(self, view: View, *stages: Stage, inner: View | None = None) -> View:
        """`view` for those who have come to one of `stages`; others are shown their next step."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            sessions.keep_alive(request)
            stage = stage_of(request)
            if stage is Stage.OUTSIDE and inner:
                return inner(request, *args, **kwargs)
            if stage not in stages:
                return next_step(request, stage)
            try:
                with trail.acting(request.user):
                    return (inner or view)(request, *args, **kwargs)
            except PermissionDenied:
                who = request.user.pk
                logger.warning("Officer %s was refused: %s %s", who, request.method, request.path)
                raise

        guarded.csrf_exempt = True  # type: ignore[attr-defined]
        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        stage = stage_of(request)
        if request.method == "GET" and stage in (Stage.CODE, Stage.SET_UP):
            return next_step(request, stage)
        return super().login(request, extra_context)

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().logout(request, extra_context)
        if request.method == "POST":
            response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
        return response


def _not_here(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def next_step(request: HttpRequest, stage: Stage) -> HttpResponse:
    """The page where somebody at `stage` goes on; it leads to the one asked for in the end."""
    step = reverse(NEXT_STEP[stage])
    here = request.get_full_path()
    if stage is Stage.INSIDE or here == reverse("admin:logout"):
        return redirect(step)
    return redirect(f"{step}?{urlencode({'next': request.GET.get('next') or here})}")
