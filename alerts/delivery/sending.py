"""Sends what is queued, message by message, and notes of each what became of it.

A worker holds what it sends: on PostgreSQL by the lock of the row, which ends with the worker,
and which others skip (a broadcast by one of `alerts.delivery.holding`); on SQLite by having its
turn (`alerts.delivery.turns`). What the receiver
has accepted is noted at once. So a worker that dies leaves nothing behind but the messages it was
just handing over (one of e-mail), which are sent again with the same key.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from alerts.delivery import holding, limits, subscribing
from alerts.delivery.announcement import Announcement, announce
from alerts.delivery.channels import (
    Channel,
    Dead,
    Gone,
    Later,
    Outcome,
    Rehearsed,
    Sent,
    Unfinished,
    Unreachable,
)
from alerts.delivery.sealing import Unreadable
from alerts.models import Delivery, Dispatch, Kind, Notice
from alerts.models.delivery import DeliveryQuerySet
from portal import clock

log = logging.getLogger(__name__)

# After the first failure so long, then twice as long each time, up to the longest; each time by
# chance up to half as long again, so that what failed together is not tried together. Ten
# attempts take between four and seven hours: greylisting and a night's maintenance pass.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)
MOST_ATTEMPTS = 10
# Rows are looked up so many at once; each is held only while its message is sent.
READ_TOGETHER = 100


@dataclass
class Tally:
    """What became of the messages of a slice of time."""

    sent: int = 0
    later: int = 0
    dead: int = 0
    gone: int = 0
    rehearsed: int = 0
    unfinished: int = 0

    @property
    def total(self) -> int:
        ended = self.sent + self.later + self.dead + self.gone
        return ended + self.rehearsed + self.unfinished


@dataclass
class Slice:
    """A short time of sending by one channel, until `seconds` are over or nothing is due.

    What a message says is read once in a slice, so that a correction is told within seconds.
    """

    channel: Channel
    seconds: float
    is_stopping: Callable[[], bool] = lambda: False
    tally: Tally = field(default_factory=Tally)
    # Whether there may be more to send, and only the limit of the channel holds it up.
    is_limited: bool = False

    def __post_init__(self) -> None:
        self._announcements: dict[Any, Announcement | None] = {}

    def run(self) -> Tally:
        """Raises `Unreachable`; what was sent before stays noted."""
        end = time.monotonic() + self.seconds
        for rank in range(len(Notice.Severity.values)):
            while self._go_on(end) and self._send_some(rank, end):
                pass
        return self.tally

    def _go_on(self, end: float) -> bool:
        # Nothing less urgent takes what the limit leaves over.
        return time.monotonic() < end and not self.is_stopping() and not self.is_limited

    def _send_some(self, rank: int, end: float) -> int:
        allowed = limits.granted(self.channel.name, READ_TOGETHER)
        if not allowed:
            self.is_limited = Delivery.objects.due(self.channel.name, rank).exists()
            return 0
        taken = 0
        try:
            some = list(self._due(rank)[:allowed])
            for start in range(0, len(some), self.channel.at_once):
                # Receivers that keep silent use up the time: the other channels have theirs too.
                if not self._go_on(end):
                    break
                taken += self._send_held(some[start : start + self.channel.at_once])
        finally:
            limits.give_back(self.channel.name, allowed - taken)
        return taken

    def _send_held(self, some: Sequence[Delivery]) -> int:
        """Sends those of `some` that nobody else sends meanwhile; returns how many."""
        if _has_turns():
            self._deliver(some)
            return len(some)
        if self.channel.is_broadcast:
            return sum(self._broadcast(delivery) for delivery in some)
        with transaction.atomic():
            held = _held([delivery.pk for delivery in some])
            mine = [delivery for delivery in some if delivery.pk in held]
            if mine:
                self._deliver(mine)
        return len(mine)

    def _broadcast(self, delivery: Delivery) -> int:
        with holding.held(delivery.pk) as is_mine:
            # Another worker may have sent it since it was looked up.
            due = Delivery.objects.due(self.channel.name, delivery.rank)
            mine = list(due.filter(pk=delivery.pk)) if is_mine else []
            self._deliver(mine)
        return len(mine)

    def _due(self, rank: int) -> DeliveryQuerySet:
        return Delivery.objects.due(self.channel.name, rank).select_related("subscription")

    def _deliver(self, held: Sequence[Delivery]) -> None:
        messages: list[tuple[Delivery, Any]] = []
        outcomes: dict[int, Outcome] = {}
        for delivery in held:
            try:
                announcement = self._announcement(delivery)
                if announcement is None:
                    outcomes[delivery.pk] = Dead("not current any more")
                else:
                    messages.append((delivery, self.channel.render(announcement, delivery)))
            except Unreadable as error:
                outcomes[delivery.pk] = Dead(str(error))
            except Exception as error:
                # Its text may hold anything; where it happened does not.
                log.error("a message could not be made: %s", _where(error))
                outcomes[delivery.pk] = Later(f"could not be made: {type(error).__name__}")
        if messages:
            results = self._results([message for _delivery, message in messages])
            for (delivery, _message), outcome in zip(messages, results, strict=True):
                outcomes[delivery.pk] = outcome
        for delivery in held:
            self._note(delivery, outcomes[delivery.pk])

    def _results(self, messages: Sequence[Any]) -> Sequence[Outcome]:
        try:
            return self.channel.send(messages)
        except Unreachable:
            raise
        except Exception as error:
            log.error("messages could not be sent: %s", _where(error))
            return [Later(f"could not be sent: {type(error).__name__}")] * len(messages)

    def _announcement(self, delivery: Delivery) -> Announcement | None:
        """What it says; None if that is over, and so nobody is to be told any more."""
        language = delivery.subscription.language if delivery.subscription else "vi"
        key = (delivery.dispatch_id, delivery.kind, language, delivery.since_id)
        if key not in self._announcements:
            dispatch = Dispatch.objects.select_related("revision", "notice").get(
                pk=delivery.dispatch_id
            )
            is_over = dispatch.kind != Kind.WITHDRAWAL and not dispatch.notice.is_listed()
            self._announcements[key] = (
                None
                if is_over
                else announce(
                    dispatch, kind=Kind(delivery.kind), language=language, since=delivery.since
                )
            )
        return self._announcements[key]

    def _note(self, delivery: Delivery, outcome: Outcome) -> None:
        attempts = delivery.attempts + 1
        if isinstance(outcome, Sent):
            self.tally.sent += 1
            _note_sent(delivery.pk, attempts, outcome.note)
            return
        if isinstance(outcome, Unfinished):
            self.tally.unfinished += 1
            return
        changed: dict[str, Any] = {"attempts": attempts, "decided_at": clock.now()}
        match outcome:
            case Later(why=why, after=after) if attempts < MOST_ATTEMPTS:
                self.tally.later += 1
                wait = max(backoff(attempts), after or timedelta())
                changed |= {"not_before": clock.now() + wait, "last_error": why[:200]}
                changed["decided_at"] = None
            case Later(why=why) | Dead(why=why):
                self.tally.dead += 1
                changed |= {"state": Delivery.State.DEAD, "last_error": why[:200]}
            case Rehearsed(why=why):
                self.tally.rehearsed += 1
                changed |= {"state": Delivery.State.REHEARSED, "last_error": why[:200]}
            case Gone():
                self.tally.gone += 1
                changed |= {"state": Delivery.State.DEAD, "last_error": "gone"}
        # Of one that was replaced or has left meanwhile nothing is noted.
        Delivery.objects.queued().filter(pk=delivery.pk).update(**changed)
        if isinstance(outcome, Gone) and delivery.subscription_id:
            gone = delivery.subscription_id
            transaction.on_commit(lambda: subscribing.forget(gone))


# What is asked of the database for each message, written out: putting it together anew would take
# half of the time that a worker spends on a message.
HOLD = f"""
    SELECT id FROM {Delivery._meta.db_table}
    WHERE id = ANY(%s) AND state = '{Delivery.State.QUEUED}' FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - nothing in it comes from elsewhere
NOTE_SENT = f"""
    UPDATE {Delivery._meta.db_table}
    SET state = '{Delivery.State.SENT}', attempts = %s, decided_at = %s, last_error = %s
    WHERE id = %s AND state = '{Delivery.State.QUEUED}'
"""  # noqa: S608 - nothing in it comes from elsewhere


def _held(keys: Sequence[int]) -> set[int]:
    """Those that wait and that nobody else holds: they are ours until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(keys)])
        return {key for (key,) in cursor.fetchall()}


def _note_sent(key: int, attempts: int, note: str) -> None:
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(NOTE_SENT, [attempts, now, note, key])


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return wait * random.uniform(1, 1.5)  # noqa: S311 - to spread, not to hide


def _has_turns() -> bool:
    return not connection.features.has_select_for_update_skip_locked


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
