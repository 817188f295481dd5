"""Revisions in the admin: what waits for approval, what was decided, by whom and why."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.publishing import comparison, workflow
from portal.publishing.admin.careful import sent_text
from portal.publishing.admin.filters import KindFilter, OwnProvinceFilter
from portal.publishing.admin.read_only import ReadOnlyAdmin
from portal.publishing.admin.trail import OfficerFilter, csv_of
from portal.publishing.models import Revision
from portal.publishing.privacy import approval, checks


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """The trail: what anybody did to an entry, in a province, or as an officer."""

    change_list_template = "admin/publishing/trail.html"
    list_display = (
        "review_link",
        "entry_link",
        "province",
        "action",
        "state",
        "number",
        "author_link",
        "created_at",
        "decided_by_link",
        "decided_at",
    )
    list_filter = (
        "state",
        "action",
        "is_exercise",
        ("entry_type", KindFilter),
        ("province", OwnProvinceFilter),
        OfficerFilter,
    )
    list_select_related = ("entry_type", "province", "author", "decided_by")
    list_display_links = None
    search_fields = ("title", "entry_code")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).within(request.user)

    @admin.display(description=gettext_lazy("entry"), ordering="title")
    def review_link(self, revision: Revision) -> str:
        address = reverse("admin:publishing_revision_review", args=[revision.pk])
        return format_html('<a href="{}">{}</a>', address, revision.title)

    @admin.display(description=gettext_lazy("code"))
    def entry_link(self, revision: Revision) -> str:
        return _trail_link(revision.entry_code, entry_code=revision.entry_code)

    @admin.display(description=gettext_lazy("author"), ordering="author")
    def author_link(self, revision: Revision) -> str:
        return _trail_link(revision.author, officer=revision.author_id)

    @admin.display(description=gettext_lazy("decided by"), ordering="decided_by")
    def decided_by_link(self, revision: Revision) -> str:
        decided_by = revision.decided_by
        return _trail_link(decided_by, officer=decided_by.pk) if decided_by else "–"

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "export/",
                self.admin_site.admin_view(self.export_view),
                name="publishing_revision_export",
            ),
            path(
                "<int:revision_id>/review/",
                self.admin_site.admin_view(self.review_view),
                name="publishing_revision_review",
            ),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        revision = self.get_object(request, unquote(object_id))
        if revision is None:
            raise Http404(_("There is no such revision in your provinces."))
        return redirect("admin:publishing_revision_review", revision.pk)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The trail as the list shows it, with the same filters, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:  # as the list itself does
            return redirect(f"{reverse('admin:publishing_revision_changelist')}?{ERROR_FLAG}=1")
        return csv_of(shown.get_queryset(request))

    def review_view(self, request: HttpRequest, revision_id: int) -> HttpResponse:
        """The proposed content beside what is public now, and the decision on it."""
        revision = self.get_queryset(request).filter(pk=revision_id).first()
        if revision is None or not self.has_view_permission(request, revision):
            raise Http404(_("There is no such revision in your provinces."))
        errors: list[str] = []
        if request.method == "POST":
            try:
                self._decide(request, revision)
            except ValidationError as refused:
                errors = refused.messages
            except PermissionDenied as refused:
                errors = [str(refused)]
            else:
                return redirect("admin:publishing_revision_review", revision.pk)
        entry = revision.entry
        rows = comparison.rows(entry, revision)
        found = revision.privacy_findings
        if revision.state == Revision.State.SUBMITTED:
            found = approval.found_in(entry, revision)
        context = self.admin_site.each_context(request) | {
            "title": revision.title,
            "opts": self.opts,
            "revision": revision,
            "entry": entry,
            "first_rows": [row for row in rows if row.name in entry.first_fields],
            "other_rows": [row for row in rows if row.name not in entry.first_fields],
            "consequence": comparison.consequence(entry, revision),
            "privacy_warnings": checks.warnings(type(entry), found),
            "errors": errors,
            "may_decide": revision.state == Revision.State.SUBMITTED
            and request.user.has_perm("publishing.approve_revision")
            and (revision.is_exercise or revision.author_id != request.user.pk),
            "entry_url": reverse(
                f"admin:{entry._meta.app_label}_{entry._meta.model_name}_change", args=[entry.pk]
            ),
            "preview_url": reverse(
                f"admin:{entry._meta.app_label}_{entry._meta.model_name}_preview", args=[entry.pk]
            ),
            "note": request.POST.get("note", ""),
            "privacy_reason": request.POST.get("privacy_reason", ""),
        }
        return render(
            request, "admin/publishing/review.html", context, status=422 if errors else 200
        )

    def _decide(self, request: HttpRequest, revision: Revision) -> None:
        note = sent_text(request, "note", of="decision_note")
        if "_approve" in request.POST:
            if "understood" not in request.POST:
                raise ValidationError(_("Tick the sentence that says what residents will see."))
            workflow.approve(
                revision=revision,
                by=request.user,
                note=note,
                privacy_reason=sent_text(request, "privacy_reason"),
            )
            if revision.is_exercise:
                messages.success(request, _("Approved, as an exercise."))
            else:
                messages.success(request, _("Approved. Residents see it now."))
        elif "_send_back" in request.POST:
            workflow.send_back(revision=revision, by=request.user, note=note)
            messages.success(request, _("Sent back to the author."))
        else:
            raise ValidationError(_("Choose: approve or send back."))


def _trail_link(words: Any, **filters: Any) -> str:
    return format_html('<a href="?{}">{}</a>', urlencode(filters), words)
