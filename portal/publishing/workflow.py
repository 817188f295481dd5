"""The one way in which anything becomes public, changes in public, or stops being current.

    save_draft ──► submit ──► approve ──► public
                     │  └───► send_back (with a reason; a new draft follows)
    request_withdrawal ─────► approve ──► withdrawn (the address stays and says why)

Each function is one transition: it takes keyword arguments, checks who asks, refuses a wrong
state, and runs in one transaction with the entry's row locked. Admin, commands, imports and the
API call these functions and have no rules of their own. An approval is sealed in the ledger
(`portal.publishing.ledger`). Only an exercise may be approved by its author.
"""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.publishing import content as contents
from portal.publishing import ledger, versions, writing
from portal.publishing.models import Batch, Officer, Publishable, Revision
from portal.publishing.models.publishable import State
from portal.publishing.privacy import approval as privacy
from portal.publishing.signals import carried_out


class WrongState(ValidationError):
    """The transition is not possible from where the entry or revision stands."""


class EditConflict(ValidationError):
    """Somebody else saved the entry since the author opened it; `latest` is what they left."""

    def __init__(self, latest: Revision | None) -> None:
        self.latest = latest
        message = _(
            "%(who)s saved this entry while you were editing it. Nothing is lost: what you "
            "typed stands below. Compare it with the newest version, then save again."
        )
        super().__init__(message % {"who": latest.author if latest else "?"}, code="conflict")


WITHDRAW = Revision.Action.WITHDRAW
Pair = tuple[Publishable, Revision]


@dataclass(frozen=True)
class Proposal:
    """What somebody wants an entry to become; `expected` is the `version_token` they saw."""

    entry: Publishable
    content: contents.Content
    action: Revision.Action = Revision.Action.PUBLISH
    reason: str = ""
    public_note: str = ""
    expected: str | None = None


# A preview is looked at before its time.
OPEN_NOW = {"publish_from": None}


def version_token(entry: Publishable) -> str:
    """What identifies the version of `entry` that somebody is looking at."""
    return version_tokens([entry])[entry.pk]


def version_tokens(entries: Sequence[Publishable]) -> dict[int, str]:
    """The `version_token` of each of `entries`, which are of one kind, by primary key."""
    written = Revision.objects.of_all(entries).order_by().values_list("entry_id")
    latest = dict(written.annotate(models.Max("pk")))
    return {entry.pk: f"{entry.revision_number}.{latest.get(entry.pk, 0)}" for entry in entries}


def content_at(entry: Publishable, token: str) -> contents.Content:
    """The content that somebody saw who was given the version `token` of `entry`."""
    _number, _dot, key = token.partition(".")
    written = Revision.objects.of(entry)
    seen = written.filter(pk=key).first() if re.fullmatch("[0-9]{1,18}", key) else None
    return contents.canonical(entry, seen.content) if seen else {}


def check_version(*, entry: Publishable, expected: str) -> None:
    """Raises EditConflict if `entry` is no longer the version with the token `expected`.

    Inside a transaction nobody else can save the entry between this and `save_draft`.
    """
    _locked(entry)
    if expected != version_token(entry):
        raise EditConflict(Revision.objects.of(entry).first())


@transaction.atomic
def save_draft(
    *,
    entry: Publishable,
    content: contents.Content,
    by: Officer,
    reason: str = "",
    public_note: str = "",
    expected: str | None = None,
) -> Revision:
    """Keeps `content` as the newest draft of `entry`; what residents read does not change.

    `entry` may be new: then its row is made, in a state that no resident sees. `expected` is
    the `version_token` that the author saw. Earlier drafts stay readable.

    Raises PermissionDenied, EditConflict, or ValidationError by field.
    """
    require_author(by, entry)
    if entry.pk is not None:
        entry = _locked(entry)
        if expected is not None:
            check_version(entry=entry, expected=expected)
    contents.validate(copy.copy(entry), content)
    proposal = Proposal(entry, content, reason=reason, public_note=public_note)
    return open_revisions([proposal], by=by, state=Revision.State.DRAFT)[0]


@transaction.atomic
def submit(*, revision: Revision, by: Officer) -> Revision:
    """Hands a draft over for approval. Raises PermissionDenied or WrongState."""
    entry, revision = _locked_pair(revision)
    require_author(by, entry)
    _require_state(revision, Revision.State.DRAFT, _("Only a draft can be submitted."))
    revision.state = Revision.State.SUBMITTED
    revision.submitted_at = clock.now()
    revision.save(update_fields=["state", "submitted_at"])
    if not entry.is_public:
        _set_state(entry, State.SUBMITTED)
    return revision


