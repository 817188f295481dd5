"""Cursors: where somebody stands in a list, and what a mirror has seen.

A mirror has seen everything that was public by the first `sequence` records of the ledger, and
every embargo that ended by `opened`. Records are numbered in the order in which they are committed
(approvals queue at the head of the ledger), so that none can turn up behind one that was seen.
`digest` is the beginning of the hash of the last record: it says of which history the number is,
also after the portal was restored from a backup and has gone on differently.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.publishing.models import LedgerHead, Revision
from portal.publishing.models.ledger_head import GENESIS
from portal.publishing.models.publishable import entry_models
from portal.publishing.open_data.dataset import public_of

DIGEST = 12  # hexadecimal digits of a hash: enough to tell histories of one portal apart
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 2**63 - 1  # of a number in the database


@dataclass(frozen=True)
class Seen:
    """What is seen of the portal."""

    sequence: int = 0
    digest: str = GENESIS[:DIGEST]
    opened: datetime | None = None

    @classmethod
    def all_of(cls, at: datetime) -> "Seen":
        """Everything that is public at `at`.

        Of the time it keeps the end of the last embargo, not `at`: so what has seen everything
        stays the same as long as nothing happens. The ledger is asked first: what is approved
        between the questions counts as not seen.
        """
        head = LedgerHead.objects.filter(pk=1).first() or LedgerHead()
        ended = (public_of(model, at) for model in entry_models())
        opened = (
            entries.filter(publish_from__isnull=False)
            .order_by("-publish_from")
            .values_list("publish_from", flat=True)
            .first()
            for entries in ended
        )
        return cls(head.sequence, head.hash[:DIGEST], max(filter(None, opened), default=None))

    def is_known(self) -> bool:
        """Whether it is of the history that this portal has."""
        if self.sequence == 0:
            return self.digest == GENESIS[:DIGEST]
        record = Revision.objects.filter(sequence=self.sequence)
        found = record.values_list("hash", flat=True).first()
        return found is not None and found[:DIGEST] == self.digest

    def packed(self) -> tuple[int, str, int]:
        return self.sequence, self.digest, micros(self.opened)


@dataclass(frozen=True)
class Place:
    """A place in a list, just behind an entry: what its order goes by, and its key. `seen` is what
    was public when the list was begun, and `scope` what it was asked for."""

    seen: Seen
    added: datetime
    key: int
    scope: str

    def __str__(self) -> str:
        return pack("list", *self.seen.packed(), micros(self.added), self.key, self.scope)

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises ValueError if `text` is no such cursor."""
        sequence, digest, opened, added, key, scope = unpack(
            text, "list", (int, str, int, int, int, str)
        )
        moment = moment_of(added)
        if moment is None:
            raise ValueError("no moment")
        return cls(Seen(sequence, digest, moment_of(opened)), moment, key, scope)


@dataclass(frozen=True)
class Round:
    """What a mirror asks for: what changed after `after`. If it has read a part of it, what changed
    up to `until`, behind the entry with `key` of the kind number `rank`, of those in `scope`."""

    after: Seen
    until: Seen | None = None
    rank: int = 0
    key: int = 0
    scope: str = ""

    def __str__(self) -> str:
        if self.until is None:
            return pack("seen", *self.after.packed())
        return pack(
            "round", *self.after.packed(), *self.until.packed(), self.rank, self.key, self.scope
        )

    def is_known(self) -> bool:
        """Whether it is of the history that this portal has."""
        return self.after.is_known() and (self.until is None or self.until.is_known())

    @classmethod
    def read(cls, text: str) -> "Round":
        """Raises ValueError if `text` is no such cursor."""
        try:
            sequence, digest, opened = unpack(text, "seen", (int, str, int))
            return cls(Seen(sequence, digest, moment_of(opened)))
        except ValueError:
            kinds = (int, str, int, int, str, int, int, int, str)
            values = unpack(text, "round", kinds)
        after, until = (
            Seen(sequence, digest, moment_of(opened))
            for sequence, digest, opened in (values[:3], values[3:6])
        )
        return cls(after, until, *values[6:])


def pack(name: str, *values: int | str) -> str:
    """A cursor as it stands in addresses: nothing for people to read anything into."""
    text = json.dumps([name, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpack(text: str, name: str, kinds: Sequence[type]) -> list[Any]:
    """The values of a cursor called `name`; ValueError if it is none, or not of `kinds`."""
    padded = text + "=" * (-len(text) % 4)
    values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    if not isinstance(values, list) or values[:1] != [name] or len(values) != len(kinds) + 1:
        raise ValueError("no such cursor")
    for value, kind in zip(values[1:], kinds, strict=True):
        if type(value) is not kind or (isinstance(value, int) and not 0 <= value <= MOST):
            raise ValueError("no such value")
    return values[1:]


def micros(moment: datetime | None) -> int:
    """Microseconds since 1970; 0 for None."""
    return 0 if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(count: int) -> datetime | None:
    try:
        return EPOCH + timedelta(microseconds=count) if count else None
    except OverflowError as error:
        raise ValueError("no moment") from error
