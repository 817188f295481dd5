"""`/Q/<CODE>/<N>.png`: the share card of an entry as a picture."""

from datetime import datetime
from typing import cast

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.cards import CARD_KINDS, card_digest, card_of, picture_path, version_of
from locations.share_cards.layout import Card
from locations.share_cards.png import card_png
from portal import clock
from portal.pages.short_address import public_target, read_version
from portal.publishing.models import Entry
from portal.web.pictures import PLAIN, moved, picture_answer

# Seconds for which a drawn picture is kept here, for the next who asks.
KEPT = 24 * 60 * 60


@require_safe
def card_picture(
    request: HttpRequest, code: str, version: str, digest: str = ""
) -> HttpResponseBase:
    """The card of the current revision. An older one leads there; one to come is not found.

    What a card says also changes without a revision of its entry: when it is past, and when a
    notice says otherwise what to do. Then the `digest` in its address is another one.
    """
    number, language = read_version(version)
    entry = public_target(code).target
    if not isinstance(entry, CARD_KINDS):
        raise Http404(_("There is no such picture."))
    if not 1 <= number <= entry.revision_number:
        raise Http404(_("There is no such picture yet."))
    at = clock.now()
    with translation.override(language):
        card = card_of(entry, at)
        plain = reverse("card", args=[entry.code, version_of(entry)])
        address = picture_path(entry, card)
    if request.path not in (plain, address):
        return moved(address)
    drawn = card_digest(card)
    response = picture_answer(
        request,
        lambda: _picture(card, drawn),
        digest=drawn,
        content_type="image/png",
        seconds=_seconds_at_most(entry, at) if request.path == plain else None,
    )
    response.headers["Content-Language"] = language
    return response


def _picture(card: Card, drawn: str) -> bytes:
    return cast(bytes, cache.get_or_set(f"card-{drawn}", lambda: card_png(card), KEPT))


def _seconds_at_most(entry: Entry, at: datetime) -> int:
    """While it is current, not beyond the moment at which it is past."""
    left = (entry.listed_until - at).total_seconds() if entry.listed_until else PLAIN
    return int(min(PLAIN, left)) if entry.is_listed(at) else PLAIN