@transaction.atomic
def approve(
    *, revision: Revision, by: Officer, note: str = "", privacy_reason: str = ""
) -> Revision:
    """Makes a submitted revision public, or carries out a requested withdrawal.

    `privacy_reason` lets pass what the privacy lint finds; it stays with the revision.

    Raises PermissionDenied (role, province, or the author approving), WrongState when the
    revision is not waiting or the entry has changed since it was written, PrivacyFindings when
    the lint finds something and no reason is given, ValidationError when its content has become
    impossible.
    """
    entry, revision = _locked_pair(revision)
    require_approver(by, entry)
    require_approvable(entry, revision, by=by, privacy_reason=privacy_reason)
    if revision.action != WITHDRAW:
        contents.validate(copy.copy(entry), revision.content)
    carry_out([(entry, revision)], by=by, note=note)
    return revision


@transaction.atomic
def send_back(*, revision: Revision, by: Officer, note: str) -> Revision:
    """Refuses a submitted revision; `note` tells the author why. It stays readable."""
    entry, revision = _locked_pair(revision)
    require_approver(by, entry)
    return_to_author([(entry, revision)], by=by, note=note)
    return revision


@transaction.atomic
def request_withdrawal(*, entry: Publishable, by: Officer, reason: str) -> Revision:
    """Asks for a published entry to be withdrawn; residents read `reason` once it is approved."""
    entry = _locked(entry)
    require_author(by, entry)
    proposal = Proposal(
        entry, contents.snapshot(entry), WITHDRAW, reason=reason, public_note=reason
    )
    require_withdrawable(proposal)
    return open_revisions([proposal], by=by, state=Revision.State.SUBMITTED)[0]


def apply_for_preview(*, entry: Publishable, revision: Revision | None) -> None:
    """Shows `revision` in public within a transaction that the caller rolls back."""
    entry = _locked(entry)
    entry.state = State.PUBLISHED
    entry.revision_number = max(entry.revision_number, 1)
    entry.published_at = entry.published_at or clock.now()
    entry.updated_at = entry.updated_at or entry.published_at
    content = revision.content if revision else contents.snapshot(entry)
    early = {name: value for name, value in OPEN_NOW.items() if name in content}
    writing.apply_all([(entry, content | early)])


def require_author(officer: Officer, entry: Publishable) -> None:
    """Raises PermissionDenied unless `officer` may write `entry`."""
    verb = "add" if entry.pk is None else "change"
    meta = entry._meta
    _require(officer, entry, f"{meta.app_label}.{verb}_{meta.model_name}")


def require_approver(officer: Officer, entry: Publishable) -> None:
    """Raises PermissionDenied unless `officer` may approve what others wrote of `entry`."""
    _require(officer, entry, "publishing.approve_revision")


def require_withdrawable(proposal: Proposal) -> None:
    """Raises WrongState, or ValidationError when the reason is missing."""
    _require_text(proposal.public_note, _("Say why it is withdrawn: residents will read it."))
    if proposal.entry.state != State.PUBLISHED:
        raise WrongState(_("Only what is published can be withdrawn."))


def require_approvable(
    entry: Publishable, revision: Revision, *, by: Officer, privacy_reason: str = ""
) -> None:
    """Raises PermissionDenied for the author, WrongState if it is not its turn, PrivacyFindings
    if the lint finds something and no reason is given."""
    if revision.author_id == by.pk and not entry.is_exercise:
        raise PermissionDenied(_("Whoever wrote a revision cannot approve it."))
    _require_state(
        revision, Revision.State.SUBMITTED, _("Only what was submitted can be approved.")
    )
    if revision.based_on != entry.revision_number:
        raise WrongState(
            _("The entry has changed since this was written. Open it and save it again.")
        )
    privacy.require_reason(entry, revision, privacy_reason)


def open_revisions(
    proposals: Sequence[Proposal],
    *,
    by: Officer,
    state: Revision.State,
    batch: Batch | None = None,
) -> list[Revision]:
    """Keeps valid proposals as the newest revisions of their locked entries, as `state`.

    What residents read does not change; entries that they do not see yet take the content.
    """
    proposals = [
        replace(proposal, content=contents.canonical(proposal.entry, proposal.content))
        for proposal in proposals
    ]
    hidden = [proposal for proposal in proposals if not proposal.entry.is_public]
    for proposal in hidden:
        proposal.entry.state = state
    writing.apply_all([(proposal.entry, proposal.content) for proposal in hidden])
    entries = [proposal.entry for proposal in proposals]
    Revision.objects.of_all(entries).open().update(state=Revision.State.SUPERSEDED)
    at = clock.now()
    opened = [
        Revision(
            entry_type=ContentType.objects.get_for_model(proposal.entry),
            entry_id=proposal.entry.pk,
            entry_code=proposal.entry.code,
            title=title_of(proposal.entry, proposal.content),
            province=proposal.entry.scope,
            is_exercise=proposal.entry.is_exercise,
            action=proposal.action,
            state=state,
            content=proposal.content,
            based_on=proposal.entry.revision_number,
            reason=proposal.reason,
            public_note=proposal.public_note,
            author=by,
            created_at=at,
            submitted_at=at if state == Revision.State.SUBMITTED else None,
            batch=batch,
        )
        for proposal in proposals
    ]
    for proposal, revision in zip(proposals, opened, strict=True):
        revision.privacy_findings = privacy.found_in(proposal.entry, revision)
    return Revision.objects.bulk_create(opened, batch_size=writing.BATCH)


