from django.urls import path

from alerts import views
from alerts.feeds.views import feed

urlpatterns = [
    path("feed.atom", feed, name="feed"),
    path("<slug:province>/feed.atom", feed, name="province-feed"),
    path("<slug:province>/thong-bao/", views.NoticeList.as_view(), name="notices"),
    path("<slug:province>/thong-bao/<slug:code>/", views.NoticeDetail.as_view(), name="notice"),
    path("<slug:province>/ca-benh/", views.CaseAnnouncementList.as_view(), name="cases"),
    path(
        "<slug:province>/ca-benh/<slug:code>/",
        views.CaseAnnouncementDetail.as_view(),
        name="case",
    ),
]
