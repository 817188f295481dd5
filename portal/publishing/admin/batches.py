"""Imports in the admin: what a file would change, and the one decision on all of it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.publishing import batches, comparison
from portal.publishing.admin.careful import sent_text
from portal.publishing.admin.read_only import ReadOnlyAdmin
from portal.publishing.batches import Steps
from portal.publishing.models import Batch, Revision
from portal.publishing.privacy import checks

PER_PAGE = 50
# More than these take so long that the officer is shown how far it is.
AT_ONCE = 1000
PROGRESS = "<!-- progress -->"
# Of a count that a page has given.
MOST_DIGITS = 10


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "province", "author", "created_at", "holds", "stands")
    list_filter = (("province", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("province", "author")
    search_fields = ("file_name",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).within(request.user).with_progress()

    @admin.display(description=gettext_lazy("what it holds"))
    def holds(self, batch: Batch) -> str:
        return _("%(new)d new, %(changed)d changed, %(removed)d to be withdrawn") % {
            "new": batch.new,
            "changed": batch.changed,
            "removed": batch.removed,
        }

    @admin.display(description=gettext_lazy("state"))
    def stands(self, batch: Batch) -> str:
        counts = {
            _("waiting for approval"): batch.waiting,
            _("approved"): batch.approved,
            _("sent back"): batch.sent_back,
        }
        return ", ".join(f"{words}: {count}" for words, count in counts.items() if count) or "–"

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """What the batch holds, page by page, and the decision on all of it."""
        batch = self.get_object(request, unquote(object_id))
        if batch is None or not self.has_view_permission(request, batch):
            raise Http404(_("There is no such import in your provinces."))
        errors: list[str] = []
        if request.method == "POST":
            try:
                steps, words = self._decision(request, batch)
                if batch.waiting > AT_ONCE:
                    return self._streamed(request, batch, steps, words)
                for _step in steps:
                    pass
            except ValidationError as refused:
                errors = refused.messages
            except PermissionDenied as refused:
                errors = [str(refused)]
            else:
                messages.success(request, words)
                return redirect("admin:publishing_batch_change", batch.pk)
        # How many wait is read before what is shown of them.
        batch = self.get_queryset(request).get(pk=batch.pk)
        page = self._page(request, batch)
        context = self._context(request, batch) | {
            "page": page,
            "shown": [_described(revision) for revision in page],
            "errors": errors,
            "note": request.POST.get("note", ""),
            "privacy_reason": request.POST.get("privacy_reason", ""),
            "privacy_count": batch.revisions.open().exclude(privacy_findings=[]).count(),
            "may_decide": batch.waiting
            and request.user.has_perm("publishing.approve_revision")
            and batch.author_id != request.user.pk,
        }
        return render(
            request, "admin/publishing/batch.html", context, status=422 if errors else 200
        )

    def _context(self, request: HttpRequest, batch: Batch) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": _("Import: %s") % batch.file_name,
            "opts": self.opts,
            "batch": batch,
            "stands": self.stands(batch),
        }

    def _page(self, request: HttpRequest, batch: Batch) -> Page:
        # What needs a reason first, then withdrawals, changes, and what is new.
        no_findings = models.Q(privacy_findings=models.Value([], models.JSONField()))
        revisions = batch.revisions.order_by(
            models.Case(models.When(no_findings, 1), default=0), "-action", "-based_on", "pk"
        )
        return Paginator(revisions, PER_PAGE).get_page(request.GET.get("page"))

    def _decision(self, request: HttpRequest, batch: Batch) -> tuple[Steps, str]:
        note = sent_text(request, "note", of="decision_note")
        waiting = request.POST.get("waiting", "")
        # What does not say what was seen, or says it wrongly, saw nothing.
        seen = int(waiting) if waiting.isdecimal() and len(waiting) < MOST_DIGITS else 0
        if "_approve" in request.POST:
            if "understood" not in request.POST:
                raise ValidationError(_("Tick the sentence that says what residents will see."))
            steps = batches.approving(
                batch=batch,
                by=request.user,
                note=note,
                privacy_reason=sent_text(request, "privacy_reason"),
                seen=seen,
            )
            return steps, _("Approved. Residents see all of it now.")
        if "_send_back" in request.POST:
            steps = batches.sending_back(batch=batch, by=request.user, note=note, seen=seen)
            return steps, _("Sent back to the author.")
        raise ValidationError(_("Choose: approve or send back."))

    def _streamed(
        self, request: HttpRequest, batch: Batch, steps: Steps, words: str
    ) -> StreamingHttpResponse:
        """The page grows with the work; if the officer leaves before its end, nothing changes."""
        context = self._context(request, batch) | {"progress": PROGRESS}
        page = render_to_string("admin/publishing/batch_progress.html", context, request)
        begins, _mark, ends = page.partition(PROGRESS)
        response = StreamingHttpResponse(_lines(begins, steps, words, ends))
        response["X-Accel-Buffering"] = "no"  # a proxy would hold it back until the end
        return response


def _lines(begins: str, steps: Steps, words: str, ends: str) -> Iterator[str]:
    yield begins
    try:
        for done, total in steps:
            yield format_html(
                "<p>{}</p>\n", _("%(done)d of %(total)d") % {"done": done, "total": total}
            )
        yield format_html('<p class="success" role="status"><strong>{}</strong></p>', words)
    except (ValidationError, PermissionDenied) as refused:
        yield format_html("<p>{}</p>", _("Refused; nothing was changed:"))
        for message in getattr(refused, "messages", [str(refused)]):
            yield format_html(
                '<div role="alert"><ul class="errorlist"><li>{}</li></ul></div>', message
            )
    yield ends


def _described(revision: Revision) -> dict[str, Any]:
    """The revision, and what it changes of what is public."""
    is_change = revision.action == Revision.Action.PUBLISH
    rows = comparison.rows(revision.entry, revision) if is_change else []
    return {
        "revision": revision,
        "is_new": is_change and not revision.based_on,
        "rows": [row for row in rows if row.changed],
        "privacy_warnings": checks.warnings(
            revision.entry_type.model_class(), revision.privacy_findings
        ),
    }
