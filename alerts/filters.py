"""Filters of the lists of notices and case announcements."""

from portal.publishing.filters import DatedEntryFilter, EntryFilter


class NoticeFilter(EntryFilter):
    """A notice is found by its text and by when it was announced."""


class CaseAnnouncementFilter(DatedEntryFilter):
    """Case announcements are also found by the days they count."""
