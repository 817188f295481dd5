"""Checks the ledger, and what is public against it.

The chain says that no record was changed, removed or put in; then every row that residents see
is compared with what its records say it must be. Memory stays the same however long the ledger
is, writers are not held up, and what changes during the check is no difference.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.dateparse import parse_datetime

from portal.publishing import content as contents
from portal.publishing import ledger
from portal.publishing.models import Entry, LedgerHead, Publishable, Revision
from portal.publishing.models.ledger_head import GENESIS
from portal.publishing.models.publishable import State, publishable_models

PAGE = 1000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the ledger says."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Anchor:
    """The number and hash of a record, as they were written down outside the database."""

    sequence: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Raises ValueError unless `text` reads NUMBER:HASH."""
        sequence, _colon, digest = text.partition(":")
        if len(digest) != len(GENESIS) or not set(digest) <= set("0123456789abcdef"):
            raise ValueError(text)
        return cls(int(sequence), digest)


def first_difference(
    *, anchor: Anchor | None = None, progress: Progress = lambda done, total: None
) -> Difference | None:
    """The first thing that is not as the ledger says; None if all is."""
    return next(differences(anchor=anchor, progress=progress), None)


def difference_at_the_end() -> Difference | None:
    """Whether records are missing from the end of the chain; takes no time however long it is."""
    return next(_at_the_end(None), None)


def differences(
    *, anchor: Anchor | None = None, progress: Progress = lambda done, total: None
) -> Iterator[Difference]:
    """Everything that is not as the ledger says: first the chain, then what is public."""
    counted = _Counted(progress)
    yield from _in_the_chain(anchor, counted)
    for model in publishable_models():
        yield from _in_public(model, counted)
    counted.finish()


