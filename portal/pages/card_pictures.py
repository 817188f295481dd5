"""`/Q/<CODE>/<N>.png`: the share card of an entry as a picture."""

import hashlib
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.cards import CARD_KINDS, card_of, picture_path
from locations.share_cards.layout import Card
from locations.share_cards.png import card_png
from portal import clock
from portal.pages.short_address import public_target, read_version
from portal.publishing.models import Entry

# A card says until when it holds, and its code tells what has changed since; so it may be kept.
# Not for longer, because what to do at a place can be said by a notice, which has its own
# revisions.
LIFETIME = timedelta(days=1)
# Counts on when cards are drawn otherwise, so that those who kept one ask for the new one.
DRAWN = 1


@require_safe
def card_picture(request: HttpRequest, code: str, version: str) -> HttpResponseBase:
    """The card of the current revision. An older one leads there; one to come is not found."""
    number, language = read_version(version)
    entry = public_target(code).target
    if not isinstance(entry, CARD_KINDS):
        raise Http404(_("There is no such picture."))
    if not 1 <= number <= entry.revision_number:
        raise Http404(_("There is no such picture yet."))
    at = clock.now()
    with translation.override(language):
        current = picture_path(entry)
        if number < entry.revision_number or request.path != current:
            return redirect(current)
        card = card_of(entry, at)
    digest = hashlib.sha256(f"{DRAWN} {card!r}".encode()).hexdigest()[:32]
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag) or _drawn(card, digest)
    response.headers["ETag"] = etag
    response.headers["Content-Language"] = language
    patch_cache_control(response, public=True, max_age=_lifetime(entry, at))
    return response


def _drawn(card: Card, digest: str) -> HttpResponse:
    picture = cache.get_or_set(
        f"card-{digest}", lambda: card_png(card), int(LIFETIME.total_seconds())
    )
    return HttpResponse(picture, content_type="image/png")


def _lifetime(entry: Entry, at: datetime) -> int:
    """Seconds: while it is current, not beyond the moment at which it is past."""
    until_past = entry.listed_until - at if entry.listed_until else LIFETIME
    current = entry.is_listed(at) and until_past < LIFETIME
    return int((until_past if current else LIFETIME).total_seconds())
