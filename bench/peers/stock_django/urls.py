import rows
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from stock_django.models import Row


def page(request: HttpRequest) -> HttpResponse:
    listed = Row.objects.order_by("pk")[: rows.shown()]
    return render(request, "page.html", {"title": "Hải Phòng", "rows": listed})


urlpatterns = [path("", page)]
