"""The trail of revisions by officer, and as a file for whoever checks it elsewhere."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.publishing.admin.careful import is_key
from portal.publishing.models import Officer, Revision
from portal.web.spreadsheets import as_cell
from portal.web.times import iso

COLUMNS = (
    "sequence", "province", "kind", "code", "entry", "number", "action", "state", "exercise",
    "author", "written", "submitted", "decided by", "decided", "reason", "public note",
    "note of the decision", "hash",
)  # fmt: skip


class OfficerFilter(admin.SimpleListFilter):
    """What one officer wrote or decided."""

    title = _("officer")
    parameter_name = "officer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        seen = model_admin.get_queryset(request).order_by()
        wrote, decided = seen.filter(author=OuterRef("pk")), seen.filter(decided_by=OuterRef("pk"))
        officers = Officer.objects.filter(Exists(wrote) | Exists(decided)).order_by("username")
        return [(str(officer.pk), str(officer)) for officer in officers]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not (value := self.value()):
            return queryset
        if not is_key(Officer, value):
            return queryset.none()
        return queryset.filter(Q(author=value) | Q(decided_by=value))


def csv_of(revisions: QuerySet[Revision]) -> StreamingHttpResponse:
    """`revisions` as CSV that Excel reads as UTF-8 and in which nothing is a formula."""
    rows = revisions.select_related("province", "entry_type", "author", "decided_by")
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"revisions-{clock.now():%Y%m%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    """What is written to it is what it gives back."""

    def write(self, line: str) -> str:
        return line


def _lines(revisions: QuerySet[Revision]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for revision in revisions.iterator(chunk_size=1000):
        yield writer.writerow(
            ["" if value is None else as_cell(str(value)) for value in _row(revision)]
        )


def _row(revision: Revision) -> tuple[Any, ...]:
    return (
        revision.sequence, revision.province, revision.entry_type.model, revision.entry_code,
        revision.title, revision.number, revision.action, revision.state, revision.is_exercise,
        revision.author, iso(revision.created_at), iso(revision.submitted_at),
        revision.decided_by, iso(revision.decided_at), revision.reason, revision.public_note,
        revision.decision_note, revision.hash,
    )  # fmt: skip
