"""Which list a phone has: said in the list itself, so that the phone can ask what has changed.

A version promises what its list holds at least: every record of the ledger up to a number, and
what the clock had opened by an hour. Both are rounded down. So there are few versions, however
often offices publish and whenever phones ask, and what is answered to one phone is the answer for
many; what a phone has already and gets again does no harm.

Changes are told only of entries. So a seal goes with it, of all else that a list is made of: the
history that the number is of (restored from a backup, it may go on differently), the names of
provinces and units, and the release with its words. A version whose seal is another one now is not
understood; nor is one that was never given out, because the seal is keyed.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from alerts.api.cursors import EPOCH, Seen
from portal.publishing import versions
from portal.publishing.models import LedgerHead, Revision
from portal.publishing.models.ledger_head import GENESIS
from portal.web.release import release

# Records of the ledger in one step of the number: what is sent twice at most, about a kilobyte.
STEP = 20
HOUR = timedelta(hours=1)
PATTERN = r"[0-9]{1,15}-[0-9]{1,7}-[0-9a-f]{16}"
PARTS = re.compile(PATTERN, re.ASCII)


def version_at(at: datetime) -> str:
    """Of the list at `at`. Asked before the list: what is approved meanwhile may be in it."""
    number = last_record() // STEP * STEP
    return _sealed(number, (at - EPOCH) // HOUR)


def read(version: str) -> Seen | None:
    """What a list of `version` holds; None if that version is not understood."""
    parts: Any = PARTS.fullmatch(version)
    if parts is None:
        return None
    number, hours, _seal = version.split("-")
    if not constant_time_compare(version, _sealed(int(number), int(hours))):
        return None
    return Seen(int(number), "", EPOCH + int(hours) * HOUR)


def last_record() -> int:
    """The number of the last record of the ledger; 0 before the first."""
    return LedgerHead.objects.filter(pk=1).values_list("sequence", flat=True).first() or 0


def _sealed(number: int, hours: int) -> str:
    names = versions.names()
    record = Revision.objects.filter(sequence=number).values_list("hash", flat=True).first()
    told = f"{number} {record or GENESIS} {hours} {names} {release()}"
    return f"{number}-{hours}-{salted_hmac(__name__, told, algorithm='sha256').hexdigest()[:16]}"
