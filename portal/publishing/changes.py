"""The public record of corrections: what changed, from what to what, when and why.

Only what residents could have seen before counts: neither the first publication, nor a change
under embargo, nor an approval that changed nothing. `workflow` marks the revisions that do
(`Revision.is_correction`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, When

from portal.publishing.comparison import Row, Wording, seen_changes
from portal.publishing.models import Publishable, Revision
from portal.publishing.models.publishable import (
    SharedEntryQuerySet,
    entry_models,
    publishable_models,
)
from portal.publishing.models.revision import RevisionQuerySet
from portal.publishing.privacy import masked


@dataclass(frozen=True)
class Change:
    """One public change of one entry."""

    entry: Any
    at: datetime
    why: str
    rows: list[Row]
    is_withdrawal: bool
    is_return: bool
    number: int | None = None  # counted from the first publication; told on the entry's own page


def of_entry(entry: Publishable) -> list[Change]:
    """Every public change of `entry`, the newest first."""
    if entry.revision_number < 2:
        return []
    history = list(Revision.objects.of(entry).approved().order_by("number"))
    pairs = [pair for pair in zip(history, history[1:], strict=False) if pair[1].is_correction]
    changes = _changes([(entry, *pair) for pair in pairs], numbered=True)
    return changes[::-1]


def since(entry: Publishable, history: Sequence[Revision]) -> Change | None:
    """What residents read otherwise than in the first revision of `history`, the approved ones
    from there to the newest, as one change; None if nothing.

    `why` has the note of every correction since, the oldest first, each on a line of its own.
    """
    before, *later = history
    told = [revision for revision in later if revision.is_correction]
    if not told:
        return None
    [change] = _changes([(entry, before, told[-1])])
    if not (change.rows or change.is_return or change.is_withdrawal):
        return None
    return replace(change, why="\n".join(filter(None, (one.public_note for one in told))))


def count(entry: Publishable) -> int:
    """How many public changes there were of `entry`."""
    return Revision.objects.of(entry).approved().filter(is_correction=True).count()


def latest_of(entries: Iterable[Publishable]) -> dict[Publishable, Change]:
    """The newest public change of each of `entries` that has one; a fixed number of queries."""
    again = (entry for entry in entries if entry.revision_number > 1)
    corrected = sorted(again, key=lambda entry: entry._meta.label)
    newest: dict[tuple[int, int], Revision] = {}
    for revision in Revision.objects.corrections().of_all(corrected):
        newest.setdefault(_key(revision), revision)
    return {change.entry: change for change in described(newest.values())}


def concerning(province: Any) -> RevisionQuerySet:
    """The corrections that belong on the pages of `province`, the newest first: of what it
    publishes, of what is said to the whole country, and of what other provinces share with it."""
    belongs = Q(province=province) | Q(province=None)
    for model in entry_models():
        rows = model._default_manager.all()
        if isinstance(rows, SharedEntryQuerySet):
            kind = ContentType.objects.get_for_model(model)
            belongs |= Q(entry_type=kind, entry_id__in=rows.shared_with(province).values("pk"))
    return Revision.objects.corrections().filter(belongs)


def with_entries(revisions: RevisionQuerySet, at: Any) -> Any:
    """With the number of the revision at which the entry of each stands, as `entry_stands_at`;
    None if residents may not read it at `at`."""
    stands = []
    for model in publishable_models():
        entries: Any = model._default_manager.all()
        entry = entries.public(at).filter(pk=OuterRef("entry_id")).order_by()
        kind = ContentType.objects.get_for_model(model)
        stands.append(When(entry_type=kind, then=Subquery(entry.values("revision_number"))))
    return revisions.annotate(entry_stands_at=Case(*stands, output_field=IntegerField()))


def described(revisions: Iterable[Revision]) -> list[Change]:
    """What each of these corrections changed, in their order; a fixed number of queries."""
    found = list(revisions)
    entries = _entries(found)
    before = _predecessors(found)
    return _changes(
        [
            (entries[_key(revision)], before[_key(revision), revision.based_on], revision)
            for revision in found
            if _key(revision) in entries and (_key(revision), revision.based_on) in before
        ]
    )


def between(entry: Publishable, before: Revision, after: Revision) -> Change:
    """What changed for somebody who has read `before` and has missed what was between."""
    return _changes([(entry, before, after)])[0]


def _changes(
    told: Sequence[tuple[Publishable, Revision, Revision]], *, numbered: bool = False
) -> list[Change]:
    both = [(type(entry), one.content) for entry, *pair in told for one in pair]
    wording = Wording(both, for_residents=True)
    return [
        Change(
            entry=entry,
            at=cast(datetime, after.decided_at),
            why=after.public_note,
            rows=[
                # Words about a person that a correction took away do not stay behind in its record.
                replace(row, before=masked(row.before))
                for row in seen_changes(wording, type(entry), before.content, after.content)
            ],
            is_withdrawal=after.action == Revision.Action.WITHDRAW,
            is_return=before.action == Revision.Action.WITHDRAW != after.action,
            number=position if numbered else None,
        )
        for position, (entry, before, after) in enumerate(told, start=1)
    ]


def _key(revision: Revision) -> tuple[int, int]:
    return revision.entry_type_id, revision.entry_id


def _entries(revisions: list[Revision]) -> dict[tuple[int, int], Publishable]:
    wanted = defaultdict(set)
    for revision in revisions:
        wanted[revision.entry_type_id].add(revision.entry_id)
    found: dict[tuple[int, int], Publishable] = {}
    for kind, keys in wanted.items():
        model: Any = ContentType.objects.get_for_id(kind).model_class()
        rows = model._default_manager.public()
        if issubclass(model, tuple(entry_models())):
            rows = rows.select_related("province")
        found |= {(kind, row.pk): row for row in rows.filter(pk__in=keys).order_by()}
    return found


def _predecessors(
    revisions: list[Revision],
) -> dict[tuple[tuple[int, int], int], Revision]:
    if not revisions:
        return {}
    each = (
        Q(entry_type=revision.entry_type_id, entry_id=revision.entry_id, number=revision.based_on)
        for revision in revisions
    )
    found = Revision.objects.approved().filter(reduce(or_, each)).order_by()
    return {(_key(revision), revision.number or 0): revision for revision in found}
