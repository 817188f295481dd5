"""Public pages of notices and case announcements."""

from typing import Any

from alerts.filters import CaseAnnouncementFilter, NoticeFilter
from alerts.json_ld import special_announcement
from alerts.models import CaseAnnouncement, Notice
from portal.publishing.views import EntryDetailView, EntryListView


class NoticeList(EntryListView):
    model = Notice
    filterset_class = NoticeFilter
    template_name = "alerts/notice_list.html"


class NoticeDetail(EntryDetailView):
    model = Notice
    template_name = "alerts/notice_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Search engines are told of what is real only, and forget what is withdrawn.
        notice = self.object
        holds = not (notice.is_exercise or notice.is_withdrawn)
        announced = [special_announcement(notice)] if holds else []
        return super().get_context_data(json_ld=announced, **kwargs)


class CaseAnnouncementList(EntryListView):
    model = CaseAnnouncement
    filterset_class = CaseAnnouncementFilter
    template_name = "alerts/case_list.html"


class CaseAnnouncementDetail(EntryDetailView):
    model = CaseAnnouncement
    template_name = "alerts/case_detail.html"
