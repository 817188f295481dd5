"""The worker: writes out what is due and sends it, until it is stopped.

A loop of its own over rows of `Delivery`, and no queue of tasks: an order by urgency, replacing
what waits, and a note after every single message are questions to the rows themselves. It is also
faster: on the same machine with two cores a worker of django-tasks-db 0.13 ran 464 tasks a second
that do nothing (SQLite in WAL; PostgreSQL with fsync: 69), and this one sent 707 e-mails a second
to a real server (329; `bench/delivery.py`, 100,000 subscribers).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alerts.delivery import letters, pruning, subscribing
from alerts.delivery.channels import Channel, Unreachable
from alerts.delivery.channels.email import EmailChannel
from alerts.delivery.channels.zalo import ZaloChannel
from alerts.delivery.fan_out import fan_out
from alerts.delivery.sending import Slice
from alerts.delivery.turns import turn

# Seconds: of sending until the outbox is looked at again, between looks when there is nothing to
# do, and between reports.
SLICE, IDLE, REPORT = 2.0, 1.0, 10.0
# Seconds to wait for the limit of a channel.
LIMITED = 0.2
# Seconds that a channel rests after it could not be reached: more each time.
FIRST_REST, LONGEST_REST = 1.0, 60.0
SWEEP = 60.0


@dataclass
class Worker:
    """`say` is given lines for the operator's log, which never hold an address."""

    channels: Sequence[Channel]
    say: Callable[[str], None]
    is_stopping: bool = False
    _rests: dict[str, tuple[float, float]] = field(default_factory=dict)
    _counted: dict[str, list[int]] = field(default_factory=dict)
    _reported_at: float = 0.0
    _swept_at: float = float("-inf")

    def stop(self) -> None:
        """Lets the message in hand be sent, and no other."""
        self.is_stopping = True

    def run(self, *, once: bool = False) -> None:
        """With `once` until there is nothing more to do now."""
        self._reported_at = time.monotonic()
        try:
            while not self.is_stopping:
                with turn():
                    worked = self._work()
                self._report(only_if_time=True)
                if not worked:
                    if once:
                        self._sweep()
                        break
                    self._wait(IDLE)
        finally:
            self._report()
            for channel in self.channels:
                channel.close()

    @property
    def unreachable(self) -> list[str]:
        """The channels that could not be reached when they were last tried."""
        return list(self._rests)

    def _work(self) -> bool:
        """One round; whether there was anything to do."""
        worked = False
        for step in fan_out():
            worked = True
            if step.made or step.replaced:
                code = step.dispatch.revision.entry_code
                self.say(f"{code}: {step.made} to be sent, {step.replaced} replaced")
            if self.is_stopping:
                return worked
        for channel in self.channels:
            worked |= self._send(channel)
        if time.monotonic() - self._swept_at > SWEEP:
            self._sweep()
        return worked

    def _sweep(self) -> None:
        """What has to be done now and then, and leaves nothing behind that is not needed."""
        self._swept_at = time.monotonic()
        subscribing.sweep()
        pruning.prune()
        for channel in self.channels:
            if isinstance(channel, ZaloChannel):
                channel.look_after()

    def _send(self, channel: Channel) -> bool:
        rests_until, rest = self._rests.get(channel.name, (0.0, FIRST_REST))
        if time.monotonic() < rests_until:
            return False
        piece = Slice(channel, SLICE, lambda: self.is_stopping)
        done = 0
        try:
            if isinstance(channel, EmailChannel):
                done = letters.send_due(channel, lambda: self.is_stopping)
            piece.run()
        except Unreachable as error:
            self.say(f"{channel.name}: {error}; again in {rest:.0f} s")
            self._rests[channel.name] = (time.monotonic() + rest, min(rest * 2, LONGEST_REST))
        else:
            self._rests.pop(channel.name, None)
        if piece.is_limited:
            self._wait(LIMITED)
        tally = piece.tally
        counted = self._counted.setdefault(channel.name, [0] * 6)
        numbers = (tally.sent, tally.later, tally.dead, tally.gone, done, tally.rehearsed)
        for place, number in enumerate(numbers):
            counted[place] += number
        return bool(tally.total or done or piece.is_limited)

    def _report(self, *, only_if_time: bool = False) -> None:
        passed = time.monotonic() - self._reported_at
        if only_if_time and passed < REPORT:
            return
        for name, (sent, later, dead, gone, answered, rehearsed) in self._counted.items():
            if rehearsed:
                self.say(f"{name}: {rehearsed} only rehearsed")
            if sent or later or dead or gone or answered:
                self.say(
                    f"{name}: {sent} sent, {later} to try again, {dead} failed, {gone} gone,"
                    f" {answered} requests answered, in {passed:.0f} s"
                )
        self._counted.clear()
        self._reported_at = time.monotonic()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.is_stopping:
            time.sleep(0.1)
