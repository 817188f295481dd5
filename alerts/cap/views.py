"""CAP messages at their addresses: of one notice, and the index of a province."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from lxml import etree

from alerts.cap.alert import cap_alert
from alerts.cap.messages import messages_of
from alerts.cap.signing import signed
from alerts.models import Notice
from portal.publishing.views import public_province
from portal.web.atom import vietnamese
from portal.web.language import in_language
from portal.web.page_cache.declaring import cached_page
from portal.web.templatetags.portal_web import said

CONTENT_TYPE = "application/cap+xml"
# A warning centre that was away for a while finds the latest of them.
NEWEST = 50


@cached_page()
@require_safe
def notice_cap(request: HttpRequest, province: str, code: str) -> HttpResponse:
    """The newest CAP message of one notice; of an exercise too, which says that it is one."""
    notices = Notice.objects.reachable().for_lists()
    notice = notices.filter(province__slug=province, code=code).first()
    if notice is None:
        raise Http404(_("There is no entry with this code."))
    message = etree.tostring(signed(cap_alert(notice)), xml_declaration=True, encoding="UTF-8")
    return HttpResponse(message, content_type=CONTENT_TYPE)


@cached_page()
@require_safe
def province_cap(request: HttpRequest, province: str) -> HttpResponse:
    """The newest CAP messages of a province, cancellations among them, as an Atom feed."""
    publisher = public_province(province)
    base = settings.PUBLIC_BASE_URL
    # The messages hold both languages, and so their index is the same under every address.
    with translation.override(settings.LANGUAGE_CODE):
        home = in_language(publisher.get_absolute_url(), settings.LANGUAGE_CODE)
        index = in_language(request.path, settings.LANGUAGE_CODE)
        feed = CapIndex(
            title=_("Notices of %s as CAP messages") % publisher.name,
            link=base + home,
            feed_url=base + index,
            feed_guid=base + index,
            description="",
            language=settings.LANGUAGE_CODE,
            author_name=publisher.office or publisher.name,
        )
        notices = Notice.objects.public().filter(province=publisher).for_lists()
        for notice in notices.order_by("-updated_at", "-pk")[:NEWEST]:
            _add(feed, notice, base)
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def _add(feed: Atom1Feed, notice: Notice, base: str) -> None:
    messages = messages_of(notice)
    newest = messages[-1]
    title = _("Withdrawn: %s") % notice.title if newest.kind == "Cancel" else notice.title
    page = base + notice.get_absolute_url()
    feed.add_item(
        title=title,
        link=page,
        unique_id=page,
        description=said(notice, "action"),
        pubdate=vietnamese(messages[0].sent),
        updateddate=vietnamese(newest.sent),
        cap_url=f"{base}{notice.get_absolute_url().rstrip('/')}.cap.xml",
    )


class CapIndex(Atom1Feed):
    """An Atom feed whose entries also link to their CAP message."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement(
            "link", "", {"rel": "enclosure", "type": CONTENT_TYPE, "href": item["cap_url"]}
        )


@require_safe
def cap_certificate(request: HttpRequest) -> HttpResponse:
    """The certificate by which anybody can check that a message is from this portal."""
    if settings.CAP_SIGNING is None:
        raise Http404(_("This portal does not sign its CAP messages."))
    return HttpResponse(settings.CAP_SIGNING.certificate, content_type="application/x-pem-file")
