"""Checking the contents of many entries by the models' own rules, without a query for each.

Django's `full_clean` asks the database for every reference and every constraint of every row.
Here only the rows that might be wrong are asked that way: what it says of them is what counts.
"""

import copy
from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, UniqueConstraint, prefetch_related_objects

from portal.publishing import content as contents
from portal.publishing.conditions import truth
from portal.publishing.models import Publishable

Pair = tuple[Publishable, contents.Content]


def validate_all(pairs: Sequence[Pair]) -> dict[int, ValidationError]:
    """What is wrong with each content, by its position in `pairs`; see `contents.validate`."""
    errors = {}
    for position in _doubtful(pairs) if len(pairs) > 1 else range(len(pairs)):
        entry, content = pairs[position]
        try:
            contents.validate(copy.copy(entry), content)
        except ValidationError as error:
            errors[position] = error
    return errors


def _doubtful(pairs: Sequence[Pair]) -> list[int]:
    """The positions of those of which it cannot be said here that nothing is wrong."""
    doubtful: set[int] = set()
    rows: dict[type[models.Model], list[tuple[int, models.Model]]] = defaultdict(list)
    for position, (entry, content) in enumerate(pairs):
        row = copy.copy(entry)
        try:
            contents.overlay(row, content)
            children = contents.children_of(row, content)
        except ValidationError:
            doubtful.add(position)
            continue
        if any(content.get(name) for name in row.content_links):
            doubtful.add(position)
        rows[type(row)].append((position, row))
        for child in (child for some in children.values() for child in some):
            rows[type(child)].append((position, child))
    for model, placed in rows.items():
        prefetch_related_objects([row for _, row in placed], *_references(model))
        doubtful |= {position for position, row in placed if not _is_sound(row)}
        doubtful |= _not_unique(model, placed)
    return sorted(doubtful)


def _references(model: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and not _is_parent(field)
    ]


def _is_parent(field: models.Field) -> bool:
    return issubclass(field.related_model, Publishable) and not issubclass(field.model, Publishable)


def _is_sound(row: models.Model) -> bool:
    for field in row._meta.concrete_fields:
        if field.is_relation and not _is_parent(field) and not _refers_rightly(row, field):
            return False
    relations = [field.name for field in row._meta.concrete_fields if field.is_relation]
    try:
        row.clean_fields(exclude=[*relations, "code"])
        row.clean()
    except ValidationError:
        return False
    return all(
        truth(constraint.condition, row) is True
        for constraint in row._meta.constraints
        if isinstance(constraint, CheckConstraint)
    )


def _refers_rightly(row: models.Model, field: models.Field) -> bool:
    if getattr(row, field.attname) is None:
        return field.null and field.blank
    referred = getattr(row, field.name)
    limits = field.get_limit_choices_to()
    return (
        referred is not None
        and isinstance(limits, dict)
        and all(getattr(referred, name, None) == value for name, value in limits.items())
    )


def _not_unique(model: type[models.Model], placed: Sequence[tuple[int, models.Model]]) -> set[int]:
    if any(
        field.unique for field in model._meta.concrete_fields if field.name not in ("id", "code")
    ):
        return {position for position, _ in placed}
    found: set[int] = set()
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            found |= _taken(model, constraint, placed)
    return found


def _taken(
    model: type[models.Model],
    constraint: UniqueConstraint,
    placed: Sequence[tuple[int, models.Model]],
) -> set[int]:
    names = [model._meta.get_field(name).attname for name in constraint.fields]
    keys = {
        position: (tuple(getattr(row, name) for name in names), row.pk)
        for position, row in placed
        if constraint.condition is None or truth(constraint.condition, row) is not False
    }
    alike = {
        f"{name}__in": {key[index] for key, _ in keys.values()} for index, name in enumerate(names)
    }
    owners: dict[tuple[object, ...], set[object]] = defaultdict(set)
    for *key, pk in model._default_manager.filter(**alike).values_list(*names, "pk"):
        owners[tuple(key)].add(pk)
    for key, pk in keys.values():
        owners[key].add(pk)
    seen: dict[tuple[object, ...], int] = defaultdict(int)
    for key, _ in keys.values():
        seen[key] += 1
    return {
        position for position, (key, _) in keys.items() if len(owners[key]) > 1 or seen[key] > 1
    }
