"""No page is forgotten: a new address or template fails here until a catalogue has it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import URLPattern, get_resolver, resolve, reverse

from portal.environment import BASE_DIR

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("audit")]

TEMPLATES = BASE_DIR / "templates"
# `tests/accounts` and `tests/delivery` read these.
LETTERS = {"admin/accounts/invitation.txt"} | {
    f"alerts/email/{name}"
    for name in ("_frame.html", "letter.html", "letter.txt", "notice.html", "notice.txt")
}


def public_routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    """The route of every address that is not the staff's."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif pattern.app_name != "admin":
            yield from public_routes(pattern, route)


def test_every_public_address_is_in_the_catalogue(pages, files):
    shown = {
        resolve(page.path).route
        for page in pages
        if page.language == "vi" and not page.is_staff and page.status == 200
    }
    answered = {resolve(file.path).route for file in files}
    assert not shown & answered
    assert sorted(set(public_routes()) - answered) == sorted(shown)


def test_what_is_called_a_file_is_no_page(files):
    pages = [f.path for f in files if f.content_type.startswith("text/html") and f.body]
    assert pages == []


def test_every_template_is_in_a_catalogue(pages, files):
    ours = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.*")}
    shown = frozenset().union(*(answer.templates for answer in (*pages, *files)))
    assert ours - shown == LETTERS


def test_every_list_and_form_of_the_staff_is_in_the_catalogue(pages):
    shown = {page.path for page in pages if page.is_staff and page.language == "vi"}
    wanted = set()
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        wanted.add(reverse(f"{name}_changelist"))
    assert wanted <= shown
