"""The ways by which a message reaches people. One module each; `CHANNELS` names them all.

A new channel is a module with one class of the shape of `Channel`, and its name in `CHANNELS`.
Everything else (who gets what, order, limits, trying again, the figures) is done for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Protocol, cast

from django.utils.module_loading import import_string

from alerts.delivery.announcement import Announcement
from alerts.models import Delivery
from locations.models import Province


@dataclass(frozen=True)
class Sent:
    """The receiver has accepted it; what there is to `note` of it never holds an address."""

    note: str = ""


@dataclass(frozen=True)
class Unfinished:
    """Of a broadcast: part of it is done, and it goes on at once. No attempt has failed."""


@dataclass(frozen=True)
class Rehearsed:
    """All was done but the handing over, and `why` it ended there."""

    why: str


@dataclass(frozen=True)
class Later:
    """Not this time. `after` if the receiver named a time; `why` never holds an address."""

    why: str
    after: timedelta | None = None


@dataclass(frozen=True)
class Dead:
    """Never, as it stands; an officer reads `why`, which never holds an address."""

    why: str


@dataclass(frozen=True)
class Gone:
    """The subscriber is not there any more: the subscription is forgotten."""


Outcome = Sent | Unfinished | Rehearsed | Later | Dead | Gone


class Unreachable(Exception):
    """The channel as a whole does not work at the moment: no message is to blame, and none has
    been handed over. The text never holds an address or a password."""


class Channel(Protocol):
    """One way to reach people."""

    # As it is stored with subscriptions and deliveries.
    name: str
    # Told to all followers in one message, without subscriptions of ours.
    is_broadcast: bool
    # How many messages are handed to `send` together. Of so many it may be unknown after a crash
    # whether they were accepted; they are sent again, with the same key.
    at_once: int

    @property
    def is_set_up(self) -> bool:
        """Whether the operator has set what it needs. If not, it is as if it were not there."""

    def render(self, announcement: Announcement, delivery: Delivery) -> Any:
        """The message for `delivery`, whose `subscription` is loaded, or None in a broadcast.

        Called for every message: what is the same for all should be kept by `announcement`,
        which is one and the same object as long as nothing changes.
        """

    def send(self, messages: Sequence[Any]) -> Sequence[Outcome]:
        """What became of each message, in their order. Raises Unreachable."""

    def close(self) -> None:
        """Gives back connections; `send` may be called again."""


class Broadcast(Channel, Protocol):
    """One way to reach all followers of a province at once: `is_broadcast` is true.

    Its messages are few, and take several calls each with notes between them: so they are sent
    outside of any transaction (see `alerts.delivery.holding`).
    """

    def serves(self, province: Province) -> bool:
        """Whether there is anything to send for `province` by this way."""

    def rehearses(self, province: Province) -> bool:
        """Whether what it is given for `province` is Rehearsed at present."""


CHANNELS = (
    "alerts.delivery.channels.email.EmailChannel",
    "alerts.delivery.channels.web_push.WebPushChannel",
    "alerts.delivery.channels.zalo.ZaloChannel",
)


@cache
def channels() -> dict[str, Channel]:
    """Every channel that is set up, by its name."""
    made = [import_string(path)() for path in CHANNELS]
    return {channel.name: channel for channel in made if channel.is_set_up}


def broadcasts() -> dict[str, Broadcast]:
    """Those of them that are told to all followers at once."""
    return {
        name: cast(Broadcast, channel)
        for name, channel in channels().items()
        if channel.is_broadcast
    }
