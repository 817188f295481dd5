"""A revision in words: what it proposes beside what is public now, and what residents will see."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from portal.publishing import content as contents
from portal.publishing.models import Publishable, Revision


@dataclass(frozen=True)
class Row:
    """One field of an entry, as it is in public and as it is proposed."""

    label: str
    public: str
    proposed: str

    @property
    def changed(self) -> bool:
        return self.public != self.proposed


def rows(entry: Publishable, revision: Revision) -> list[Row]:
    """Every field that has a value on either side, in the order of the form: the revision beside
    the one it was written on."""
    before = Revision.objects.of(entry).filter(number=revision.based_on).first()
    public = before.content if before else {}
    names = [*entry.content_fields, *entry.content_children, *entry.content_links]
    compared = [
        Row(
            label=contents.label(type(entry), name),
            public=_shown(type(entry), name, public.get(name)),
            proposed=_shown(type(entry), name, revision.content.get(name)),
        )
        for name in names
    ]
    return [row for row in compared if row.public or row.proposed]


def consequence(entry: Publishable, revision: Revision) -> str:
    """What approving the revision will mean to residents, in one sentence."""
    if revision.action == Revision.Action.WITHDRAW:
        return _("Residents will read that this was withdrawn, and why. Its address stays.")
    if not entry.is_public:
        return _("Residents will see this as new, on the pages of %s.") % (
            entry.scope or _("all provinces")
        )
    if entry.is_withdrawn:
        return _("Residents will see this as current again.")
    return _("Residents will see the corrected version and the note on what changed.")


def _shown(model: type[models.Model], name: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return str(value)
    if isinstance(value, list):
        if field.one_to_many:
            return "\n".join(_child(field.related_model, child) for child in value)
        linked = field.related_model._default_manager.filter(code__in=value)
        return ", ".join(f"{one} ({one.code})" for one in linked)
    return _value(field, value)


def _child(model: type[models.Model], values: dict[str, Any]) -> str:
    parts = (
        f"{model._meta.get_field(name).verbose_name}: {_shown(model, name, value)}"
        for name, value in values.items()
        if value not in (None, "")
    )
    return "; ".join(parts) or _("not known")


def _value(field: models.Field, value: Any) -> str:
    if field.is_relation:
        return str(field.related_model._default_manager.filter(pk=value).first() or value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    value = field.to_python(value)
    if isinstance(field, models.DateTimeField):
        value = timezone.localtime(value)
    return formats.localize(value) if not isinstance(value, str) else value