def carry_out(pairs: Sequence[Pair], *, by: Officer, note: str) -> None:
    """Makes approvable, valid revisions public, each with its locked entry; all of one kind."""
    at = clock.now()
    entries = [entry for entry, _ in pairs]
    writing.load(entries)
    concerned = versions.scopes_of(entries)
    published = [pair for pair in pairs if pair[1].action != WITHDRAW]
    withdrawn = [pair for pair in pairs if pair[1].action == WITHDRAW]
    for entry, revision in published:
        _publish(entry, revision, at)
    for entry, revision in withdrawn:
        _withdraw(entry, revision, at)
    for entry, revision in pairs:
        revision.state = Revision.State.APPROVED
        revision.number = entry.revision_number
    writing.apply_all([(entry, revision.content) for entry, revision in published])
    writing.save_all([entry for entry, _ in withdrawn])
    revisions = [revision for _, revision in pairs]
    _decide(revisions, by, note, at)
    concerned |= versions.scopes_of(entries)
    # The head of the ledger is the last lock of a transaction; see `ledger`. The versions are
    # locked under it, and so never by two at a time.
    ledger.seal(revisions)
    versions.changed(concerned)
    writing.save_all(revisions)
    carried_out.send(sender=type(pairs[0][0]), pairs=pairs, at=at)


def return_to_author(pairs: Sequence[Pair], *, by: Officer, note: str) -> None:
    """Refuses submitted revisions, each with its locked entry; they stay readable."""
    _require_text(note, _("Say why it is sent back."))
    for _entry, revision in pairs:
        _require_state(
            revision, Revision.State.SUBMITTED, _("Only what was submitted can be sent back.")
        )
        revision.state = Revision.State.REJECTED
    revisions = [revision for _, revision in pairs]
    _decide(revisions, by, note, clock.now())
    writing.save_all(revisions)
    for entry, _revision in pairs:
        if not entry.is_public:
            _set_state(entry, State.DRAFT)


def _require(officer: Officer, entry: Publishable, permission: str) -> None:
    if not officer.has_perm(permission):
        raise PermissionDenied(_("Your role does not allow this."))
    if not officer.may_work_for(entry.scope):
        raise PermissionDenied(_("This belongs to a province that you do not work for."))


def _require_state(revision: Revision, state: str, message: str) -> None:
    if revision.state != state:
        raise WrongState(message)


def _require_text(text: str, message: str) -> None:
    if not text.strip():
        raise ValidationError(message)


def _locked(entry: Publishable) -> Publishable:
    # Not locked against rows that refer to it: a draft of a place never waits for its province.
    return type(entry)._default_manager.select_for_update(no_key=True).get(pk=entry.pk)


def _locked_pair(revision: Revision) -> Pair:
    # The entry first, always: two transitions of one entry then wait instead of deadlocking.
    entry = _locked(cast(Publishable, revision.entry))
    return entry, Revision.objects.select_for_update().get(pk=revision.pk)


def _publish(entry: Publishable, revision: Revision, at: datetime) -> None:
    was_public = entry.was_public(at)
    before = contents.seen(entry, contents.snapshot(entry))
    changed = entry.is_withdrawn or before != contents.seen(entry, revision.content)
    contents.overlay(entry, revision.content)
    opens = getattr(entry, "publish_from", None) or at
    if not was_public:
        entry.published_at = entry.updated_at = max(at, opens)
    elif opens > at:
        raise ValidationError(_("It is public already: leave “publish from” empty."))
    elif changed:
        entry.updated_at = at
        revision.is_correction = True
    entry.revision_number += 1
    entry.state = State.PUBLISHED
    entry.public_note = revision.public_note


def _withdraw(entry: Publishable, revision: Revision, at: datetime) -> None:
    revision.is_correction = entry.was_public(at)
    entry.revision_number += 1
    entry.state = State.WITHDRAWN
    entry.public_note = revision.public_note
    entry.updated_at = at


def _decide(revisions: Sequence[Revision], by: Officer, note: str, at: datetime) -> None:
    for revision in revisions:
        revision.decided_by = by
        revision.decided_at = at
        revision.decision_note = note


def _set_state(entry: Publishable, state: State) -> None:
    type(entry)._default_manager.filter(pk=entry.pk).update(state=state)
    entry.state = state


def title_of(entry: Publishable, content: contents.Content) -> str:
    """What `entry` is called with `content`."""
    described = copy.copy(entry)
    contents.overlay(described, content)
    return str(described)[:300]
