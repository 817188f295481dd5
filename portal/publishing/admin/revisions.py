"""Revisions in the admin: what waits for approval, what was decided, by whom and why."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.publishing import comparison, workflow
from portal.publishing.models import Revision
from portal.publishing.privacy import approval, checks


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin):
    list_display = (
        "review_link",
        "entry_type",
        "province",
        "action",
        "state",
        "author",
        "created_at",
    )
    list_filter = ("state", "action", ("province", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("entry_type", "province", "author")
    list_display_links = None
    search_fields = ("title", "entry_code")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).within(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("entry"), ordering="title")
    def review_link(self, revision: Revision) -> str:
        address = reverse("admin:publishing_revision_review", args=[revision.pk])
        return format_html('<a href="{}">{}</a>', address, revision.title)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:revision_id>/review/",
                self.admin_site.admin_view(self.review_view),
                name="publishing_revision_review",
            ),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        return redirect("admin:publishing_revision_review", object_id)

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
        found = revision.privacy_findings
        if revision.state == Revision.State.SUBMITTED:
            found = approval.found_in(entry, revision)
        context = self.admin_site.each_context(request) | {
            "title": revision.title,
            "opts": self.opts,
            "revision": revision,
            "entry": entry,
            "rows": comparison.rows(entry, revision),
            "consequence": comparison.consequence(entry, revision),
            "privacy_warnings": checks.warnings(type(entry), found),
            "errors": errors,
            "may_decide": revision.state == Revision.State.SUBMITTED
            and request.user.has_perm("publishing.approve_revision")
            and revision.author_id != request.user.pk,
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
        note = request.POST.get("note", "")
        if "_approve" in request.POST:
            workflow.approve(
                revision=revision,
                by=request.user,
                note=note,
                privacy_reason=request.POST.get("privacy_reason", ""),
            )
            messages.success(request, _("Approved. Residents see it now."))
        elif "_send_back" in request.POST:
            workflow.send_back(revision=revision, by=request.user, note=note)
            messages.success(request, _("Sent back to the author."))
        else:
            raise ValidationError(_("Choose: approve or send back."))