class _Counted:
    """Progress over the records and the entries together."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.done = 0
        self.total = Revision.objects.approved().count() + sum(
            model._default_manager.count() for model in publishable_models()
        )

    def add(self, count: int) -> None:
        self.done = min(self.done + count, self.total)
        if self.done < self.total:
            self.progress(self.done, self.total)

    def finish(self) -> None:
        self.progress(self.total, self.total)


# --- the chain


def _in_the_chain(anchor: Anchor | None, counted: _Counted) -> Iterator[Difference]:
    sequence, digest = 0, GENESIS
    while page := list(_records().filter(sequence__gt=sequence)[:PAGE]):
        for revision in page:
            where = f"record {revision.sequence} ({revision.entry_code}, {revision.title})"
            if revision.sequence != sequence + 1:
                missing = f"record {sequence + 1}"
                yield Difference(missing, f"it is missing; record {revision.sequence} follows")
            elif revision.previous_hash != digest:
                yield Difference(where, "it does not continue the record before it")
            if revision.hash != ledger.digest(revision):
                yield Difference(where, "it was changed after its approval")
            if revision.author_id == revision.decided_by_id and not revision.is_exercise:
                yield Difference(where, "its author approved it")
            if anchor and anchor.sequence == revision.sequence and anchor.hash != revision.hash:
                yield Difference(where, "its hash is not the one that was written down")
            sequence, digest = revision.sequence or 0, revision.hash
        counted.add(len(page))
    yield from _at_the_end(anchor)


def _at_the_end(anchor: Anchor | None) -> Iterator[Difference]:
    with transaction.atomic():
        head = LedgerHead.objects.select_for_update().filter(pk=1).first() or LedgerHead(pk=1)
        last = Revision.objects.approved().order_by("-sequence").first()
    end = (last.sequence, last.hash) if last else (0, GENESIS)
    if end != (head.sequence, head.hash):
        yield Difference(
            f"record {head.sequence}", f"it was the last, and now the ledger ends at {end[0]}"
        )
    if anchor and anchor.sequence > head.sequence:
        yield Difference(f"record {anchor.sequence}", "it was written down, and it is missing")


def _records() -> QuerySet[Revision]:
    return Revision.objects.approved().order_by("sequence")


# --- what is public


def _in_public(model: type[Publishable], counted: _Counted) -> Iterator[Difference]:
    entry_type = ContentType.objects.get_for_model(model)
    rows = model._default_manager.filter(pk=OuterRef("entry_id"))
    deleted = Revision.objects.approved().filter(~Exists(rows), entry_type=entry_type, number=1)
    for first in deleted.order_by("sequence").iterator():
        yield Difference(f"{entry_type.model} {first.entry_code}", f"“{first.title}” was deleted")
    last = 0
    while page := list(_whole(model).filter(pk__gt=last).order_by("pk")[:PAGE]):
        histories = _histories(entry_type, page)
        for entry in page:
            found = _difference(entry, histories[entry.pk])
            if found and (found := _again(entry, entry_type)):
                yield Difference(f"{entry_type.model} {entry.code}", found)
        last = page[-1].pk
        counted.add(len(page))


def _whole(model: type[Publishable]) -> QuerySet[Any]:
    rows: Any = model._default_manager.all()
    if issubclass(model, Entry):
        rows = rows.select_related("province")
    return rows.prefetch_related(*model.content_children, *model.content_links)


def _histories(entry_type: ContentType, page: list[Publishable]) -> dict[int, list[Revision]]:
    histories = defaultdict(list)
    keys = [entry.pk for entry in page]
    approved = Revision.objects.approved().filter(entry_type=entry_type, entry_id__in=keys)
    for revision in approved.order_by("entry_id", "number"):
        histories[revision.entry_id].append(revision)
    return histories


def _again(entry: Publishable, entry_type: ContentType) -> str:
    """What is still different once nobody can be half-way through approving it."""
    with transaction.atomic():
        manager = type(entry)._default_manager
        if not manager.select_for_update(no_key=True).filter(pk=entry.pk).exists():
            return ""
        fresh = _whole(type(entry)).get(pk=entry.pk)
        return _difference(fresh, _histories(entry_type, [fresh])[entry.pk])


def _difference(entry: Publishable, history: list[Revision]) -> str:
    """In what `entry` is not as its approved revisions say; empty if in nothing."""
    if not history:
        return "it is public and was never approved" if entry.is_public else ""
    province = entry.scope.pk if entry.scope else None
    for number, revision in enumerate(history, start=1):
        if revision.number != number:
            return f"its revision {number} is missing"
        if (revision.entry_code, revision.province_id) != (entry.code, province):
            return "its code or its province is not the one that was approved"
        if revision.is_exercise != entry.is_exercise:
            return "an exercise and a real entry were exchanged"
    expected = _replayed(type(entry), history)
    for name, value in expected.items():
        if getattr(entry, name) != value:
            return f"{name} is {getattr(entry, name)!s}, approved is {value!s}"
    return _difference_of_content(entry, history[-1].content)


def _difference_of_content(entry: Publishable, approved: contents.Content) -> str:
    public = contents.snapshot(entry)
    if public != approved:
        approved = contents.canonical(entry, approved)
        for name, value in public.items():
            if value != approved[name]:
                return f"{name} is {value!r}, approved is {approved[name]!r}"
    if isinstance(entry, Entry) and entry.listed_until != entry.listing_end(entry.last_day()):
        return f"listed_until is {entry.listed_until!s}, and does not follow from its content"
    return ""


def _replayed(model: type[Publishable], history: list[Revision]) -> dict[str, Any]:
    """The bookkeeping of an entry with this history, worked out anew."""
    published = updated = None
    withdrawn = False
    before: Revision | None = None
    for revision in history:
        at = revision.decided_at
        if revision.action == Revision.Action.WITHDRAW:
            withdrawn, updated = True, at
        else:
            if before is None or _is_embargoed(before, at):
                published = updated = max(at, _opens(revision))
            elif withdrawn or _seen(model, before) != _seen(model, revision):
                updated = at
            withdrawn = False
        before = revision
    return {
        "state": State.WITHDRAWN if withdrawn else State.PUBLISHED,
        "revision_number": len(history),
        "published_at": published,
        "updated_at": updated,
        "public_note": history[-1].public_note,
    }


def _seen(model: type[Publishable], revision: Revision) -> contents.Content:
    return contents.seen(model, revision.content)


def _is_embargoed(revision: Revision, at: Any) -> bool:
    """Not by when it was approved: the clock may have been set back since."""
    opens = revision.content.get("publish_from")
    return bool(opens) and _opens(revision) > at


def _opens(revision: Revision) -> Any:
    opens = revision.content.get("publish_from")
    return parse_datetime(opens) if opens else revision.decided_at
