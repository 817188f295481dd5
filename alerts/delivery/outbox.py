"""What is approved is written into the outbox, in the same transaction: both or neither."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from alerts.models import Dispatch, Kind, Notice
from portal.publishing.models import Revision
from portal.publishing.signals import carried_out
from portal.publishing.workflow import WITHDRAW, Pair


def connect() -> None:
    carried_out.connect(_write, sender=Notice, dispatch_uid="outbox")


def _write(sender: Any, pairs: Sequence[Pair], at: datetime, **kwargs: Any) -> None:
    for entry, revision in pairs:
        notice = cast(Notice, entry)
        kind = _kind(notice, revision, at)
        if kind is not None:
            Dispatch.objects.create(
                notice=notice,
                revision=revision,
                kind=kind,
                rank=notice.rank,
                created_at=at,
                not_before=max(at, notice.publish_from or at),
            )


def _kind(notice: Notice, revision: Revision, at: datetime) -> Kind | None:
    """What the revision is to residents; None if they have nothing to be told of it."""
    if notice.is_exercise:
        return None
    if revision.action == WITHDRAW:
        # Also under embargo: the dispatch that waits must not go out.
        return Kind.WITHDRAWAL
    if revision.is_correction:
        return Kind.CORRECTION
    published = notice.published_at
    is_news = published is not None and published >= at
    told = Dispatch.objects.filter(notice=notice, not_before__lte=at)
    return Kind.NEW if is_news and not told.exists() else None
