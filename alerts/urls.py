from django.urls import include, path

from alerts import views
from alerts.cap.views import cap_certificate, notice_cap, province_cap
from alerts.feeds.views import feed

urlpatterns = [
    path("api/v1/", include("alerts.api.urls")),
    path("feed.atom", feed, name="feed"),
    path("<slug:province>/feed.atom", feed, name="province-feed"),
    path("<slug:province>/thong-bao/", views.NoticeList.as_view(), name="notices"),
    path("du-lieu/cap.pem", cap_certificate, name="cap-certificate"),
    path("<slug:province>/cap.atom", province_cap, name="cap-index"),
    path("<slug:province>/thong-bao/<slug:code>.cap.xml", notice_cap, name="notice-cap"),
    path("<slug:province>/ca-benh/", views.CaseAnnouncementList.as_view(), name="cases"),
]
