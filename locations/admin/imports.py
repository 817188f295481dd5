"""Importing a list in the admin: choose the file, see what it would change, hand it over."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.imports import uploads
from locations.imports.columns import COLUMNS
from locations.imports.preview import Preview, hand_over, preview
from locations.imports.problems import Refused
from locations.imports.sheets import MAX_BYTES
from locations.imports.template import empty_list
from locations.imports.uploads import Upload
from locations.models import Province
from portal import clock
from portal.publishing import meanwhile
from portal.web.times import iso

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Before the first list was imported.
EVER = datetime(2000, 1, 1, tzinfo=UTC)
# Of each kind; the totals are said in words.
SHOWN = 100


class UploadForm(forms.Form):
    province: Any = forms.ModelChoiceField(label=gettext_lazy("Province"), queryset=None)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV in UTF-8, at most 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("This is the full current list"),
        required=False,
        help_text=gettext_lazy(
            "Places that came from a list, are current now and are not in the file are proposed "
            "for withdrawal. Leave it empty to add and correct only."
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Province.objects.within(request.user)
        self.fields["province"].queryset = own
        if len(choices := own[:2]) == 1:
            self.fields["province"].initial = choices[0]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is larger than %d MB.") % (MAX_BYTES // 2**20))
        return file


class ImportMixin:
    """The pages of the import, for the admin of exposure locations."""

    change_list_template = "admin/locations/exposurelocation/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="locations_exposurelocation_import"),
            path(
                "import/template.xlsx",
                view(self.import_template_view),
                name="locations_exposurelocation_import_template",
            ),
            *super().get_urls(),
        ]

    def import_template_view(self, request: HttpRequest) -> HttpResponse:
        """The empty list to fill in."""
        self._require_import(request)
        response = HttpResponse(empty_list(), content_type=XLSX)
        response["Content-Disposition"] = 'attachment; filename="dia-diem.xlsx"'
        return response

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The form; what a chosen file would change; and the batch, once that was confirmed."""
        self._require_import(request)
        form = UploadForm(request=request)
        try:
            if "upload" in request.POST:
                return self._confirm(request, uploads.of(request.POST["upload"], request.user))
            if request.method == "POST":
                form = UploadForm(request.POST, request.FILES, request=request)
                if form.is_valid():
                    return self._show(request, self._kept(request, form))
        except Refused as refused:
            return self._page(request, "upload", {"form": form, "refused": str(refused)}, 422)
        return self._page(request, "upload", {"form": form}, 422 if form.errors else 200)

    def _require_import(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied

    def _kept(self, request: HttpRequest, form: UploadForm) -> Upload:
        file = form.cleaned_data["file"]
        return uploads.keep(
            file.read(),
            officer=request.user,
            province=form.cleaned_data["province"],
            file_name=file.name,
            replace=form.cleaned_data["replace"],
        )

    def _preview(self, request: HttpRequest, upload: Upload) -> Preview:
        try:
            return preview(
                upload.data,
                file_name=upload.file_name,
                province=Province.objects.get(pk=upload.province),
                by=request.user,
                replace=upload.replace,
            )
        except Refused:
            upload.discard()
            raise

    def _show(self, request: HttpRequest, upload: Upload, changed: str = "") -> HttpResponse:
        at = clock.now()
        shown = self._preview(request, upload)
        if shown.errors:
            upload.discard()
        context = {
            "preview": shown,
            "at": iso(at),
            "upload": upload,
            "changed": changed,
            "lists": [
                (_("New"), shown.new[:SHOWN], len(shown.new)),
                (_("Changed"), shown.changed[:SHOWN], len(shown.changed)),
                (_("To be withdrawn"), shown.removed[:SHOWN], len(shown.removed)),
            ],
            "errors": shown.errors[:SHOWN],
            "warnings": shown.warnings[:SHOWN],
            "most": SHOWN,
        }
        status = 422 if shown.errors else 409 if changed else 200
        return self._page(request, "preview", context, status)

    def _confirm(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Hands over exactly what was shown; if that is no longer what would happen, shows anew."""
        shown = self._preview(request, upload)
        if shown.fingerprint != request.POST.get("fingerprint"):
            return self._show(request, upload, _what_happened(shown, request.POST.get("at", "")))
        try:
            batch = hand_over(shown, by=request.user)
        except ValidationError as refused:
            return self._show(request, upload, " ".join(refused.messages))
        upload.discard()
        messages.success(
            request, _("The list was handed over. It becomes public when a colleague approves it.")
        )
        return redirect("admin:publishing_batch_change", batch.pk)

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int
    ) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {
            "title": _("Import exposure locations"),
            "opts": self.opts,
            "columns": COLUMNS,
            "template_url": reverse("admin:locations_exposurelocation_import_template"),
        }
        return render(request, f"admin/locations/import_{name}.html", context, status=status)


def _what_happened(shown: Preview, opened: str) -> str:
    """Who did what to the places of the list since it was shown at `opened`; or last of all, if
    that does not say when."""
    try:
        at = parse_datetime(opened)
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at):
        at = EVER
    told = [f"“{one.title}”: {meanwhile.told_of(one)}." for one in shown.changed_since(at)]
    words = _("Somebody changed places of this list meanwhile. Look again.")
    return " ".join([words, *dict.fromkeys(told)])
