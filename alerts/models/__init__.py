from alerts.models.case_announcement import CaseAnnouncement
from alerts.models.delivery import Allowance, DeadLetter, Delivery, DeliveryCount
from alerts.models.dispatch import Dispatch, Kind
from alerts.models.figure import Figure
from alerts.models.guidance import Guidance
from alerts.models.notice import Notice, NoticeHotline
from alerts.models.subscription import Subscription
from alerts.models.zalo import ZaloArticle, ZaloConnection, ZaloFollower, ZaloSending

__all__ = [
    "Allowance",
    "CaseAnnouncement",
    "DeadLetter",
    "Delivery",
    "DeliveryCount",
    "Dispatch",
    "Figure",
    "Guidance",
    "Kind",
    "Notice",
    "NoticeHotline",
    "Subscription",
    "ZaloArticle",
    "ZaloConnection",
    "ZaloFollower",
    "ZaloSending",
]
