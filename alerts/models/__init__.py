from alerts.models.case_announcement import CaseAnnouncement
from alerts.models.figure import Figure
from alerts.models.guidance import Guidance
from alerts.models.notice import Notice, NoticeHotline

__all__ = ["CaseAnnouncement", "Figure", "Guidance", "Notice", "NoticeHotline"]
