"""The transitions of `workflow` for many entries at once: all of them or none.

The rules are `workflow`'s own; here they are asked for each entry, and a refusal names it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.publishing import content as contents
from portal.publishing import meanwhile, workflow, writing
from portal.publishing.checking import validate_all
from portal.publishing.models import Batch, Officer, Publishable, Revision
from portal.publishing.workflow import Pair, Proposal, WrongState

# Told how many are done, of how many.
Report = Callable[[int, int], None]
Steps = Iterator[tuple[int, int]]
# Whoever has corrected so many tries again.
MOST_REFUSALS = 50
# What others did meanwhile is told of so many.
MOST_TOLD = 5


@transaction.atomic
def submit_batch(
    *, batch: Batch, proposals: Sequence[Proposal], by: Officer, report: Report | None = None
) -> Batch:
    """Hands `proposals` over for approval as the unsaved `batch` of one province.

    Raises PermissionDenied, or ValidationError that names the entries, among them those that
    somebody has saved since the author saw them.
    """
    if not proposals:
        raise ValidationError(_("There is nothing to hand over."))
    batch.author = by
    batch.save()
    done = 0
    for some in _chunks(proposals, lambda proposal: (type(proposal.entry), proposal.entry.pk)):
        locked = _locked_proposals(some)
        _require_author(locked, by, batch)
        _check(locked)
        try:
            with transaction.atomic():
                workflow.open_revisions(locked, by=by, state=Revision.State.SUBMITTED, batch=batch)
        except IntegrityError as error:
            raise WrongState(_("Somebody else is saving the same entries. Try again.")) from error
        done += len(some)
        if report:
            report(done, len(proposals))
    return batch


def approve_batch(
    *,
    batch: Batch,
    by: Officer,
    note: str = "",
    privacy_reason: str = "",
    report: Report | None = None,
) -> int:
    """Approves all revisions of `batch` that wait; returns how many.

    What was decided singly, or replaced by a later draft, since it was handed over stays as it
    is. Raises PermissionDenied, or ValidationError that names the entries; nothing changes then.
    """
    steps = approving(batch=batch, by=by, note=note, privacy_reason=privacy_reason)
    return _done(steps, report)


def send_back_batch(*, batch: Batch, by: Officer, note: str, report: Report | None = None) -> int:
    """Sends back all revisions of `batch` that wait, for the reason in `note`."""
    return _done(sending_back(batch=batch, by=by, note=note), report)


def approving(
    *,
    batch: Batch,
    by: Officer,
    note: str = "",
    privacy_reason: str = "",
    seen: int | None = None,
) -> Steps:
    """`approve_batch`, step by step; left before its end, it has changed nothing.

    `seen` is how many `by` was shown as waiting: never more, so as many are the same ones.
    """

    def approve(pairs: list[Pair]) -> None:
        with _Refusals() as refused:
            for entry, revision in pairs:
                with refused.named(revision.title):
                    workflow.require_approvable(
                        entry, revision, by=by, privacy_reason=privacy_reason
                    )
        published = [pair for pair in pairs if pair[1].action != workflow.WITHDRAW]
        _validate([(entry, revision.content) for entry, revision in published])
        workflow.carry_out(pairs, by=by, note=note)

    return _deciding(batch, by, approve, seen)


def sending_back(*, batch: Batch, by: Officer, note: str, seen: int | None = None) -> Steps:
    """`send_back_batch`, step by step; `seen` as in `approving`."""

    def send_back(pairs: list[Pair]) -> None:
        workflow.return_to_author(pairs, by=by, note=note)

    return _deciding(batch, by, send_back, seen)


def _deciding(
    batch: Batch, by: Officer, decide: Callable[[list[Pair]], None], seen: int | None
) -> Steps:
    with transaction.atomic():
        _lock(_waiting(batch))
        waiting = _waiting(batch)  # without what was decided singly until the locks were held
        if seen not in (None, len(waiting)):
            words = _("Since you opened this, it was changed. Look again, then decide. %s")
            raise WrongState(words % _what_happened(batch))
        done = 0
        for pairs in _locked_pairs(waiting):
            _require_approver(pairs, by)
            decide(pairs)
            done += len(pairs)
            yield done, len(waiting)


def _done(steps: Steps, report: Report | None) -> int:
    done = 0
    for done, total in steps:
        if report:
            report(done, total)
    return done


class _Refusals:
    """Collects what is refused, each with the name of its entry, to raise it together."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def __enter__(self) -> "_Refusals":
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        if kind is None and self.messages:
            raise ValidationError(self.messages[:MOST_REFUSALS])

    @contextmanager
    def named(self, title: str) -> Iterator[None]:
        try:
            yield
        except ValidationError as error:
            self.add(title, error)

    def add(self, title: str, error: ValidationError) -> None:
        self.messages += [f"“{title}”: {message}" for message in error.messages]


