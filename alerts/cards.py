"""What the share card of an entry says, in the active language; and the text to send with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alerts.models import CaseAnnouncement, Notice
from alerts.what_to_do import Action, actions_for
from locations.models import ExposureLocation, Flight
from locations.qr.codes import CODE_PATH, printed_url
from locations.share_cards.layout import HEIGHT, WIDTH, Card
from locations.share_cards.signs import Sign
from portal import clock
from portal.publishing import changes
from portal.publishing.models import Entry
from portal.web.pictures import picture_digest
from portal.web.templatetags.portal_web import said
from portal.web.times import end_of, shown

# The kinds of entry that have a page of their own, and with it a card.
CARD_KINDS: tuple[type[Entry], ...] = (Notice, ExposureLocation, Flight, CaseAnnouncement)
# What draws cards, with the packages that it draws with.
DRAWN_BY = ("locations/posters", "locations/qr", "locations/share_cards", "requirements.txt")
# More names than these are on the page only.
NAMES_SHOWN = 12
# Behind the number of the revision, on an English card.
ENGLISH_MARK = "E"


@dataclass(frozen=True, slots=True)
class Share:
    """What a page offers to send on: a card, the path of its picture, a text."""

    card: Card
    picture: str
    message: str
    file_name: str
    width: int = WIDTH
    height: int = HEIGHT


def share_of(
    entry: Entry, at: datetime | None = None, *, actions: Sequence[Action] | None = None
) -> Share | None:
    """What can be sent on of a public `entry`; None for an exercise, which nobody is to send."""
    if entry.is_exercise or not isinstance(entry, CARD_KINDS):
        return None
    card = card_of(entry, at or clock.now(), actions=actions)
    file_name = f"{entry.province.slug}-{entry.code}-{version_of(entry)}.png"
    return Share(card, picture_path(entry, card), message_of(entry, card), file_name)


def version_of(entry: Entry) -> str:
    """What a card of `entry` is a picture of: the revision's number, and its language: 2, 2E."""
    return f"{entry.revision_number}{ENGLISH_MARK if get_language() == 'en' else ''}"


def picture_path(entry: Entry, card: Card) -> str:
    """Where the picture of exactly this `card` of `entry` is."""
    return reverse("card", args=[entry.code, version_of(entry), card_digest(card)])


def card_digest(card: Card) -> str:
    """Another one whenever the picture of `card` would be another."""
    return picture_digest(card, drawn_by=DRAWN_BY)


def card_of(entry: Entry, at: datetime, *, actions: Sequence[Action] | None = None) -> Card:
    """The card of an entry that residents may open, as things stand at `at`.

    `actions` are those of `actions_for`, for who has asked already.
    """
    wording = _WORDINGS[type(entry)]
    withdrawn, listed = entry.is_withdrawn, entry.is_listed(at)
    actions = actions_for([entry], at)[entry] if actions is None else actions
    label, action = _what_to_do(entry, actions)
    kind = capfirst(wording.kind(entry))
    return Card(
        language=get_language() or settings.LANGUAGE_CODE,
        sign=Sign.WITHDRAWN if withdrawn else wording.sign(entry) if listed else Sign.PAST,
        kind=kind if withdrawn or listed else _("%(kind)s (past)") % {"kind": kind},
        province=entry.province.name,
        issuer=entry.province.issuer,
        headline=capfirst(wording.headline(entry)),
        about=wording.about(entry),
        when=wording.when(entry),
        action_label="" if withdrawn else label,
        action=_why_withdrawn(entry) if withdrawn else action,
        posted=_posted(entry, at),
        url=printed_url(settings.PUBLIC_BASE_URL, entry.code, version_of(entry)),
        scan_label=_("Scan to see whether this still holds"),
        address_label=_("Or open exactly this address:"),
        ending=_("… see the page"),
        stamp=_("WITHDRAWN") if withdrawn else "",
    )


def message_of(entry: Entry, card: Card) -> str:
    """`card` as a text, for those who send words."""
    address = f"{settings.PUBLIC_BASE_URL}/{CODE_PATH}/{entry.code}/{version_of(entry)}"
    action = f"{card.action_label}: {card.action}" if card.action_label else card.action
    lines = (
        card.stamp,
        card.title,
        card.headline,
        card.when,
        card.about,
        action,
        card.posted,
        _("Check here: %(address)s") % {"address": address},
    )
    return "\n".join(filter(None, lines))


