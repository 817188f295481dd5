"""Writing contents to the rows of one entry or of many, in a number of queries that does not grow.

Only `workflow` calls this, inside its transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import models
from django.db.models import prefetch_related_objects

from portal.publishing import content as contents
from portal.publishing.models import Code, Publishable

# Rows in a statement: SQLite takes a limited number of values.
BATCH = 500

Item = TypeVar("Item")


def apply_all(pairs: Sequence[tuple[Publishable, contents.Content]]) -> None:
    """Writes each content to its entry: columns, children, links, and what follows from them."""
    for entry, content in pairs:
        contents.overlay(entry, content)
    for model, some in _by_model(pairs).items():
        entries = [entry for entry, _ in some]
        _insert(model, [entry for entry in entries if entry.pk is None])
        load(entries)
        for accessor in model.content_children:
            _replace_children(some, accessor)
        for name in model.content_links:
            _set_links(some, name)
        for entry in entries:
            entry.derive()
        save_all(entries)


def load(entries: Sequence[Publishable]) -> None:
    """Fetches what the content of `entries` (of one kind) refers to, once for all of them."""
    if entries:
        model = type(entries[0])
        references = [field.name for field in model._meta.concrete_fields if field.is_relation]
        prefetch_related_objects(
            entries,
            *references,
            *model.derived_from,
            *model.content_children,
            *model.content_links,
        )


def save_all(rows: Sequence[models.Model]) -> None:
    """Saves all columns of stored `rows` of one kind."""
    if len(rows) == 1:
        rows[0].save()
        return
    for some in in_batches(rows):
        model = type(some[0])
        columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        # An insert that meets its own row: many times faster than an update that names each.
        model._default_manager.bulk_create(
            some, update_conflicts=True, unique_fields=["pk"], update_fields=columns
        )


def in_batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]


def _by_model(pairs: Iterable[tuple[Publishable, Any]]) -> dict[type[Publishable], list[Any]]:
    grouped = defaultdict(list)
    for entry, value in pairs:
        grouped[type(entry)].append((entry, value))
    return grouped


def _insert(model: type[Publishable], entries: Sequence[Publishable]) -> None:
    for exercise in (entry for entry in entries if entry.is_exercise):
        exercise.save()
    real = [entry for entry in entries if not entry.is_exercise]
    if len(real) == 1:
        real[0].save()
        return
    for entry, code in zip(real, Code.objects.allocate_many(model, len(real)), strict=True):
        entry.code = code
    model._default_manager.bulk_create(real, batch_size=BATCH)


def _replace_children(pairs: Sequence[tuple[Publishable, contents.Content]], accessor: str) -> None:
    """Children that are as they were keep their rows."""
    gone: list[Any] = []
    fresh: list[models.Model] = []
    touched = []
    for entry, content in pairs:
        present = list(getattr(entry, accessor).all())
        wanted = contents.children_of(entry, content)[accessor]
        fields = entry.content_children[accessor]
        if _encoded(present, fields) != _encoded(wanted, fields):
            gone += [child.pk for child in present]
            fresh += wanted
            touched.append(entry)
            entry._prefetched_objects_cache.pop(accessor, None)
    if not touched:
        return
    child_model = contents.parent_field(touched[0], accessor).model
    for some in in_batches(gone):
        child_model._default_manager.filter(pk__in=some).delete()
    child_model._default_manager.bulk_create(fresh, batch_size=BATCH)
    prefetch_related_objects(touched, accessor)


def _encoded(children: Iterable[models.Model], fields: Iterable[str]) -> list[contents.Content]:
    return [contents.encode(child, fields) for child in children]


def _set_links(pairs: Sequence[tuple[Publishable, contents.Content]], name: str) -> None:
    for entry, content in pairs:
        manager = getattr(entry, name)
        if {linked.code for linked in manager.all()} != set(content.get(name, ())):
            manager.set(contents.links_of(entry, content)[name])
