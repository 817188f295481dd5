"""What browsers can send to Django's admin though no form of it holds it, and on which it fails."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from portal.publishing.models import Revision

# A button of Django's that this portal does not have.
SAVE_AS_NEW = "_saveasnew"


def is_key(model: type[models.Model], sent: Any) -> bool:
    """Whether `sent` can be the key of a row of `model`; a text or 10⁴⁰ cannot be a number's, nor
    NUL that of a text."""
    try:
        ProhibitNullCharactersValidator()(sent)
        model._meta.pk.clean(sent, None)
    except ValidationError:
        return False
    return True


def sent_text(request: HttpRequest, name: str, *, of: str = "") -> str:
    """The text sent as `name`, which becomes the column `of` (or `name`) of a revision.

    Raises ValidationError if it holds a character that no database takes.
    """
    text = request.POST.get(name, "")
    try:
        ProhibitNullCharactersValidator()(text)
    except ValidationError as refused:
        label = Revision._meta.get_field(of or name).verbose_name
        raise ValidationError(f"{capfirst(label)}: {refused.message}") from refused
    return text


class KnownKeys:
    """Shows again of what was sent only what can be looked up."""

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> Any:
        model = self.field.remote_field.model
        return super().optgroups(name, [one for one in value if is_key(model, one)], attrs)


class OneOf(KnownKeys, AutocompleteSelect):
    pass


class SomeOf(KnownKeys, AutocompleteSelectMultiple):
    pass


class KeysField(forms.ModelMultipleChoiceField):
    """Refuses a number that is larger than any key, which SQLite cannot be asked for."""

    def clean(self, value: Any) -> Any:
        for sent in value or ():
            if not is_key(self.queryset.model, sent):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": str(sent)[:40]},
                )
        return super().clean(value)


class CarefulAdmin(admin.ModelAdmin):
    """Answers whatever is sent to it in words."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OneOf(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault(
                "widget", SomeOf(db_field, self.admin_site, using=kwargs.get("using"))
            )
        kwargs.setdefault("form_class", KeysField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if SAVE_AS_NEW in request.POST:
            request.POST = request.POST.copy()
            del request.POST[SAVE_AS_NEW]
        return super().changeform_view(request, *args, **kwargs)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        known = [sent for sent in chosen if is_key(self.model, sent)]
        if known != chosen:
            request.POST = request.POST.copy()
            request.POST.setlist(ACTION_CHECKBOX_NAME, known)
        return super().response_action(request, *args, **kwargs)