def _what_to_do(entry: Entry, actions: Sequence[Action]) -> tuple[str, str]:
    """Whom it is for, and what they are to do."""
    if actions:
        texts = dict.fromkeys(capfirst(action.text.strip()) for action in actions)
        return _label(entry, actions[0]), "\n".join(texts)
    if isinstance(entry, CaseAnnouncement):
        linked = entry.locations.all() or entry.flights.all()
        if linked:
            return _("What to do"), _("See whether you were at a place linked to these cases")
        return _("What to do"), _("Read the notices of the province: what to do, whom to call")
    hotline = next(iter(entry.province.hotlines.all()), None)
    if hotline:
        return _("If you were there"), _("Call %(number)s") % {"number": hotline.number}
    return "", _("Were you there then?")


def _label(entry: Entry, action: Action) -> str:
    if action.notice:
        kind = action.notice.get_severity_display()
        return _("If you were there (%(kind)s)") % {"kind": kind}
    return _("What to do") if isinstance(entry, Notice) else _("If you were there")


def _why_withdrawn(entry: Entry) -> str:
    why = _("Why: %(reason)s") % {"reason": entry.public_note} if entry.public_note else ""
    return " ".join(filter(None, [_("Do not act on this any more."), why]))


def _posted(entry: Entry, at: datetime) -> str:
    """Until when it holds, when it was added, and when it was last changed."""
    parts = []
    if entry.is_withdrawn and entry.updated_at:
        parts.append(_("Withdrawn %(at)s") % {"at": shown(entry.updated_at)})
    elif entry.listed_until:
        words = (
            _("In force until %(day)s") if entry.is_listed(at) else _("Was current until %(day)s")
        )
        parts.append(words % {"day": shown(end_of(entry.listed_until))})
    if entry.published_at:
        parts.append(_("Posted %(at)s") % {"at": shown(entry.published_at)})
    if entry.updated_at and entry.is_corrected and not entry.is_withdrawn:
        told = {"at": shown(entry.updated_at), "number": changes.count(entry)}
        parts.append(_("Corrected %(at)s (change %(number)s)") % told)
    return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a kind of entry is told on a card."""

    sign: Callable[[Any], Sign]
    kind: Callable[[Any], str]
    headline: Callable[[Any], str]
    about: Callable[[Any], str]
    when: Callable[[Any], str]


def _covered(notice: Notice) -> str:
    """What it names, but for what its title says already."""
    title = said(notice, "title").casefold()
    flights = [entry for entry in notice.flights.all() if not entry.is_withdrawn]
    places = [entry for entry in notice.locations.all() if not entry.is_withdrawn]
    names = [_("flight %(number)s") % {"number": flight.number} for flight in flights]
    names += [said(place, "name") for place in places]
    unsaid = [name for name in names if name.casefold() not in title]
    more = ", …" if len(unsaid) > NAMES_SHOWN else ""
    return capfirst(", ".join(unsaid[:NAMES_SHOWN]) + more)


def _place_name(place: ExposureLocation) -> str:
    english = place.name_en if get_language() == "en" else ""
    return f"{place.name} ({english})" if english else place.name


def _windows(place: ExposureLocation) -> str:
    return "; ".join(window.when for window in place.windows.all()) or _("time not known")


def _route(flight: Flight) -> str:
    route = _("from %(origin)s (%(from)s) to %(destination)s (%(to)s)") % {
        "origin": flight.origin_name,
        "from": flight.origin,
        "destination": flight.destination_name,
        "to": flight.destination,
    }
    rows = " ".join([_("Seat rows"), flight.seat_rows]) if flight.seat_rows else ""
    return " · ".join(filter(None, [capfirst(route), rows]))


def _where(case: CaseAnnouncement) -> str:
    if case.ward:
        return case.ward.path_name(case.ends_on)
    names = ", ".join(province.name for province in case.provinces)
    return " ".join([names, _("(counted together)")]) if len(case.provinces) > 1 else names


def _period(case: CaseAnnouncement) -> str:
    return " – ".join(dict.fromkeys((shown(case.starts_on), shown(case.ends_on))))


_WORDINGS: dict[type[Model], _Wording] = {
    Notice: _Wording(
        sign=lambda notice: Sign(notice.severity),
        kind=lambda notice: notice.get_severity_display(),
        headline=lambda notice: said(notice, "title"),
        about=_covered,
        when=lambda notice: "",
    ),
    ExposureLocation: _Wording(
        sign=lambda place: Sign.PLACE,
        kind=lambda place: _("Exposure location"),
        headline=_place_name,
        about=lambda place: place.full_address,
        when=_windows,
    ),
    Flight: _Wording(
        sign=lambda flight: Sign.FLIGHT,
        kind=lambda flight: _("Flight linked to cases"),
        headline=lambda flight: flight.number,
        about=_route,
        when=lambda flight: cast(str, flight.when),
    ),
    CaseAnnouncement: _Wording(
        sign=lambda case: Sign.CASES,
        kind=lambda case: _("Case announcement"),
        headline=str,
        about=_where,
        when=_period,
    ),
}
