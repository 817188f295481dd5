"""Notices, case announcements, figures and guidance in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from alerts.delivery import admin as delivery_admin  # noqa: F401 - registers its own
from alerts.delivery import figures
from alerts.delivery.zalo.article import copy_of
from alerts.models import (
    CaseAnnouncement,
    Figure,
    Guidance,
    Notice,
    NoticeHotline,
    ZaloConnection,
)
from portal import clock
from portal.publishing.admin.base import (
    FOLDED,
    IN_ENGLISH,
    WHEN_PUBLIC,
    ChildInline,
    PublishingAdmin,
)

DELIVERY = (_("Sent to subscribers"), {"fields": ("delivery_figures",)})
FOR_ZALO = (_("Copy for Zalo"), {"fields": ("for_zalo",)})


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
    readonly_fields = ("delivery_figures", "for_zalo")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        is_sent = obj is not None and obj.is_public and not obj.is_exercise
        return [*fieldsets, FOR_ZALO, DELIVERY] if is_sent else fieldsets

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        for connection in ZaloConnection.objects.ending().within(request.user):
            words = {"name": connection.province, "state": connection.state}
            messages.warning(request, _("Zalo of %(name)s: %(state)s.") % words)
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("words and picture"))
    def for_zalo(self, notice: Notice) -> str:
        """Of what residents read now, whatever is being changed in the form."""
        public = Notice.objects.public(clock.now()).for_lists().filter(pk=notice.pk).first()
        if public is None:
            return _("Not public yet.")
        languages = ("vi", "en") if public.action_en else ("vi",)
        copies = [copy_of(public, language) for language in languages]
        return render_to_string("admin/alerts/_for_zalo.html", {"copies": copies})

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
