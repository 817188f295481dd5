"""The WSGI application that the server runs: Django, and finished pages in front of it."""

import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

django = get_wsgi_application()
application: Any = django
if settings.PAGE_CACHE_MB:
    # Models can be imported from here on.
    from portal.publishing import versions
    from portal.web.page_cache import PageCache

    application = PageCache(django, read=versions.read, megabytes=settings.PAGE_CACHE_MB)
