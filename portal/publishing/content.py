"""An entry's content as plain values, and back.

A revision keeps the whole content of an entry as JSON: its columns, its children (windows,
hotlines) as lists of values, and its links to other entries as lists of their codes. So a
revision can be read, compared and applied long after the rows it came from have changed.
"""

import copy
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from portal.publishing.models import Publishable

Content = dict[str, Any]


def encode(row: models.Model, fields: Iterable[str]) -> Content:
    """The named columns of `row` as JSON values; a foreign key is its key."""
    return {name: _encoded(row, name) for name in fields}


def _encoded(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    value = getattr(row, field.attname)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time | Decimal):
        return field.value_to_string(row)
    return value


def snapshot(entry: Publishable) -> Content:
    """The content of `entry` as it stands in the database."""
    content = encode(entry, entry.content_fields)
    for accessor, fields in entry.content_children.items():
        content[accessor] = [encode(child, fields) for child in getattr(entry, accessor).all()]
    for name in entry.content_links:
        content[name] = sorted(linked.code for linked in getattr(entry, name).all())
    return content


def content_of(
    entry: Publishable,
    *,
    children: dict[str, list[models.Model]] | None = None,
    links: dict[str, Iterable[Publishable]] | None = None,
) -> Content:
    """The content of an unsaved `entry` with its unsaved `children` and its `links`."""
    children, links = children or {}, links or {}
    return (
        encode(entry, entry.content_fields)
        | {
            accessor: [encode(child, fields) for child in children.get(accessor, ())]
            for accessor, fields in entry.content_children.items()
        }
        | {
            name: sorted(linked.code for linked in links.get(name, ()))
            for name in entry.content_links
        }
    )


def canonical(entry: Publishable, content: Content) -> Content:
    """`content` as `snapshot` would give it back once applied: whole, in one spelling and order.

    So two contents are the same exactly if residents would find nothing changed.
    """
    described = copy.copy(entry)
    overlay(described, content)
    return (
        encode(described, entry.content_fields)
        | {
            accessor: [encode(child, entry.content_children[accessor]) for child in children]
            for accessor, children in children_of(described, content).items()
        }
        | {name: sorted(set(content.get(name, ()))) for name in entry.content_links}
    )


def seen(model: type[Publishable] | Publishable, content: Content) -> Content:
    """The part of `content` that residents see."""
    return {name: value for name, value in content.items() if name not in model.unseen_fields}


def overlay(entry: Publishable, content: Content) -> None:
    """Puts the columns of `content` on `entry` in memory; the database stays as it is."""
    _decode(entry, entry.content_fields, content)


def children_of(entry: Publishable, content: Content) -> dict[str, list[models.Model]]:
    """Unsaved child rows of `content`, by accessor, in the order of their model."""
    return {
        accessor: _in_order(
            [
                _decode(_new_child(entry, accessor), fields, values)
                for values in content.get(accessor, ())
            ]
        )
        for accessor, fields in entry.content_children.items()
    }


def _in_order(rows: list[models.Model]) -> list[models.Model]:
    """As the database will order them; what has no order stays as it was typed."""
    for ordering in reversed(rows[0]._meta.ordering if rows else ()):
        if isinstance(ordering, OrderBy):
            name, last = ordering.expression.name, ordering.nulls_last
            rows.sort(key=partial(_sort_key, name=name, last=last))
    return rows


def _sort_key(row: models.Model, *, name: str, last: bool | None) -> tuple[bool, Any]:
    value = getattr(row, name)
    missing = value is None
    return (missing if last else not missing), (0 if missing else value)


def links_of(entry: Publishable, content: Content) -> dict[str, list[Publishable]]:
    """The entries that `content` links to, by field; ValidationError if one does not exist."""
    links = {}
    for name in entry.content_links:
        codes = content.get(name, [])
        manager = entry._meta.get_field(name).related_model._default_manager
        links[name] = list(manager.filter(code__in=codes).order_by("code"))
        missing = set(codes) - {linked.code for linked in links[name]}
        if missing:
            raise ValidationError(
                {name: _("There is no entry with the code %s.") % ", ".join(sorted(missing))}
            )
        if not entry.is_exercise and any(linked.is_exercise for linked in links[name]):
            raise ValidationError({name: _("A real entry cannot link to an exercise.")})
    return links


def validate(entry: Publishable, content: Content) -> None:
    """Checks `content` as a whole by the models' own rules.

    Raises ValidationError with messages by field; a child's messages are named
    `accessor`, with the number of the row in front.
    """
    errors: dict[str, list[Any]] = {}
    overlay(entry, content)
    try:
        entry.full_clean(exclude=["code"])
    except ValidationError as error:
        errors.update(error.update_error_dict({}))
    for accessor, children in children_of(entry, content).items():
        for position, child in enumerate(children, start=1):
            try:
                child.full_clean(exclude=[parent_field(entry, accessor).name])
            except ValidationError as error:
                errors.setdefault(accessor, []).extend(
                    f"{position}: {message}" for message in error.messages
                )
    links_of(entry, content)
    if errors:
        raise ValidationError(errors)


def _new_child(entry: Publishable, accessor: str) -> models.Model:
    field = parent_field(entry, accessor)
    return field.model(**{field.name: entry})


def parent_field(entry: Publishable, accessor: str) -> models.ForeignKey:
    """The field by which the children at `accessor` refer to `entry`."""
    return getattr(type(entry), accessor).field


def _decode(row: models.Model, fields: Iterable[str], content: Content) -> models.Model:
    unknown = set(content) - {*fields, *_nested(row)}
    if unknown:
        raise ValidationError(
            {NON_FIELD_ERRORS: _("Unknown field: %s") % ", ".join(sorted(unknown))}
        )
    for name in fields:
        if name in content:
            field = row._meta.get_field(name)
            value = content[name]
            if isinstance(value, str) and not field.is_relation:
                try:
                    value = field.to_python(value)
                except ValidationError as error:
                    raise ValidationError({name: error.messages}) from error
            setattr(row, field.attname, value)
    return row


def _nested(row: models.Model) -> Iterable[str]:
    if isinstance(row, Publishable):
        return (*row.content_children, *row.content_links)
    return ()


def label(model: type[models.Model], name: str) -> str:
    """The words that staff read for a field, child or link of `model`."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    words = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
    return str(words)
