"""The Atom feeds: of the country, of a province, of one of its wards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from alerts.feeds.selection import Item, newest, wards_of
from alerts.models import Notice
from locations.models import Division, Province
from portal import clock
from portal.publishing.open_data.dataset import status_of
from portal.publishing.views import public_province
from portal.web.atom import AtomFeed, Category, vietnamese
from portal.web.language import in_language
from portal.web.page_cache.declaring import cached_page


@dataclass(frozen=True)
class Scope:
    """What one feed is about, as it is public at `at`."""

    at: datetime
    province: Province | None = None
    ward: Division | None = None


class EntryFeed(Feed):
    feed_type = AtomFeed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Scope:
        at = clock.now()
        slug, ward = kwargs.get("province"), request.GET.get("ward")
        if slug is None:
            if ward is not None:
                raise Http404(_("The feed of a ward is at the address of its province."))
            return Scope(at)
        province = public_province(slug)
        return Scope(at, province, _ward(province, ward, at) if ward is not None else None)

    # --- the feed

    def title(self, scope: Scope) -> str:
        names = [scope.ward.full_name] if scope.ward else []
        names.append(scope.province.name if scope.province else _("Việt Nam"))
        return _("%(where)s: urgent notices, places, flights and cases") % {
            "where": ", ".join(names)
        }

    def subtitle(self, scope: Scope) -> str:
        return _(
            "What is new, corrected or withdrawn. This is for a feed reader, an app that collects "
            "news; copy this address into it: %(address)s"
        ) % {"address": self.feed_url(scope)}

    def link(self, scope: Scope) -> str:
        return settings.PUBLIC_BASE_URL + _page_of(scope)

    def feed_url(self, scope: Scope) -> str:
        return settings.PUBLIC_BASE_URL + feed_address(scope.province, scope.ward)

    def feed_guid(self, scope: Scope) -> str:
        return self.feed_url(scope)

    def author_name(self, scope: Scope) -> str:
        return scope.province.issuer if scope.province else _("Public health notices")

    def author_link(self, scope: Scope) -> str:
        return self.link(scope)

    def feed_extra_kwargs(self, scope: Scope) -> dict[str, Any]:
        # Nothing has changed yet where nothing is: the day, so that it stays the same for a while.
        began = scope.province.updated_at if scope.province else None
        updated = began or scope.at.replace(hour=0, minute=0, second=0)
        return {"style": static("css/feed.css"), "updated": vietnamese(updated)}

    # --- its items

    def items(self, scope: Scope) -> list[Item]:
        return newest(scope.at, province=scope.province, ward=scope.ward)

    def item_title(self, item: Any) -> str:
        return render_to_string("feeds/title.txt", {"item": item, "entry": item.entry}).strip()

    def item_description(self, item: Any) -> Any:
        return None  # there is `content`

    def item_link(self, item: Item) -> str:
        return settings.PUBLIC_BASE_URL + item.entry.get_absolute_url()

    def item_guid(self, item: Item) -> str:
        """A tag by RFC 4151, which stays when the portal moves to https. The English text of an
        entry is an entry of its own: who follows both gets both."""
        host = urlsplit(settings.PUBLIC_BASE_URL).hostname
        day = f"{vietnamese(item.entry.published_at):%Y-%m-%d}"
        language = get_language()
        suffix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
        return f"tag:{host},{day}:{item.entry.code}{suffix}"

    def item_pubdate(self, item: Item) -> datetime:
        return vietnamese(item.entry.published_at)

    def item_updateddate(self, item: Item) -> datetime:
        return vietnamese(item.entry.updated_at)

    def item_author_name(self, item: Item) -> str:
        return item.entry.province.issuer

    def item_author_link(self, item: Item) -> str:
        return settings.PUBLIC_BASE_URL + item.entry.province.get_absolute_url()

    def item_extra_kwargs(self, item: Item) -> dict[str, Any]:
        context = {
            "item": item,
            "entry": item.entry,
            "change": item.change,
            "url": self.item_link(item),
        }
        return {
            "content": render_to_string(f"feeds/{item.kind}.html", context),
            "labelled": list(_categories(item)),
        }


@cached_page(ward="[0-9]{4}-[0-9]{1,5}")
@conditional_page
@require_safe
def feed(request: HttpRequest, province: str | None = None) -> HttpResponse:
    return EntryFeed()(request, province=province)


def feed_address(province: Province | None = None, ward: Division | None = None) -> str:
    """Where the feed of the country, of `province`, or of a `ward` of it is."""
    if province is None:
        return reverse("feed")
    query = f"?{urlencode({'ward': ward.pk})}" if ward else ""
    return reverse("province-feed", args=[province.slug]) + query


def _ward(province: Province, key: str, at: datetime) -> Division:
    ward = wards_of(province, at).filter(pk=key).first()
    if ward is None:
        raise Http404(
            _("“ward”: %(name)s has listed nothing in a ward with the key “%(key)s”. The page "
              "“Follow” names the wards that have a feed.")
            % {"name": province.name, "key": key[:20]}
        )  # fmt: skip
    return ward


def _page_of(scope: Scope) -> str:
    if scope.province is None:
        return reverse("home")
    if scope.ward is None:
        return scope.province.get_absolute_url()
    query = urlencode({"ward": scope.ward.pk, "status": "all"})
    return f"{reverse('locations', args=[scope.province.slug])}?{query}"


def _categories(item: Item) -> Iterable[Category]:
    """What the entry is and where it stands, by terms that are the same in both languages."""
    page = in_language(reverse("open-data"), settings.LANGUAGE_CODE)
    explained = f"{settings.PUBLIC_BASE_URL}{page}"
    entry = item.entry
    yield Category(item.kind, f"{explained}#kind", str(entry._meta.verbose_name))
    if isinstance(entry, Notice):
        yield Category(entry.severity, f"{explained}#severity", entry.get_severity_display())
    status = status_of(entry, clock.now())
    yield Category(status.value, f"{explained}#status", str(status.label))
    if item.change and not entry.is_withdrawn:
        yield Category("corrected", f"{explained}#status", _("corrected"))
