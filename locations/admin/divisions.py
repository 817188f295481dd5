"""Administrative units in the admin: read-only, to be chosen from."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from locations.models import Division


@admin.register(Division)
class DivisionAdmin(admin.ModelAdmin):
    """An officer finds the units of their own provinces, of either era."""

    list_display = ("title", "code", "kind", "parent", "valid_from", "valid_to")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("folded_name", "code")
    ordering = ("folded_name", "id")
    show_full_result_count = False

    @admin.display(description=_("name"), ordering="folded_name")
    def title(self, division: Division) -> str:
        return division.full_name

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        divisions = super().get_queryset(request).with_path()
        if request.user.sees_everything:
            return divisions
        own = Division.objects.filter(publishers__officers=request.user)
        roots = Division.objects.filter(Q(pk__in=own) | Q(predecessors__in=own)).values("pk")
        return divisions.filter(Q(pk__in=roots) | Q(parent__in=roots) | Q(parent__parent__in=roots))

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.matching(search_term), False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_staff  # public knowledge, to choose from

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
