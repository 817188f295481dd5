from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from locations.admin.imports import ImportMixin
from locations.models import ExposureLocation, ExposureWindow
from portal.publishing.admin.base import (
    FOLDED,
    IN_ENGLISH,
    WHEN_PUBLIC,
    ChildInline,
    PublishingAdmin,
)


class ExposureWindowInline(ChildInline):
    model = ExposureWindow
    fields = ("starts_on", "starts_time", "ends_on", "ends_time", "note", "note_en")


@admin.register(ExposureLocation)
class ExposureLocationAdmin(ImportMixin, PublishingAdmin):
    inlines = (ExposureWindowInline,)
    autocomplete_fields = ("ward", "district")
    list_display = ("name", "kind", "ward", "province", "state", "published_at", "updated_at")
    list_select_related = ("ward", "province")
    fieldsets = (
        (None, {"fields": ("province", "name", "kind", "tier", "external_id")}),
        (_("Where"), {"fields": ("address", "ward", "district", ("latitude", "longitude"))}),
        (_("What to do"), {"fields": ("action", "note")}),
        (IN_ENGLISH, {"fields": ("name_en", "action_en", "note_en"), "classes": FOLDED}),
        WHEN_PUBLIC,
    )
