"""Django admin of officers and revisions, and the base from which every kind of entry takes its own."""

from portal.publishing.admin.officers import OfficerAdmin
from portal.publishing.admin.revisions import RevisionAdmin

__all__ = ["OfficerAdmin", "RevisionAdmin"]
