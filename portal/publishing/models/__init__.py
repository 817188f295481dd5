from portal.publishing.models.code import Code
from portal.publishing.models.ledger_head import LedgerHead
from portal.publishing.models.officer import Officer
from portal.publishing.models.publishable import (
    Entry,
    EntryQuerySet,
    NationwideEntry,
    Publishable,
    SharedEntryQuerySet,
)
from portal.publishing.models.revision import Revision

__all__ = [
    "Code",
    "Entry",
    "EntryQuerySet",
    "LedgerHead",
    "NationwideEntry",
    "Officer",
    "Publishable",
    "Revision",
    "SharedEntryQuerySet",
]
