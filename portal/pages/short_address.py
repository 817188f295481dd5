"""`/Q/<CODE>`: the permanent short address behind every printed code."""

import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.cards import CARD_KINDS, ENGLISH_MARK
from locations.qr.pictures import entry_code
from portal.pages.codes import Found, find
from portal.publishing.models import Code
from portal.publishing.views import REVISION_PARAMETER
from portal.web.page_cache.declaring import cached_page

# What a card's code holds behind the code of its entry: 2, or 2E on an English card.
VERSION = re.compile(rf"(?P<number>[0-9]{{1,9}})(?P<english>{ENGLISH_MARK})?", re.IGNORECASE)


@cached_page()
@require_safe
def short_address(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """Leads to a page of this portal, never elsewhere: a code to follow an account leads to the
    page that names the account, and only that page links to the account's own host."""
    return redirect(public_target(code).address)


@cached_page()
@require_safe
def card_address(request: HttpRequest, code: str, version: str) -> HttpResponseRedirect:
    """From a picture to the page of its entry, which says what has changed since."""
    number, language = read_version(version)
    found = public_target(code)
    with translation.override(language):
        address = found.address
    is_pictured = isinstance(found.target, CARD_KINDS)
    return redirect(f"{address}?{REVISION_PARAMETER}={number}" if is_pictured else address)


@require_safe
def short_address_image(
    request: HttpRequest, code: str, extension: str, digest: str | None = None
) -> HttpResponseBase:
    """The QR code of a short address, for the printed page of an entry."""
    get_object_or_404(Code, value=code)
    return entry_code(code).answer(request, digest, extension)


def public_target(code: str) -> Found:
    """What `code` leads to; Http404 if that is nothing, or nothing public."""
    found = find(code)
    if found is None:
        raise Http404(_("There is no such code. Compare it with the printed one."))
    if found.target is None:
        raise Http404(_("What this code leads to is not public."))
    return found


def read_version(version: str) -> tuple[int, str]:
    """The number of the revision and the language of a card: "2e" → (2, "en").

    Raises Http404 for anything else.
    """
    read: Any = VERSION.fullmatch(version)
    if read is None:
        raise Http404(_("There is no such picture."))
    return int(read["number"]), "en" if read["english"] else settings.LANGUAGE_CODE
