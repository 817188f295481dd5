"""The lint over an entry's content: every text that residents will read, field by field."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from portal.publishing import content as contents
from portal.publishing.models import Publishable
from portal.publishing.privacy.engine import findings
from portal.publishing.privacy.rules import Rule

# The child of an entry or publisher that lists whom residents may call, and its column.
HOTLINES, NUMBER = "hotlines", "number"
PUBLIC_NOTE = "public_note"


@dataclass(frozen=True)
class FieldFinding:
    """Words in one text of an entry; as plain values it is kept with the revision."""

    field: str  # as in the content; in a child "windows.1.note"
    rule: str
    words: str
    start: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Shown:
    """A finding as officers read it."""

    field: str
    rule: str
    words: str
    advice: str

    def __str__(self) -> str:
        return _("%(field)s: “%(words)s” (%(rule)s). %(advice)s") % vars(self)


def lint(
    entry: Publishable, content: contents.Content, *, public_note: str = ""
) -> list[FieldFinding]:
    """What in `content`, and in the note that residents read with it, could point to a person.

    The hotlines of the responsible province and those of the content itself may be named.
    """
    allowed = {*_hotlines_of(entry.scope), *_hotlines_in(content)}
    return [
        FieldFinding(field, finding.rule.value, finding.words, finding.start)
        for field, text in (*_texts(entry, content), (PUBLIC_NOTE, public_note))
        if text
        for finding in findings(text, allowed_phones=allowed)
    ]


def warnings(model: type[models.Model], recorded: Iterable[dict[str, Any]]) -> list[Shown]:
    """Recorded findings in an entry of `model`, in the officer's language."""
    return [
        Shown(
            field=_field_name(model, values["field"]),
            rule=str(Rule(values["rule"]).label),
            words=values["words"],
            advice=str(Rule(values["rule"]).advice),
        )
        for values in recorded
    ]


def _texts(entry: Publishable, content: contents.Content) -> Iterator[tuple[str, str]]:
    for name in _free_texts(type(entry), entry.content_fields):
        yield name, content.get(name) or ""
    for accessor, fields in entry.content_children.items():
        columns = _free_texts(_child_model(type(entry), accessor), fields)
        for position, child in enumerate(content.get(accessor, ()), start=1):
            for name in columns:
                if (accessor, name) != (HOTLINES, NUMBER):
                    yield f"{accessor}.{position}.{name}", child.get(name) or ""


def _free_texts(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """The columns in which anything may be typed."""
    fields = [model._meta.get_field(name) for name in names]
    return [
        field.name
        for field in fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]


def _hotlines_in(content: contents.Content) -> Iterator[str]:
    for hotline in content.get(HOTLINES, ()):
        yield hotline.get(NUMBER) or ""


def _hotlines_of(publisher: Publishable | None) -> Iterator[str]:
    if publisher is not None and publisher.pk and HOTLINES in publisher.content_children:
        for hotline in getattr(publisher, HOTLINES).all():
            yield getattr(hotline, NUMBER)


def _field_name(model: type[models.Model], path: str) -> str:
    """The words that staff read for `path`, such as “windows 1, note”."""
    if path == PUBLIC_NOTE:
        return _("public note")
    name, *inner = path.split(".")
    label = contents.label(model, name)
    if not inner:
        return label
    position, column = inner
    return f"{label} {position}, {contents.label(_child_model(model, name), column)}"


def _child_model(model: type[models.Model], accessor: str) -> type[models.Model]:
    return cast(type[models.Model], model._meta.get_field(accessor).related_model)
