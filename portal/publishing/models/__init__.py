from portal.publishing.models.account_event import AccountEvent
from portal.publishing.models.batch import Batch
from portal.publishing.models.code import Code
from portal.publishing.models.content_version import ContentVersion
from portal.publishing.models.ledger_head import LedgerHead
from portal.publishing.models.officer import Officer
from portal.publishing.models.publishable import (
    Entry,
    EntryQuerySet,
    NationwideEntry,
    NationwideEntryQuerySet,
    Publishable,
    SharedEntryQuerySet,
)
from portal.publishing.models.revision import Revision

__all__ = [
    "Batch",
    "AccountEvent",
    "Code",
    "ContentVersion",
    "Entry",
    "EntryQuerySet",
    "LedgerHead",
    "NationwideEntry",
    "NationwideEntryQuerySet",
    "Officer",
    "Publishable",
    "Revision",
    "SharedEntryQuerySet",
]
