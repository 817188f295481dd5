"""As `wagtail start` writes them. wagtail-cache 3.0 refuses Wagtail 8, so the cache in front is
Django's, of which wagtail-cache is a copy that does a little more for each request."""

from stock_django.settings import *  # noqa: F403
from stock_django.settings import DATABASES, FOLDER, INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [
    "wagtail_site",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    *INSTALLED_APPS[1:],
]
# Wagtail's own stands last but the cache, from which a kept page comes before any redirect.
place = next((i for i, name in enumerate(MIDDLEWARE) if "FetchFromCache" in name), len(MIDDLEWARE))
MIDDLEWARE = [
    *MIDDLEWARE[:place],
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    *MIDDLEWARE[place:],
]
ROOT_URLCONF = "wagtail_site.urls"
DATABASES = {"default": DATABASES["default"] | {"NAME": FOLDER / "wagtail.sqlite3"}}
WAGTAIL_SITE_NAME = "peer"
WAGTAILADMIN_BASE_URL = "http://localhost"
