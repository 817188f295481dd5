"""Notices as schema.org `SpecialAnnouncement`, for search engines."""

from typing import Any

from django.conf import settings

from alerts.models import Notice
from portal.web.templatetags.portal_web import said
from portal.web.times import iso

# schema.org asks for the Wikidata entry of what the announcement is about.
COVID_19_PANDEMIC = "https://www.wikidata.org/wiki/Q81068910"


def special_announcement(notice: Notice) -> dict[str, Any]:
    """The notice as a JSON-LD object in the language of the page, without `@context`."""
    url = settings.PUBLIC_BASE_URL + notice.get_absolute_url()
    return {
        "@type": "SpecialAnnouncement",
        "@id": url,
        "url": url,
        "name": said(notice, "title"),
        "text": said(notice, "action"),
        "category": COVID_19_PANDEMIC,
        "datePosted": iso(notice.published_at),
        "expires": iso(notice.listed_until),
        "spatialCoverage": {"@type": "AdministrativeArea", "name": notice.province.name},
        "publisher": {
            "@type": "GovernmentOrganization",
            "name": said(notice.province, "office") or notice.province.name,
        },
    }
