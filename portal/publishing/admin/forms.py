"""Forms that edit an entry's content and leave its rows alone: `workflow` keeps what was typed."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.models import BaseInlineFormSet, model_to_dict
from django.utils.translation import gettext_lazy as _

from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Publishable, Revision


def working_content(entry: Publishable) -> contents.Content | None:
    """What the office typed since the last approval; None if nothing."""
    latest = Revision.objects.of(entry).first() if entry.pk else None
    if latest is None or latest.action == Revision.Action.WITHDRAW:
        return None
    return latest.content if latest.state in WORKING_STATES else None


# What the officer chose in an edit conflict is posted under this and the name of the field.
CHOICE = "keep-"
WORKING_STATES = (Revision.State.DRAFT, Revision.State.SUBMITTED, Revision.State.REJECTED)


class ContentForm(forms.ModelForm):
    """The form of an entry, with why it is changed and which version the officer started from."""

    reason = forms.CharField(
        label=_("Reason of the change"),
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("For colleagues: what changed and on whose word."),
    )
    residents_note = forms.CharField(
        label=_("Public note on the change"),
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Residents read it beside the correction."),
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    # Why `workflow` refused what this form had let through.
    refused: ValidationError | None = None
    conflict: workflow.EditConflict | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _name_parts(field)
        entry = self.instance
        if entry.pk is None:
            return
        self.fields["version"].initial = getattr(entry, "version", "")
        content = working_content(entry)
        if content is not None:
            for name, linked in contents.links_of(entry, content).items():
                self.initial[name] = linked
        if entry.is_public:
            self.fields["reason"].required = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk is not None:
            try:
                workflow.check_version(entry=self.instance, expected=cleaned.get("version", ""))
            except workflow.EditConflict as conflict:
                self.add_error(None, conflict)
                self.conflict = conflict
        if self.refused is not None:
            self._say(self.refused)
            if any(name.startswith(CHOICE) for name in self.data):
                latest = Revision.objects.of(self.instance).first()
                self.conflict = workflow.EditConflict(self.instance, latest)
        return cleaned

    def accept_newest_version(self) -> None:
        """Saving once more, after the officer has compared, is a decision."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = workflow.version_token(self.instance)

    def _say(self, refused: ValidationError) -> None:
        if not hasattr(refused, "error_dict"):
            self.add_error(None, refused)
            return
        for name, errors in refused.error_dict.items():
            if name in self.fields or name == NON_FIELD_ERRORS:
                self.add_error(None if name == NON_FIELD_ERRORS else name, errors)
            else:
                label = contents.label(type(self.instance), name)
                messages = ValidationError(errors).messages
                self.add_error(None, [f"{label}: {message}" for message in messages])


class ChildFormSet(BaseInlineFormSet):
    """Children as a plain list of values: shown from the working content, read back as a whole."""

    def __init__(
        self, data: Any = None, files: Any = None, instance: Any = None, **kwargs: Any
    ) -> None:
        kwargs["queryset"] = self.model._default_manager.none()
        rows = [] if data is not None else _child_values(instance, self.accessor())
        if rows:
            kwargs["initial"] = rows
        super().__init__(data, files, instance=instance, **kwargs)
        if data is None:
            self.extra = len(rows) + (0 if rows else 1)

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        """Each field says what it is: the table that it stands in has no labels."""
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = field.label

    @classmethod
    def accessor(cls) -> str:
        return cls.fk.remote_field.get_accessor_name()


def _name_parts(field: forms.Field) -> None:
    """The day and the hour of a moment each say what they are: the label names only both."""
    if isinstance(field.widget, forms.SplitDateTimeWidget):
        for part, name in zip(field.widget.widgets, (_("date"), _("hour")), strict=True):
            part.attrs["aria-label"] = f"{field.label}: {name}"


def _child_values(entry: Publishable, accessor: str) -> list[dict[str, Any]]:
    if entry.pk is None:
        return []
    content = working_content(entry) or contents.snapshot(entry)
    fields = entry.content_children[accessor]
    return [
        model_to_dict(child, fields=fields)
        for child in contents.children_of(entry, content)[accessor]
    ]
