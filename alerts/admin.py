"""Notices, case announcements, figures and guidance in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alerts.delivery import admin as delivery_admin  # noqa: F401 - registers its own
from alerts.delivery import figures
from alerts.models import CaseAnnouncement, Figure, Guidance, Notice, NoticeHotline
from portal.publishing.admin.base import (
    FOLDED,
    IN_ENGLISH,
    WHEN_PUBLIC,
    ChildInline,
    PublishingAdmin,
)

DELIVERY = (_("Sent to subscribers"), {"fields": ("delivery_figures",)})


class NoticeHotlineInline(ChildInline):
    model = NoticeHotline
    fields = ("label", "label_en", "number")


@admin.register(Notice)
class NoticeAdmin(PublishingAdmin):
    inlines = (NoticeHotlineInline,)
    autocomplete_fields = ("locations", "flights")
    list_display = ("title", "severity", "province", "state", "published_at", "updated_at")
    list_select_related = ("province",)
    fieldsets = (
        (None, {"fields": ("province", "severity", "title", "action", "body")}),
        (_("What it covers"), {"fields": ("locations", "flights")}),
        (IN_ENGLISH, {"fields": ("title_en", "action_en", "body_en"), "classes": FOLDED}),
        WHEN_PUBLIC,
    )
    readonly_fields = ("delivery_figures",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        is_sent = obj is not None and obj.is_public and not obj.is_exercise
        return [*fieldsets, DELIVERY] if is_sent else fieldsets

    @admin.display(description=_("messages"))
    def delivery_figures(self, notice: Notice) -> str:
        return figures.in_words(figures.of_notice(notice))


@admin.register(CaseAnnouncement)
class CaseAnnouncementAdmin(PublishingAdmin):
    autocomplete_fields = ("ward", "locations", "flights")
    filter_horizontal = ("also_concerns",)
    list_display = ("__str__", "starts_on", "ends_on", "province", "state", "published_at")
    list_select_related = ("province",)
    fieldsets = (
        (None, {"fields": ("province", "cases", "starts_on", "ends_on", "ward", "also_concerns")}),
        (_("Linked to"), {"fields": ("locations", "flights")}),
        (_("Note"), {"fields": ("note", "note_en")}),
        WHEN_PUBLIC,
    )


@admin.register(Figure)
class FigureAdmin(PublishingAdmin):
    list_display = ("what", "value", "as_of", "province", "state")
    list_select_related = ("province",)
    fieldsets = (
        (None, {"fields": ("province", "what", "what_en", "value", "since", "as_of")}),
        WHEN_PUBLIC,
    )


@admin.register(Guidance)
class GuidanceAdmin(PublishingAdmin):
    list_display = ("by", "province", "state", "published_at")
    list_select_related = ("province",)
    fieldsets = (
        (None, {"fields": ("province", "by", "points")}),
        (IN_ENGLISH, {"fields": ("by_en", "points_en"), "classes": FOLDED}),
        WHEN_PUBLIC,
    )
