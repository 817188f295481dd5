"""The portal without a network: the service worker, and the page it shows for what is not saved.

The worker itself is static/js/service-worker.js, where its rules are explained; what it does with
notices is service-worker-notices.js.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.environment import BASE_DIR
from portal.web.language import in_language
from portal.web.release import release

STATIC_FILES = BASE_DIR / "static"
# What every page looks like, and what the page without a network needs.
FRAME = (
    "css/portal.css",
    "fonts/be-vietnam-pro-400.woff2",
    "fonts/be-vietnam-pro-700.woff2",
    "images/mark.svg",
    "js/portal.js",
    "js/saved-pages.js",
)
# The worker's parts, in one script.
WORKER = ("service-worker.js", "service-worker-notices.js")
ICON = "images/mark-192.png"
CHECK = "/kiem-tra/"
CHECK_DATA = f"{CHECK}data.json"


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script of the worker. Browsers ask for it at every visit and install what has changed,
    so its first line, which names the release, makes each release arrive at once."""
    if settings.SERVICE_WORKER:
        script = "\n".join(
            [f"const PORTAL = {json.dumps(_portal())};", *(_source(name) for name in WORKER)]
        )
    else:
        script = _source("service-worker-off.js")
    return HttpResponse(
        script,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@require_safe
def offline_page(request: HttpRequest) -> HttpResponse:
    """What the worker shows instead of a page that is neither saved nor to be had."""
    return render(request, "offline.html")


def _portal() -> dict[str, Any]:
    """What the worker has to know of this release: see the type `Portal` in its script."""
    return {
        "release": release(),
        "static": settings.STATIC_URL,
        "files": [static(name) for name in (*FRAME, *_scripts_of_the_check())],
        "offline": _in_every_language(reverse("offline")),
        "check": list(_in_every_language(CHECK).values()),
        "data": list(_in_every_language(CHECK_DATA).values()),
        "push": {"icon": static(ICON), "unread": _unread()},
    }


def _unread() -> dict[str, dict[str, str]]:
    """What a notification says whose message cannot be read, in every language."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language] = {
                "title": _("There is news from the health office"),
                "body": _("The message cannot be read here. Open the portal: what holds is there."),
            }
    return words


def _in_every_language(path: str) -> dict[str, str]:
    return {language: in_language(path, language) for language, _name in settings.LANGUAGES}


@cache
def _scripts_of_the_check() -> list[str]:
    scripts = (STATIC_FILES / "js" / "check").glob("**/*.js")
    return sorted(script.relative_to(STATIC_FILES).as_posix() for script in scripts)


@cache
def _source(name: str) -> str:
    return (STATIC_FILES / "js" / name).read_text()
