"""Is this still so? What has become of an entry since somebody was sent a picture of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from portal import clock
from portal.publishing import changes
from portal.publishing.models import Entry, Revision

# A number of more digits is none of ours.
LONGEST_NUMBER = 9


class Outcome(StrEnum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    PAST = "past"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` of comparing the entry with its revision `number`, or with how it was first
    published if `number` is None.

    `change` is what residents read otherwise now; `since` when that revision became public.
    """

    outcome: Outcome
    number: int | None = None
    change: changes.Change | None = None
    since: datetime | None = None


def verdict_on(entry: Entry, asked: str | None, at: datetime | None = None) -> Verdict:
    """What has become, at `at` (default: now), of the revision of `entry` numbered `asked`.

    Whatever was never shown to residents is unknown: nonsense, numbers that are still to come,
    revisions replaced under an embargo, and every exercise.
    """
    shown = [] if entry.is_exercise else _shown(entry)
    since = shown if asked is None else _from(shown, _number(asked))
    if not since:
        return Verdict(Outcome.UNKNOWN)
    change = changes.since(entry, since)
    outcome = _outcome(entry, change, at or clock.now())
    seen_at = max(filter(None, (since[0].decided_at, entry.published_at)))
    return Verdict(outcome, None if asked is None else since[0].number, change, seen_at)


def _shown(entry: Entry) -> list[Revision]:
    """The revisions that residents could read, the oldest first: of those approved before an
    embargo ended, only the last."""
    history = list(Revision.objects.of(entry).approved().order_by("number"))
    opened = entry.published_at or clock.now()

    def approved_before_it_opened(revision: Revision) -> bool:
        at = revision.decided_at
        return at is not None and at <= opened and not revision.is_correction

    early = len(list(takewhile(approved_before_it_opened, history)))
    return history[max(early - 1, 0) :]


def _from(shown: list[Revision], number: int) -> list[Revision]:
    numbers = [revision.number for revision in shown]
    return shown[numbers.index(number) :] if number in numbers else []


def _number(asked: str) -> int:
    digits = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER
    return int(asked) if digits else 0


def _outcome(entry: Entry, change: changes.Change | None, at: datetime) -> Outcome:
    if entry.is_withdrawn:
        return Outcome.WITHDRAWN
    if not entry.is_listed(at):
        return Outcome.PAST
    return Outcome.CHANGED if change else Outcome.UNCHANGED
