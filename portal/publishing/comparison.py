"""Contents in words, one beside another: for staff every field, for residents what they see."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.publishing import content as contents
from portal.publishing.models import Publishable, Revision

Model = type[Publishable]


@dataclass(frozen=True)
class Row:
    """One field of an entry, before and after."""

    name: str
    label: str
    before: str
    after: str
    changed: bool
    # Staff's own words, which have to stay Vietnamese on an English page.
    is_vietnamese: bool = False


class Wording:
    """Puts values of contents into words. It is given all contents at once, and loads what they
    refer to (wards, linked entries) in one query for each kind, however many contents there are,
    when one of that kind is to be said.

    For residents, links name only what is public, and children are told as the pages tell them.
    """

    def __init__(
        self, told: Iterable[tuple[Model, contents.Content]], *, for_residents: bool = False
    ) -> None:
        self.for_residents = for_residents
        keys: dict[type[models.Model], set[Any]] = defaultdict(set)
        codes: dict[Model, set[str]] = defaultdict(set)
        for model, content in told:
            for name in model.content_fields:
                field = model._meta.get_field(name)
                if field.is_relation:
                    keys[field.related_model].add(content.get(name))
            for name in model.content_links:
                codes[model._meta.get_field(name).related_model].update(content.get(name, ()))
        self._referred = cache(lambda model: self._by_key(model, keys[model]))
        self._linked = cache(lambda model: self._by_code(model, codes[model]))

    def text(self, model: Model, name: str, content: contents.Content) -> str:
        """The value of a field, child or link of `content`."""
        value = content.get(name)
        if value in (None, "", []):
            return ""
        if name in model.content_children:
            return "\n".join(self._children(model, name, value))
        field = model._meta.get_field(name)
        if name in model.content_links:
            linked = self._linked(field.related_model)
            return ", ".join(linked[code] for code in value if code in linked)
        if field.is_relation:
            return self._referred(field.related_model).get(value, str(value))
        return _value(field, value)

    def _by_key(self, model: type[models.Model], wanted: set[Any]) -> dict[Any, str]:
        wanted.discard(None)
        if not wanted:
            return {}
        manager = model._default_manager
        # An administrative unit says where it lies.
        rows = manager.with_path() if hasattr(manager, "with_path") else manager.all()
        found = rows.filter(pk__in=wanted).order_by()
        return {row.pk: getattr(row, "path_name", row.__str__)() for row in found}

    def _by_code(self, model: Model, wanted: set[str]) -> dict[str, str]:
        if not wanted:
            return {}
        rows = model._default_manager.filter(code__in=wanted)
        if self.for_residents:
            return {row.code: str(row) for row in rows.public()}
        return {row.code: f"{row} ({row.code})" for row in rows}

    def _children(self, model: Model, name: str, rows: list[dict[str, Any]]) -> Iterable[str]:
        for child in contents.children_of(model(), {name: rows})[name]:
            if self.for_residents:
                yield getattr(child, "in_words", None) or str(child)
            else:
                yield _every_column(child, model.content_children[name])


def rows(entry: Publishable, revision: Revision) -> list[Row]:
    """Every field that has a value on either side: the revision beside the one it was written
    on. First what an approver checks first, then the others in the order of the form."""
    before = Revision.objects.of(entry).filter(number=revision.based_on).first()
    return compared(type(entry), before.content if before else {}, revision.content)


def compared(model: Model, before: contents.Content, after: contents.Content) -> list[Row]:
    """The same of any two contents."""
    wording = Wording([(model, before), (model, after)])
    names = dict.fromkeys([*model.first_fields, *_names(model)])
    every = [_row(wording, model, name, before, after) for name in names]
    return [row for row in every if row.before or row.after]


def seen_changes(
    wording: Wording, model: Model, before: contents.Content, after: contents.Content
) -> list[Row]:
    """The fields of which residents see that they changed.

    Of a text and its translation that changed together they are told the one they read.
    """
    before, after = contents.seen(model, before), contents.seen(model, after)
    changed = {name for name in _names(model) if before.get(name) != after.get(name)}
    for name in [name for name in changed if f"{name}_en" in changed]:
        english = get_language() == "en" and (after.get(f"{name}_en") or before.get(f"{name}_en"))
        changed.discard(name if english else f"{name}_en")
    every = [_row(wording, model, name, before, after) for name in _names(model) if name in changed]
    return [row for row in every if row.before != row.after]


def consequence(entry: Publishable, revision: Revision) -> str:
    """What approving the revision will mean to residents, in one sentence."""
    if entry.is_exercise:
        return _("This is an exercise: no resident will see it in any list.")
    if revision.action == Revision.Action.WITHDRAW:
        return _("Residents will read that this was withdrawn, and why. Its address stays.")
    if not entry.is_public:
        return _("Residents will see this as new, on the pages of %s.") % (
            entry.scope or _("all provinces")
        )
    if entry.is_withdrawn:
        return _("Residents will see this as current again.")
    return _("Residents will see the corrected version and the note on what changed.")


def _names(model: Model) -> tuple[str, ...]:
    return (*model.content_fields, *model.content_children, *model.content_links)


def _row(
    wording: Wording, model: Model, name: str, before: contents.Content, after: contents.Content
) -> Row:
    return Row(
        name=name,
        label=contents.label(model, name),
        before=wording.text(model, name, before),
        after=wording.text(model, name, after),
        changed=before.get(name) != after.get(name),
        is_vietnamese=get_language() == "en" and _is_prose(model, name),
    )


def _is_prose(model: Model, name: str) -> bool:
    if name not in model.content_fields or name.endswith("_en"):
        return False
    field = model._meta.get_field(name)
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def _every_column(child: models.Model, names: Iterable[str]) -> str:
    parts = []
    for name in names:
        field = child._meta.get_field(name)
        value = getattr(child, name)
        if value not in (None, ""):
            parts.append(f"{field.verbose_name}: {_value(field, value)}")
    return "; ".join(parts) or _("not known")


def _value(field: models.Field, value: Any) -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    value = field.to_python(value)
    if isinstance(field, models.DateTimeField):
        value = timezone.localtime(value, timezone.get_default_timezone())
        return formats.date_format(value, "SHORT_DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    return formats.localize(value) if not isinstance(value, str) else value
