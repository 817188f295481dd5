from django.urls import path

from alerts import views

urlpatterns = [
    path("<slug:province>/thong-bao/", views.NoticeList.as_view(), name="notices"),
    path("<slug:province>/ca-benh/", views.CaseAnnouncementList.as_view(), name="cases"),
]
