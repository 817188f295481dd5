"""Django admin of officers and revisions, and the base for every kind of entry."""

from portal.publishing.admin.batches import BatchAdmin
from portal.publishing.admin.officers import OfficerAdmin
from portal.publishing.admin.revisions import RevisionAdmin

__all__ = ["BatchAdmin", "OfficerAdmin", "RevisionAdmin"]
