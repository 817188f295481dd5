"""The ledger: every approved revision, in one chain of hashes over the whole portal.

Each record carries the hash of the record before it, so that a change, a gap or an insertion
anywhere is found by reading the chain once. One chain, not one for each province or entry:
an entry deleted with all its revisions would take a chain of its own with it, while here it
leaves a hole. Records deleted from the end leave no hole; they are missed by `LedgerHead`, which
keeps the last number and hash. Whoever can rewrite the whole database can also write a new
chain: `verify_ledger --anchor` compares it with a number and hash written down elsewhere.

Approvals queue at the row of `LedgerHead`. It is the last lock of a transaction: entries and
revisions are locked before it, so approvals of different entries wait for one another only while
one commits, and cannot deadlock. A batch locks all its entries first and is sealed by one call.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder

from portal.publishing.models.ledger_head import LedgerHead
from portal.publishing.models.revision import Revision

# Everything that matters of a revision. What is empty is left out of the hash, so a column added
# here later leaves the hash of every earlier record as it was.
SEALED = (
    "sequence", "previous_hash", "entry_id", "entry_code", "title", "province_id", "action",
    "content", "based_on", "number", "reason", "public_note", "author_id", "created_at",
    "submitted_at", "decided_by_id", "decided_at", "decision_note", "is_exercise",
    "is_correction", "privacy_findings", "privacy_reason", "batch_id",
)  # fmt: skip
# The columns that `seal` sets, for `bulk_update`.
SET = ("sequence", "previous_hash", "hash")


def seal(revisions: Iterable[Revision]) -> None:
    """Puts approved `revisions`, complete but for this, at the end of the chain, in their order.

    The caller saves them, in the same transaction, and takes no further lock afterwards.
    """
    head, _created = LedgerHead.objects.select_for_update().get_or_create(pk=1)
    for revision in revisions:
        revision.sequence = head.sequence + 1
        revision.previous_hash = head.hash
        revision.hash = digest(revision)
        head.sequence, head.hash = revision.sequence, revision.hash
    head.save()


def digest(revision: Revision, *, fields: Iterable[str] = SEALED) -> str:
    """The hash that `revision` must carry: SHA-256 over the canonical JSON of its record."""
    return hashlib.sha256(canonical_json(record(revision, fields=fields))).hexdigest()


def record(revision: Revision, *, fields: Iterable[str] = SEALED) -> dict[str, Any]:
    """What of `revision` is under seal."""
    kind = ContentType.objects.get_for_id(revision.entry_type_id)
    values = {name: _plain(getattr(revision, name)) for name in fields}
    values["kind"] = f"{kind.app_label}.{kind.model}"
    return {name: value for name, value in values.items() if value not in EMPTY}


EMPTY: tuple[Any, ...] = (None, "", False, [])


def canonical_json(value: Any) -> bytes:
    """One spelling for one value: keys sorted, no spaces, UTF-8."""
    text = json.dumps(
        value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return text.encode()


def _plain(value: Any) -> Any:
    # Django's encoder would cut the microseconds off.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
