"""The admin of every kind of entry: scoped to the officer's provinces, saving only drafts."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.publishing import content as contents
from portal.publishing import meanwhile, workflow
from portal.publishing.admin import conflicts
from portal.publishing.admin.careful import CarefulAdmin, sent_text
from portal.publishing.admin.filters import OwnProvinceFilter
from portal.publishing.admin.forms import ChildFormSet, ContentForm, working_content
from portal.publishing.models import Entry, Publishable, Revision
from portal.publishing.paging import StaffPaginator
from portal.publishing.privacy import checks

# Fields that most entries leave empty are folded away.
FOLDED = ("collapse",)
IN_ENGLISH = gettext_lazy("In English")
WHEN_PUBLIC = (
    gettext_lazy("When it is public"),
    {"fields": ("announced_on", "publish_from", "expires_at"), "classes": FOLDED},
)
AS_EXERCISE = (gettext_lazy("Exercise"), {"fields": ("is_exercise",), "classes": FOLDED})
ABOUT_THE_CHANGE = (
    gettext_lazy("This change"),
    {"fields": ("reason", "residents_note")},
)


class ChildInline(admin.TabularInline):
    """Children of an entry (windows, hotlines): whoever may edit the entry may edit them."""

    formset = ChildFormSet
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if not self.has_change_permission(request, obj):
            kwargs["formset"] = BaseInlineFormSet  # shows what is stored; ours reads what is typed
        return super().get_formset(request, obj, **kwargs)

    def _parent_admin(self) -> admin.ModelAdmin:
        return self.admin_site.get_model_admin(self.parent_model)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent_admin().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent_admin().has_change_permission(request, obj)

    has_add_permission = has_delete_permission = has_change_permission


class PublishingAdmin(CarefulAdmin):
    """Saves what officers type as drafts through `workflow`; never writes an entry by itself."""

    form = ContentForm
    change_form_template = "admin/publishing/entry_form.html"
    # Chosen when the entry is made, and permanent from then on.
    fixed_fields: tuple[str, ...] = ("province",)
    # Links that may point outside the officer's own provinces.
    unscoped_fields: tuple[str, ...] = ("also_concerns",)
    list_filter = ("state", "is_exercise", ("province", OwnProvinceFilter))
    list_per_page = 50
    paginator = StaffPaginator
    ordering = ("-pk",)
    show_full_result_count = False
    view_on_site = False  # the form has its own link

    # --- who sees what

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).within(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an address never dies; what is wrong is withdrawn

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        self._scope_choices(db_field, request, kwargs)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "province" and field is not None:
            field.required = not request.user.sees_everything
            if not request.user.sees_everything and len(choices := list(field.queryset[:2])) == 1:
                field.initial = choices[0]
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        self._scope_choices(db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _scope_choices(self, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> None:
        related = db_field.related_model
        if db_field.name in self.unscoped_fields or "queryset" in kwargs:
            return
        if issubclass(related, Publishable):
            kwargs["queryset"] = related._default_manager.within(request.user)
        elif self.admin_site.is_registered(related):
            kwargs["queryset"] = self.admin_site.get_model_admin(related).get_queryset(request)

    # --- forms

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = self.fixed_fields if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            changes = self.has_change_permission(request, obj)
            return [*fieldsets, ABOUT_THE_CHANGE] if changes else fieldsets
        return [*fieldsets, AS_EXERCISE] if issubclass(self.model, Entry) else fieldsets

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """What `workflow` refuses is said on the form, beside what the officer typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refused:
            request.refused = refused
            return super().changeform_view(request, *args, **kwargs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        if entry is None or not self.has_change_permission(request, entry):
            return entry  # who only reads is shown what is stored, children included
        # Read before the content that is shown: a change in between is then found when saving.
        entry.version = workflow.version_token(entry)
        entry.refresh_from_db()
        if (content := working_content(entry)) is not None:
            contents.overlay(entry, content)
        return entry

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        return queryset.search(search_term), False

    search_fields = ("search_text",)

    # --- saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: the content is whole only with the children, in `save_related`."""

    def save_related(
        self, request: HttpRequest, form: Any, formsets: list[Any], change: bool
    ) -> None:
        entry, typed = form.instance, conflicts.typed_content(form, formsets)
        for content in conflicts.versions(entry, typed, request.POST):
            revision = workflow.save_draft(
                entry=entry,
                content=content,
                by=request.user,
                reason=form.cleaned_data.get("reason", ""),
                public_note=form.cleaned_data.get("residents_note", ""),
            )
        if "_submit" in request.POST:
            workflow.submit(revision=revision, by=request.user)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None  # the revision is the record

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None  # the revision is the record

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return self._response(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        return self._response(request, obj) or super().response_change(request, obj)

    def _response(self, request: HttpRequest, entry: Publishable) -> HttpResponse | None:
        if "_popup" in request.POST:
            return None
        if "_submit" in request.POST:
            text = _("“%s” was submitted. It becomes public when a colleague approves it.")
        else:
            text = _("“%s” was saved as a draft. Residents do not see it yet.")
        messages.success(request, text % entry)
        return redirect(self._address("change", entry))

    # --- pages of their own

    def get_urls(self) -> list[URLPattern]:
        name = self.opts.app_label, self.opts.model_name
        return [
            path(
                "<path:object_id>/preview/",
                self.admin_site.admin_view(self.preview_view),
                name="{}_{}_preview".format(*name),
            ),
            path(
                "<path:object_id>/withdraw/",
                self.admin_site.admin_view(self.withdraw_view),
                name="{}_{}_withdraw".format(*name),
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        entry = context.get("original")
        if entry is not None:
            latest = Revision.objects.of(entry).select_related("author", "decided_by").first()
            context |= {
                "latest": latest,
                "privacy_warnings": latest is not None
                and latest.is_open
                and checks.warnings(self.model, latest.privacy_findings),
                "preview_url": self._address("preview", entry),
                "withdraw_url": self._address("withdraw", entry),
                "review_url": latest
                and reverse("admin:publishing_revision_review", args=[latest.pk]),
            }
            form = context["adminform"].form
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            if conflicts.is_all(form, formsets):
                context |= {
                    "choices": conflicts.choices(form, formsets),
                    "latest_author": latest.author,
                }
                form.accept_newest_version()
        return super().render_change_form(request, context, *args, **kwargs)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The entry's public page as it would be: the working content is applied, the page is
        rendered by the public view itself, and the transaction is rolled back."""
        entry = self._existing(request, object_id)
        revision = Revision.objects.of(entry).first()
        with transaction.atomic():
            workflow.apply_for_preview(entry=entry, revision=revision)
            # The page takes its own address and its links from the path.
            request.path = entry.get_absolute_url()
            request.is_preview = True
            match = resolve(request.path)
            response = match.func(request, *match.args, **match.kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
            transaction.set_rollback(True)
        return response

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks for the reason, and hands the withdrawal to a colleague for approval."""
        entry, version = self._existing(request, object_id), request.POST.get("version", "")
        error = ""
        if request.method == "POST":
            try:
                workflow.request_withdrawal(
                    entry=entry,
                    by=request.user,
                    reason=sent_text(request, "reason"),
                    expected=version,
                )
            except ValidationError as refused:
                error = " ".join(refused.messages)
            else:
                messages.success(request, _("The withdrawal waits for a colleague's approval."))
                return redirect(self._address("change", entry))
        # Sending it once more, after the newest version was shown, is a decision.
        version = workflow.version_token(entry)
        latest = Revision.objects.of(entry).first()
        context = self.admin_site.each_context(request) | {
            "title": _("Withdraw “%s”") % entry,
            "version": version,
            "replaced": meanwhile.told(latest) if latest and latest.is_open else "",
            "entry": entry,
            "opts": self.opts,
            "error": error,
            "reason": request.POST.get("reason", ""),
        }
        return render(request, "admin/publishing/withdraw.html", context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Every revision of the entry, with its author, its approver and its reason."""
        entry = self._existing(request, object_id)
        context = self.admin_site.each_context(request) | {
            "title": _("Revisions of “%s”") % entry,
            "original": entry,
            "opts": self.opts,
            "revisions": Revision.objects.of(entry).select_related("author", "decided_by"),
        }
        return render(request, "admin/publishing/history.html", context)

    def _existing(self, request: HttpRequest, object_id: str) -> Publishable:
        entry = admin.ModelAdmin.get_object(self, request, unquote(object_id))
        if entry is None or not self.has_view_permission(request, entry):
            raise PermissionDenied
        return entry

    def _address(self, page: str, entry: Publishable) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[entry.pk])
