from portal.publishing.models.account_event import AccountEvent
from portal.publishing.models.code import Code
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
    "AccountEvent",
    "Code",
    "Entry",
    "EntryQuerySet",
    "NationwideEntry",
    "NationwideEntryQuerySet",
    "Officer",
    "Publishable",
    "Revision",
    "SharedEntryQuerySet",
]
