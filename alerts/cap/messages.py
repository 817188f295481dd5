"""Which CAP messages a notice has led to: the first, then an update or cancellation each time that
what it says has changed in public."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Literal, cast

from django.db.models import Q

from alerts.models import Notice
from portal.publishing.models import Revision

Kind = Literal["Alert", "Update", "Cancel"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `number` is that of its revision in the ledger, so it only ever grows."""

    number: int
    sent: datetime
    kind: Kind


def messages_of(notice: Notice) -> list[Message]:
    """The messages of a public `notice`, oldest first; the last one says what holds now.

    Each follows from an approved revision that residents could see: of the notice itself, or of a
    place or flight that it named at that time.
    """
    own = list(
        Revision.objects.of(notice)
        .approved()
        .filter(Q(number=1) | Q(is_correction=True) | Q(action=Revision.Action.WITHDRAW))
        .order_by("sequence")
    )
    messages: list[Message] = []
    for revision in _with_covered(own):
        sent = cast(datetime, revision.decided_at)
        if not messages:
            sent = cast(datetime, notice.published_at)  # later than approved under an embargo
        elif sent <= messages[0].sent:
            continue
        previous = messages[-1].kind if messages else None
        messages.append(Message(_number(revision), sent, _kind(revision, own, previous)))
    return messages


def referred_to(messages: list[Message]) -> list[Message]:
    """Earlier messages that the last one replaces. A cancelled series is over: what is published
    again after it begins a new one."""
    last = messages[-1]
    earlier = messages[:-1]
    if last.kind == "Alert":
        return []
    begins = max(at for at, message in enumerate(earlier) if message.kind == "Alert")
    return earlier[begins:]


def _kind(revision: Revision, own: list[Revision], previous: Kind | None) -> Kind:
    if revision in own and revision.action == Revision.Action.WITHDRAW:
        return "Cancel"
    return "Alert" if previous in (None, "Cancel") else "Update"


def _with_covered(own: list[Revision]) -> Iterator[Revision]:
    """`own` revisions of a notice, each followed by the corrections of what it named until the
    next one."""
    corrections = list(
        Revision.objects.corrections()
        .filter(entry_code__in={code for revision in own for code in _named_by(revision)})
        .order_by("sequence")
    )
    ends = [*(_number(revision) for revision in own[1:]), inf]
    for revision, end in zip(own, ends, strict=True):
        yield revision
        if revision.action != Revision.Action.WITHDRAW:
            named = _named_by(revision)
            for correction in corrections:
                follows = _number(revision) < _number(correction) < end
                if follows and correction.entry_code in named:
                    yield correction


def _number(revision: Revision) -> int:
    return cast(int, revision.sequence)


def _named_by(revision: Revision) -> set[str]:
    return {*revision.content["locations"], *revision.content["flights"]}
