"""What a mirror has to read again: everything public whose object may differ from what it has.

An object changes by a revision of its own, and when its embargo ends. It also changes with what it
is made from: its province sets how long it is listed and who answers its calls, and it names places
and flights by their codes as soon as they are public. What has changed since is decided by the
ledger, where nothing ever changes, and by the clock; so the pages of one round fit together while
officers go on publishing, and what they do meanwhile is for the next round.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from alerts.api.cursors import Round, Seen
from alerts.api.resources import Resource
from locations.models import Province
from portal.publishing.models import Entry, Revision
from portal.publishing.models.publishable import State


@dataclass(frozen=True)
class Page:
    """Some of what changed, each with its kind, and where to go on; `is_last` if that is all."""

    found: list[tuple[Resource, Any]]
    since: Round
    is_last: bool


def page(asked: Round, resources: list[Resource], *, scope: str, limit: int, at: datetime) -> Page:
    """The next `limit` of what changed, in a fixed number of queries."""
    until = asked.until or Seen.all_of(at)
    found: list[tuple[int, Any]] = []
    for rank, resource in enumerate(resources):
        if rank < asked.rank or len(found) > limit:
            continue
        rows = resource.public(at).filter(_touched(resource.model, asked.after, until))
        if rank == asked.rank:
            rows = rows.filter(pk__gt=asked.key)
        wanted = resource.load(rows, at).order_by("pk")[: limit + 1 - len(found)]
        found += [(rank, entry) for entry in wanted]
    some = [(resources[rank], entry) for rank, entry in found[:limit]]
    if len(found) <= limit:
        return Page(some, Round(until), is_last=True)
    rank, last = found[limit - 1]
    return Page(some, Round(asked.after, until, rank, last.pk, scope), is_last=False)


def change_of(entry: Any) -> str:
    """The newest change of what residents read of `entry`."""
    if entry.state == State.WITHDRAWN:
        return "withdrawn"
    return "corrected" if entry.is_corrected else "added"


def _touched(model: Any, after: Seen, until: Seen) -> Q:
    """Those of `model` whose object may have changed after `after` and up to `until`."""
    if after.sequence == 0:
        return Q()
    return Q(pk__in=revised(model, after, until)) | _with_others(model, after, until)


def _with_others(model: Any, after: Seen, until: Seen) -> Q:
    if not issubclass(model, Entry):
        return Q()
    touched = opened(after, until) | Q(province__in=revised(Province, after, until))
    for field in model._meta.many_to_many:
        if field.related_model is not Province:
            touched |= Q(pk__in=_naming(model, field, after, until))
    return touched


def _naming(model: Any, field: Any, after: Seen, until: Seen) -> QuerySet:
    """Those of `model` that name by `field` what became public; by a correction nothing does."""
    first = revised(field.related_model, after, until).filter(is_correction=False)
    named = field.related_model._default_manager.filter(Q(pk__in=first) | opened(after, until))
    return model._default_manager.filter(**{f"{field.name}__in": named}).values("pk")


def revised(model: Any, after: Seen, until: Seen) -> Any:
    """The keys of those of `model` that have a revision after `after` and up to `until`."""
    kind = ContentType.objects.get_for_model(model)
    records = Revision.objects.approved().filter(
        entry_type=kind, sequence__gt=after.sequence, sequence__lte=until.sequence
    )
    return records.values("entry_id")


def opened(after: Seen, until: Seen) -> Q:
    """Entries whose embargo ended after `after` and up to `until`."""
    if until.opened is None:
        return Q(pk__in=())
    ended = Q(publish_from__lte=until.opened)
    return ended & Q(publish_from__gt=after.opened) if after.opened else ended
