from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from locations.models import Hotline, OfficialAccount, Province, SupportLink
from portal.publishing.admin.base import ChildInline, PublishingAdmin


class OfficialAccountInline(ChildInline):
    model = OfficialAccount
    fields = ("channel", "name", "url")


class HotlineInline(ChildInline):
    model = Hotline
    fields = ("label", "label_en", "number")


class SupportLinkInline(ChildInline):
    model = SupportLink
    fields = ("name", "name_en", "leads_to", "leads_to_en", "url")


@admin.register(Province)
class ProvinceAdmin(PublishingAdmin):
    """The publisher itself: its contacts become public by the same two people."""

    inlines = (OfficialAccountInline, HotlineInline, SupportLinkInline)
    autocomplete_fields = ("division",)
    fixed_fields = ("slug",)
    list_display = ("name", "slug", "state", "updated_at")
    list_filter = ("state",)
    ordering = ("name",)
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "division")}),
        (_("Who publishes"), {"fields": ("office", "office_en")}),
        (_("Listing rule"), {"fields": ("listing_days", "listing_rule", "listing_rule_en")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.sees_everything and super().has_add_permission(request)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return admin.ModelAdmin.get_search_results(self, request, queryset, search_term)
