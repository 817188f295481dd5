"""What search engines should know: every current and past page, in both languages."""

from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from alerts.models import CaseAnnouncement, Notice
from locations.models import ExposureLocation, Flight, Province
from portal.publishing.models import Entry
from portal.publishing.models.publishable import State


class PortalSitemap(Sitemap):
    i18n = True
    alternates = True
    x_default = True
    protocol = "https" if settings.HTTPS else "http"


class FixedPages(PortalSitemap):
    def items(self) -> list[str]:
        return ["home", "check", "all-flights", "verify"]

    def location(self, item: str) -> str:
        return reverse(item)


class Provinces(PortalSitemap):
    priority = 1.0

    def items(self) -> Any:
        return Province.objects.public().order_by("pk")


class Entries(PortalSitemap):
    """Entries of one kind; withdrawn ones have an address but are nothing to search for."""

    limit = 10_000

    def __init__(self, model: Any) -> None:
        self.model = model

    def items(self) -> Any:
        public = self.model.objects.public().select_related("province")
        return public.filter(state=State.PUBLISHED).order_by("pk")

    def lastmod(self, item: Entry) -> Any:
        return item.updated_at


SITEMAPS = {
    "pages": FixedPages(),
    "provinces": Provinces(),
    "notices": Entries(Notice),
    "locations": Entries(ExposureLocation),
    "flights": Entries(Flight),
    "cases": Entries(CaseAnnouncement),
}


def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /en/admin/",
        f"Sitemap: {settings.PUBLIC_BASE_URL}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
