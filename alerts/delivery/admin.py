"""What was sent of which notice, and what failed. Nothing here shows or finds a subscriber."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alerts.delivery import dead_letters, figures
from alerts.delivery.channels import broadcasts
from alerts.models import DeadLetter, Delivery, Dispatch, ZaloConnection
from portal.publishing.admin.read_only import ReadOnlyAdmin

PROVINCE = ("notice__province", admin.RelatedOnlyFieldListFilter)


class DeliveryAdmin(ReadOnlyAdmin):
    """Scoped to the officer's provinces; written by the worker alone."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).within(request.user)


class CountedChangeList(ChangeList):
    """With the figures of all rows of the page, in one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        counted = figures.of_dispatches(self.result_list)
        for dispatch in self.result_list:
            dispatch.figures = counted[dispatch.pk]


@admin.register(Dispatch)
class DispatchAdmin(DeliveryAdmin):
    list_display = ("notice", "kind", "in_province", "state", "not_before", "counted")
    list_filter = ("kind", "state", PROVINCE)
    list_select_related = ("notice__province",)
    search_fields = ("notice__title", "notice__code")
    fields = (
        "notice", "kind", "in_province", "state", "created_at", "not_before", "counted",
        "noted",
    )  # fmt: skip

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CountedChangeList

    @admin.display(description=_("province"), ordering="notice__province")
    def in_province(self, dispatch: Dispatch) -> str:
        return str(dispatch.province)

    @admin.display(description=_("messages"))
    def counted(self, dispatch: Dispatch) -> str:
        found = getattr(dispatch, "figures", None)
        if found is None:
            found = figures.of_dispatches([dispatch])[dispatch.pk]
        lines = figures.in_words(found).splitlines()
        return format_html_join("\n", "<div>{}</div>", ([line] for line in lines))

    @admin.display(description=_("noted"))
    def noted(self, dispatch: Dispatch) -> str:
        """Of broadcasts, which are to nobody in particular."""
        told = dispatch.deliveries.filter(channel__in=broadcasts()).exclude(last_error="")
        lines = (f"{one.channel}: {_(one.last_error)}" for one in told)
        return format_html_join("\n", "<div>{}</div>", ([line] for line in lines)) or "–"


@admin.register(ZaloConnection)
class ZaloConnectionAdmin(DeliveryAdmin):
    """Nothing of its secrets; it is made and ended by `manage.py connect_zalo`."""

    list_display = (
        "province",
        "in_words",
        "mode",
        "refresh_expires_at",
        "last_error",
        "quota_left",
    )
    list_select_related = ("province",)
    fields = (
        "province", "in_words", "mode", "connected_at", "refreshed_at", "refresh_expires_at",
        "last_error", "last_error_at", "quota_left",
    )  # fmt: skip

    @admin.display(description=_("state"))
    def in_words(self, connection: ZaloConnection) -> str:
        return connection.state


@admin.register(DeadLetter)
class DeadLetterAdmin(DeliveryAdmin):
    list_display = (
        "notice", "kind", "in_province", "channel", "attempts", "last_error", "decided_at",
    )  # fmt: skip
    list_filter = (
        "channel",
        "kind",
        ("dispatch__notice__province", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("dispatch__notice__province",)
    search_fields = ("dispatch__notice__title", "dispatch__notice__code", "last_error")
    fields = list_display
    actions = ("retry",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).filter(state=Delivery.State.DEAD)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("alerts.retry_deadletter")

    @admin.display(description=_("notice"), ordering="dispatch__notice")
    def notice(self, letter: DeadLetter) -> str:
        return str(letter.dispatch.notice)

    @admin.display(description=_("province"), ordering="dispatch__notice__province")
    def in_province(self, letter: DeadLetter) -> str:
        return str(letter.province)

    @admin.action(description=_("Send again"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        gone = len(request.POST.getlist("_selected_action")) - queryset.count()
        queued, left = dead_letters.retry(queryset)
        if gone > 0:
            text = ngettext(
                "%(number)s message that you chose is not among the failed ones any more: a "
                "colleague had it sent again.",
                "%(number)s messages that you chose are not among the failed ones any more: a "
                "colleague had them sent again.",
                gone,
            )
            messages.warning(request, text % {"number": gone})
        if queued:
            text = ngettext(
                "%(number)s message is queued again.",
                "%(number)s messages are queued again.",
                queued,
            )
            messages.success(request, text % {"number": queued})
        if left:
            text = ngettext(
                "%(number)s message is not sent again: the notice was changed since, "
                "or the subscriber has left.",
                "%(number)s messages are not sent again: the notice was changed since, "
                "or the subscriber has left.",
                left,
            )
            messages.warning(request, text % {"number": left})
