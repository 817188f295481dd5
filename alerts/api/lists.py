"""Lists by keyset: a page begins behind the last entry of the page before, whatever is published
meanwhile. The newest come first, so that what is new meanwhile is before what is still to be read,
where `changes` has it: every page says since when.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from alerts.api.cursors import Place, Seen
from alerts.api.parameters import narrowed
from alerts.api.problems import Problem
from alerts.api.resources import Resource


@dataclass(frozen=True)
class Page:
    """Some entries of a list; `next` begins the page behind them, and is None for the last."""

    entries: list[Any]
    next: Place | None
    seen: Seen


def page(resource: Resource, values: Mapping[str, Any], at: datetime) -> Page:
    """What is asked for by `values`, in a fixed number of queries."""
    scope = scope_of(resource.name, values)
    place = _place(values["cursor"], scope)
    seen = place.seen if place else Seen.all_of(at)
    rows = narrowed(resource.public(at), resource.parameters, values, at)
    if place:
        behind = Q(published_at=place.added, pk__lt=place.key)
        rows = rows.filter(Q(published_at__lt=place.added) | behind)
    limit = values["limit"]
    found = list(resource.load(rows, at).order_by("-published_at", "-pk")[: limit + 1])
    entries = found[:limit]
    if len(found) <= limit:
        return Page(entries, None, seen)
    return Page(entries, Place(seen, entries[-1].published_at, entries[-1].pk, scope), seen)


def scope_of(name: str, values: Mapping[str, Any]) -> str:
    """What a list was asked for, short; not how many at once."""
    filters = {
        key: str(value)
        for key, value in values.items()
        if key not in ("cursor", "limit") and value is not None
    }
    told = json.dumps([name, filters], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def _place(cursor: str | None, scope: str) -> Place | None:
    if cursor is None:
        return None
    try:
        place = Place.read(cursor)
    except ValueError as error:
        words = _("This cursor is not from here. Leave it out to begin the list.")
        raise Problem(words, parameter="cursor") from error
    if place.scope != scope:
        words = _("This cursor belongs to other filters. Leave it out to begin the list.")
        raise Problem(words, parameter="cursor")
    return place
