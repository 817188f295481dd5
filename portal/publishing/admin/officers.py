"""Officers' accounts: who manages whom is said in `portal.publishing.accounts.scope`."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.publishing.accounts import officer_versions, second_factor, sessions, trail
from portal.publishing.accounts.invitations import invite, mail
from portal.publishing.accounts.scope import may_manage, visible_to
from portal.publishing.admin.careful import CarefulAdmin
from portal.publishing.models import Officer
from portal.publishing.roles import ADMINISTRATOR, NATIONAL, appointed_by, roles_of


class OfficerForm(forms.ModelForm):
    """Whose account it is, where they work and in which roles; passwords they choose themselves."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["version"].initial = officer_versions.token(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        national = cleaned.get("is_national", self.instance.is_national)
        roles = {role.name for role in cleaned.get("groups", ())}
        if not national and not cleaned.get("provinces"):
            self.add_error("provinces", _("Choose the provinces that the officer works for."))
        if NATIONAL in roles and not national:
            self.add_error("groups", _("This role is for national officers only."))
        if ADMINISTRATOR in roles and national:
            self.add_error(
                "groups", _("The administrator of the whole country has the role “Trung ương”.")
            )
        if self.instance.pk is not None:
            self._compare_with_stored(cleaned)
        return cleaned

    def _compare_with_stored(self, cleaned: dict[str, Any]) -> None:
        """Says what a colleague changed since the form was opened. Saving once more decides."""
        stored = officer_versions.locked(self.instance)
        token = officer_versions.token(stored)
        if cleaned.get("version") == token:
            return
        self.add_error(None, officer_versions.what_happened(stored))
        values = officer_versions.in_words(stored)
        for name, typed in officer_versions.typed_in_words(self).items():
            if typed != values[name]:
                self.add_error(name, _("Stored by now: %s") % (values[name] or "–"))
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = token


@admin.register(Officer)
class OfficerAdmin(CarefulAdmin):
    form = OfficerForm
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "has_factor")
    list_filter = (
        "is_active",
        "is_national",
        "groups",
        ("provinces", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ("groups", "provinces")
    actions = ("send_link", "remove_second_factor", "sign_out")
    show_full_result_count = False

    # --- who sees and manages whom

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        phones = TOTPDevice.objects.filter(user=models.OuterRef("pk"), confirmed=True)
        visible = visible_to(request.user).annotate(factor=models.Exists(phones))
        return visible.order_by(*self.ordering).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_manage(request.user, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and bool(appointed_by(request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what an officer did keeps their name; an account is disabled

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        # The address bar must not become a way to guess a password's hash letter by letter.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    # --- the form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        where = ["provinces"]
        actor = request.user
        if actor.is_superuser or (actor.is_national and NATIONAL in roles_of(actor)):
            where.append("is_national")
        person = ("username", "first_name", "last_name", "email", "language")
        what = ("groups", "is_active") if obj is not None else ("groups",)
        return (
            (gettext_lazy("Person"), {"fields": person}),
            (gettext_lazy("Where"), {"fields": where}),
            (gettext_lazy("What"), {"fields": what}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("username",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.filter(name__in=appointed_by(request.user))
        elif not request.user.sees_everything:
            kwargs["queryset"] = request.user.provinces.all()
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label = gettext_lazy("roles")
            field.help_text = ""
        return field

    # --- saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        obj.save()
        if not obj.is_active:
            sessions.end_all(obj)  # else they would go on where they were if enabled again soon

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            self._invite(request, form.instance)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None  # the trail is the record

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None  # the trail is the record

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        query = urlencode({"officer__id__exact": object_id})
        return redirect(f"{reverse('admin:publishing_accountevent_changelist')}?{query}")

    # --- the list

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, officer: Officer) -> str:
        return ", ".join(group.name for group in officer.groups.all())

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def has_factor(self, officer: Any) -> bool:
        return officer.factor

    @admin.action(
        description=gettext_lazy("Send a new link to set a password"), permissions=["change"]
    )
    def send_link(self, request: HttpRequest, chosen: models.QuerySet) -> None:
        for officer in self._managed(request, chosen):
            self._invite(request, officer)

    @admin.action(
        description=gettext_lazy("Remove the second factor, so that a new one is set up"),
        permissions=["change"],
    )
    def remove_second_factor(self, request: HttpRequest, chosen: models.QuerySet) -> None:
        for officer in self._managed(request, chosen):
            if second_factor.remove(officer):
                trail.record(officer, trail.Kind.FACTOR_REMOVED)
                text = _("%s sets up a new second factor at the next sign-in.")
                messages.success(request, text % officer)

    @admin.action(description=gettext_lazy("Sign out on all devices"), permissions=["change"])
    def sign_out(self, request: HttpRequest, chosen: models.QuerySet) -> None:
        for officer in self._managed(request, chosen):
            if sessions.end_all(officer):
                trail.record(officer, trail.Kind.SIGNED_OUT)
            messages.success(request, _("%s is signed out everywhere.") % officer)

    def _managed(self, request: HttpRequest, chosen: models.QuerySet) -> list[Officer]:
        refused = [officer for officer in chosen if not may_manage(request.user, officer)]
        for officer in refused:
            messages.error(request, _("You do not manage the account of %s.") % officer)
        return [officer for officer in chosen if officer not in refused]

    def _invite(self, request: HttpRequest, officer: Officer) -> None:
        """Mails the link once all is saved; shows it, once, to pass on if there is no address."""
        link = invite(officer)
        transaction.on_commit(partial(self._deliver, request, officer, link))

    def _deliver(self, request: HttpRequest, officer: Officer, link: str) -> None:
        if officer.email:
            try:
                mail(officer, link)
            except OSError as error:
                text = _("The mail to %(to)s was not taken: %(why)s. Pass the link on yourself.")
                messages.error(request, text % {"to": officer.email, "why": error})
            else:
                text = _("The link to set a password was sent to %s.")
                messages.success(request, text % officer.email)
                return
        text = _("Give %(who)s this link to set a password; it is shown only now: %(link)s")
        messages.warning(request, text % {"who": officer, "link": link})
