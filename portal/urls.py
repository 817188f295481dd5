"""Addresses. Vietnamese pages have no prefix; /en/ before any of them is the English one."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from portal.pages.card_pictures import card_picture
from portal.pages.short_address import card_address, short_address, short_address_image
from portal.pages.sitemaps import SITEMAPS, robots
from portal.web.health import healthz, readyz
from portal.web.installing import manifest
from portal.web.offline import offline_page, service_worker
from portal.web.pictures import DIGEST

handler404 = "portal.pages.errors.page_not_found"
handler500 = "portal.pages.errors.server_error"

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("robots.txt", robots),
    path("sw.js", service_worker, name="service-worker"),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("images/mark.svg"))),
    path("sitemap.xml", sitemap_views.index, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        sitemap_views.sitemap,
        {"sitemaps": SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    re_path(r"^[Qq]/(?P<code>[0-9A-Za-z]{1,12})/?$", short_address, name="short-address"),
    re_path(
        rf"^Q/(?P<code>[0-9A-Z]{{1,12}}){DIGEST}\.(?P<extension>svg|png)$",
        short_address_image,
        name="entry-qr",
    ),
    re_path(
        r"^[Qq]/(?P<code>[0-9A-Za-z]{1,12})/(?P<version>[0-9]{1,9}[Ee]?)/?$",
        card_address,
        name="card-address",
    ),
    re_path(
        rf"^[Qq]/(?P<code>[0-9A-Za-z]{{1,12}})/(?P<version>[0-9]{{1,9}}[Ee]?){DIGEST}\.png$",
        card_picture,
        name="card",
    ),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("manifest.webmanifest", manifest, name="manifest"),
        path("ngoai-tuyen/", offline_page, name="offline"),
        path("", include("locations.urls")),
        path("", include("alerts.urls")),
        path("", include("portal.pages.urls")),
        prefix_default_language=False,
    ),
]
