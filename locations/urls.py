from django.urls import path

from locations import views

urlpatterns = [
    path("chuyen-bay/", views.FlightList.as_view(), name="all-flights"),
    path("<slug:province>/dia-diem/", views.ExposureLocationList.as_view(), name="locations"),
    path("<slug:province>/ban-do.json", views.ExposureLocationMap.as_view(), name="places-map"),
    path("<slug:province>/chuyen-bay/", views.FlightList.as_view(), name="flights"),
]
