"""The trail of accounts in the admin: to be read, by those who look after the officers."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.publishing.accounts.scope import visible_to
from portal.publishing.admin.read_only import ReadOnlyAdmin
from portal.publishing.models import AccountEvent


@admin.register(AccountEvent)
class AccountEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "officer", "kind", "in_words", "by")
    list_display_links = None
    list_filter = ("kind", ("officer", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("officer", "by")
    search_fields = ("officer__username",)
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).filter(officer__in=visible_to(request.user))

    @admin.display(description=_("details"))
    def in_words(self, event: AccountEvent) -> str:
        return "; ".join(f"{what}: {_in_words(value)}" for what, value in event.details.items())


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        signs = {"added": "+", "removed": "−"}
        return " ".join(f"{signs[verb]} {', '.join(names)}" for verb, names in value.items())
    return {True: "✓", False: "✗"}.get(value, str(value))
