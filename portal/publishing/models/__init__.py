from portal.publishing.models.code import Code
from portal.publishing.models.officer import Officer
from portal.publishing.models.publishable import Entry, EntryQuerySet, Publishable
from portal.publishing.models.revision import Revision

__all__ = ["Code", "Entry", "EntryQuerySet", "Officer", "Publishable", "Revision"]