def _chunks(items: Sequence[Any], key: Callable[[Any], tuple[type, Any]]) -> Iterator[list[Any]]:
    """Items of one kind of entry at a time, in one order for everybody: nobody deadlocks."""
    ordered = sorted(items, key=lambda item: (key(item)[0].__name__, key(item)[1] or 0))
    for _kind, alike in groupby(ordered, lambda item: key(item)[0]):
        yield from map(list, writing.in_batches(list(alike)))


def _locked_proposals(proposals: Sequence[Proposal]) -> list[Proposal]:
    model = type(proposals[0].entry)
    stored = _locked(model, [proposal.entry.pk for proposal in proposals])
    locked = [
        replace(proposal, entry=stored.get(proposal.entry.pk, proposal.entry))
        for proposal in proposals
    ]
    writing.load([proposal.entry for proposal in locked if proposal.entry.pk])
    return locked


def _locked(model: type[Publishable], keys: Sequence[Any]) -> dict[Any, Publishable]:
    known = [key for key in keys if key is not None]
    return model._default_manager.select_for_update(no_key=True).in_bulk(known)


def _require_author(proposals: Sequence[Proposal], by: Officer, batch: Batch) -> None:
    if any(proposal.entry.scope != batch.province for proposal in proposals):
        raise PermissionDenied(_("A batch holds entries of one province only."))
    # Of new and of stored entries one stands for all: they are of one kind and one province.
    for entry in {proposal.entry.pk is None: proposal.entry for proposal in proposals}.values():
        workflow.require_author(by, entry)


def _check(proposals: Sequence[Proposal]) -> None:
    present = meanwhile.version_tokens([p.entry for p in proposals if p.entry.pk])
    with _Refusals() as refused:
        for proposal in proposals:
            entry = proposal.entry
            with refused.named(str(proposal.content.get("name", entry))):
                if entry.pk and proposal.expected not in (None, present[entry.pk]):
                    seen = workflow.content_at(entry, proposal.expected)
                    raise workflow.EditConflict(entry, Revision.objects.of(entry).first(), seen)
                if proposal.action == workflow.WITHDRAW:
                    workflow.require_withdrawable(proposal)
    published = [p for p in proposals if p.action != workflow.WITHDRAW]
    _validate([(proposal.entry, proposal.content) for proposal in published])


def _validate(pairs: Sequence[tuple[Publishable, contents.Content]]) -> None:
    with _Refusals() as refused:
        for position, error in validate_all(pairs).items():
            refused.add(workflow.title_of(*pairs[position]), error)


def _waiting(batch: Batch) -> list[tuple[int, type[Publishable], int]]:
    """The key of each revision that waits, with the kind and the key of its entry."""
    Batch.objects.select_for_update().get(pk=batch.pk)
    waiting = [
        (pk, _model(entry_type), entry_id)
        for pk, entry_type, entry_id in batch.revisions.filter(
            state=Revision.State.SUBMITTED
        ).values_list("pk", "entry_type", "entry_id")
    ]
    if not waiting:
        words = _("Nothing of this import waits for a decision any more. %s")
        raise WrongState(words % _what_happened(batch))
    return waiting


def _what_happened(batch: Batch) -> str:
    """Who decided or changed what of `batch` that waits no longer, of the first few."""
    gone = batch.revisions.exclude(state=Revision.State.SUBMITTED).order_by("-decided_at", "pk")
    told = [f"“{one.title}”: {meanwhile.told_of(one)}." for one in gone[:MOST_TOLD]]
    return " ".join([*told, *(["…"] if gone.count() > MOST_TOLD else [])])


def _lock(waiting: Sequence[tuple[int, type[Publishable], int]]) -> None:
    """Every entry and revision, before the first is decided: the ledger is the last lock."""
    for some in _chunks(waiting, lambda one: (one[1], one[2])):
        entries = some[0][1]._default_manager.select_for_update(no_key=True)
        keys = [entry_id for _, _, entry_id in some]
        list(entries.filter(pk__in=keys).order_by("pk").values_list("pk"))
        revisions = Revision.objects.select_for_update()
        list(revisions.filter(pk__in=[pk for pk, _, _ in some]).order_by("pk").values_list("pk"))


def _model(entry_type: int) -> type[Publishable]:
    return cast(type[Publishable], ContentType.objects.get_for_id(entry_type).model_class())


def _locked_pairs(waiting: Sequence[tuple[int, type[Publishable], int]]) -> Iterator[list[Pair]]:
    for some in _chunks(waiting, lambda one: (one[1], one[2])):
        entries = _locked(some[0][1], [entry_id for _, _, entry_id in some])
        revisions = Revision.objects.select_for_update().in_bulk([pk for pk, _, _ in some])
        writing.load(list(entries.values()))
        yield [(entries[entry_id], revisions[pk]) for pk, _, entry_id in some]


def _require_approver(pairs: Sequence[Pair], by: Officer) -> None:
    for entry in {entry.scope: entry for entry, _revision in pairs}.values():
        workflow.require_approver(by, entry)
