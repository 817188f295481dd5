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
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.publishing import content as contents
from portal.publishing import ledger
from portal.publishing.models import Officer, Publishable, Revision
from portal.publishing.models.publishable import State


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


# A preview is looked at before its time.
OPEN_NOW = {"publish_from": None}


def version_token(entry: Publishable) -> str:
    """What identifies the version of `entry` that somebody is looking at."""
    latest = Revision.objects.of(entry).values_list("pk", flat=True).first()
    return f"{entry.revision_number}.{latest or 0}"


def content_at(entry: Publishable, token: str) -> contents.Content:
    """The content that somebody saw who was given the version `token` of `entry`."""
    _number, _dot, key = token.partition(".")
    seen = Revision.objects.of(entry).filter(pk=key if key.isdecimal() else 0).first()
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
    content = contents.canonical(entry, content)
    if not entry.is_public:
        contents.apply(entry, content)
        _set_state(entry, State.DRAFT)
    return _open_revision(
        entry,
        content=content,
        author=by,
        reason=reason,
        public_note=public_note,
        title=_title(entry, content),
    )


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
def approve(*, revision: Revision, by: Officer, note: str = "") -> Revision:
    """Makes a submitted revision public, or carries out a requested withdrawal.

    Raises PermissionDenied (role, province, or the author approving), WrongState when the
    revision is not waiting or the entry has changed since it was written, ValidationError when
    its content has become impossible.
    """
    entry, revision = _locked_pair(revision)
    require_approver(by, entry)
    if revision.author_id == by.pk and not entry.is_exercise:
        raise PermissionDenied(_("Whoever wrote a revision cannot approve it."))
    _require_state(
        revision, Revision.State.SUBMITTED, _("Only what was submitted can be approved.")
    )
    if revision.based_on != entry.revision_number:
        raise WrongState(
            _("The entry has changed since this was written. Open it and save it again.")
        )
    at = clock.now()
    if revision.action == Revision.Action.WITHDRAW:
        _withdraw(entry, revision, at)
    else:
        _publish(entry, revision, at)
    revision.state = Revision.State.APPROVED
    revision.number = entry.revision_number
    _decide(revision, by, note, at)
    return revision


@transaction.atomic
def send_back(*, revision: Revision, by: Officer, note: str) -> Revision:
    """Refuses a submitted revision; `note` tells the author why. It stays readable."""
    entry, revision = _locked_pair(revision)
    require_approver(by, entry)
    _require_state(
        revision, Revision.State.SUBMITTED, _("Only what was submitted can be sent back.")
    )
    _require_text(note, _("Say why it is sent back."))
    revision.state = Revision.State.REJECTED
    _decide(revision, by, note, clock.now())
    if not entry.is_public:
        _set_state(entry, State.DRAFT)
    return revision


@transaction.atomic
def request_withdrawal(*, entry: Publishable, by: Officer, reason: str) -> Revision:
    """Asks for a published entry to be withdrawn; residents read `reason` once it is approved."""
    entry = _locked(entry)
    require_author(by, entry)
    _require_text(reason, _("Say why it is withdrawn: residents will read it."))
    if entry.state != State.PUBLISHED:
        raise WrongState(_("Only what is published can be withdrawn."))
    return _open_revision(
        entry,
        content=contents.snapshot(entry),
        author=by,
        reason=reason,
        public_note=reason,
        title=str(entry),
        action=Revision.Action.WITHDRAW,
        state=Revision.State.SUBMITTED,
        submitted_at=clock.now(),
    )


def apply_for_preview(*, entry: Publishable, revision: Revision | None) -> None:
    """Shows `revision` in public within a transaction that the caller rolls back."""
    entry = _locked(entry)
    entry.state = State.PUBLISHED
    entry.revision_number = max(entry.revision_number, 1)
    entry.published_at = entry.published_at or clock.now()
    entry.updated_at = entry.updated_at or entry.published_at
    contents.apply(entry, (revision.content if revision else contents.snapshot(entry)) | OPEN_NOW)


def require_author(officer: Officer, entry: Publishable) -> None:
    """Raises PermissionDenied unless `officer` may write `entry`."""
    verb = "add" if entry.pk is None else "change"
    meta = entry._meta
    _require(officer, entry, f"{meta.app_label}.{verb}_{meta.model_name}")


def require_approver(officer: Officer, entry: Publishable) -> None:
    """Raises PermissionDenied unless `officer` may approve what others wrote of `entry`."""
    _require(officer, entry, "publishing.approve_revision")


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


def _locked_pair(revision: Revision) -> tuple[Publishable, Revision]:
    # The entry first, always: two transitions of one entry then wait instead of deadlocking.
    entry = _locked(cast(Publishable, revision.entry))
    return entry, Revision.objects.select_for_update().get(pk=revision.pk)


def _open_revision(entry: Publishable, **values: Any) -> Revision:
    Revision.objects.of(entry).open().update(state=Revision.State.SUPERSEDED)
    return Revision.objects.create(
        entry=entry,
        entry_code=entry.code,
        province=entry.scope,
        is_exercise=entry.is_exercise,
        based_on=entry.revision_number,
        **values,
    )


def _publish(entry: Publishable, revision: Revision, at: datetime) -> None:
    contents.validate(copy.copy(entry), revision.content)
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
    contents.apply(entry, revision.content)


def _withdraw(entry: Publishable, revision: Revision, at: datetime) -> None:
    revision.is_correction = entry.was_public(at)
    entry.revision_number += 1
    entry.state = State.WITHDRAWN
    entry.public_note = revision.public_note
    entry.updated_at = at
    entry.save()


def _decide(revision: Revision, by: Officer, note: str, at: datetime) -> None:
    revision.decided_by = by
    revision.decided_at = at
    revision.decision_note = note
    if revision.state == Revision.State.APPROVED:
        ledger.seal([revision])
    revision.save()


def _set_state(entry: Publishable, state: State) -> None:
    type(entry)._default_manager.filter(pk=entry.pk).update(state=state)
    entry.state = state


def _title(entry: Publishable, content: contents.Content) -> str:
    described = copy.copy(entry)
    contents.overlay(described, content)
    return str(described)[:300]
