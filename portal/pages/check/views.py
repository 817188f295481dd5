"""The page of the check, and the file that it compares with. Neither takes anything from anybody:
what a resident enters stays on the phone."""

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from portal import clock
from portal.pages.check import data, words
from portal.pages.check.changed import changed
from portal.pages.check.version import PATTERN, last_record
from portal.web.page_cache.declaring import cached_page

# `?tu=<version>`: what has changed since ("từ").
SINCE = "tu"
# What the page's script imports, named so that browsers fetch all of it at once.
MODULES = [f"js/check/{name}.js" for name in (
    "combobox", "data", "failures", "file", "formats/gpx", "formats/json_entries",
    "formats/takeout", "formats/timeline", "formats/values", "gathering", "history", "inputs",
    "list", "matching", "results", "rows", "suggestions", "templates", "visits", "wording",
)]  # fmt: skip


@cached_page()
@require_safe
def check_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/check.html", {"words": words.for_script(), "modules": MODULES})


def _minute() -> datetime:
    """The file is that of the minute, so that its validator can say which it is."""
    return clock.now().replace(second=0, microsecond=0)


def _etag(request: HttpRequest) -> str:
    """Content changes by approvals, and by the clock: embargoes end, listings expire."""
    return f'"{data.FORMAT}-{get_language()}-{last_record()}-{_minute():%Y%m%d%H%M}"'


@cached_page(**{SINCE: PATTERN})
@require_safe
@condition(etag_func=_etag)
def check_data(request: HttpRequest) -> HttpResponse:
    """The list, or what has changed since the version in the address. Where that cannot be told,
    the one whole list is the answer, at its one address."""
    at, changes = _minute(), None
    if since := request.GET.get(SINCE):
        changes = changed(since, at)
        if changes is None:
            return redirect(request.path)
    published = data.published(at, changes)
    content = json.dumps(published, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(content, content_type="application/json; charset=utf-8")
