"""A notice as a message of the Common Alerting Protocol (OASIS CAP 1.2), in both languages.

Warning centres, broadcasters and apps read CAP. What they do with a message follows from its
codes, so these are chosen once, here, from what the notice says of itself.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree
from lxml.builder import ElementMaker

from alerts.cap.messages import Message, messages_of, referred_to
from alerts.models import Notice
from locations.models import Division, ExposureLocation
from portal.publishing.models import Entry
from portal.web.language import in_language
from portal.web.templatetags.portal_web import said
from portal.web.times import iso

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}

# By the severity of the notice: CAP's responseType, urgency and severity. Urgent asks for action
# at once ("Immediate"), important soon ("Expected": within the next hour is CAP's own bound).
CODES = {
    Notice.Severity.URGENT: ("Execute", "Immediate", "Severe"),
    Notice.Severity.IMPORTANT: ("Prepare", "Expected", "Moderate"),
    Notice.Severity.INFORMATION: ("Monitor", "Unknown", "Minor"),
}

E = TypeVar("E", bound=Entry)
_cap = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def cap_alert(notice: Notice) -> etree._Element:
    """The newest CAP message of a public `notice`, unsigned; `notice` comes from `for_lists`.

    An exercise is marked as one (`status`); a withdrawn notice is a `Cancel`; each message names
    the earlier ones that it replaces (`references`).
    """
    messages = messages_of(notice)
    newest = messages[-1]
    references = [_reference(notice, message) for message in referred_to(messages)]
    return _cap.alert(
        _cap.identifier(_identifier(notice, newest)),
        _cap.sender(_sender(notice)),
        _cap.sent(iso(newest.sent)),
        _cap.status("Exercise" if notice.is_exercise else "Actual"),
        _cap.msgType(newest.kind),
        _cap.scope("Public"),
        *([_cap.note(notice.public_note)] if notice.public_note else []),
        *([_cap.references(" ".join(references))] if references else []),
        *(_info(notice, newest, language) for language in LANGUAGES),
    )


def _identifier(notice: Notice, message: Message) -> str:
    return f"{urlsplit(settings.PUBLIC_BASE_URL).hostname}-{notice.code}-{message.number}"


def _sender(notice: Notice) -> str:
    return f"{notice.province.slug}@{urlsplit(settings.PUBLIC_BASE_URL).hostname}"


def _reference(notice: Notice, message: Message) -> str:
    return f"{_sender(notice)},{_identifier(notice, message)},{iso(message.sent)}"


def _info(notice: Notice, newest: Message, language: str) -> etree._Element:
    with translation.override(language):
        return _cap.info(*_details(notice, newest, language), *_areas(notice))


def _details(notice: Notice, newest: Message, language: str) -> Iterator[etree._Element]:
    response, urgency, severity = CODES[Notice.Severity(notice.severity)]
    cancelled = newest.kind == "Cancel"
    yield _cap.language(LANGUAGES[language])
    yield _cap.category("Health")
    yield _cap.event(_("Outbreak of an infectious disease"))
    # Withdrawn does not mean safe: it is no "AllClear".
    yield _cap.responseType("None" if cancelled else response)
    yield _cap.urgency("Past" if cancelled else urgency)
    yield _cap.severity(severity)
    yield _cap.certainty("Observed" if _covers_something(notice) else "Likely")
    yield _cap.effective(iso(newest.sent))
    yield _cap.expires(iso(notice.listed_until))
    yield _cap.senderName(said(notice.province, "office") or notice.province.name)
    yield _cap.headline(_headline(notice, cancelled))
    yield from _optional("description", _description(notice))
    yield _cap.instruction(said(notice, "action"))
    address = in_language(notice.get_absolute_url(), language)
    yield _cap.web(settings.PUBLIC_BASE_URL + address)
    yield from _optional("contact", _contact(notice))


def _headline(notice: Notice, cancelled: bool) -> str:
    title = said(notice, "title")
    return _("Withdrawn: %s") % title if cancelled else title


def _description(notice: Notice) -> str:
    """Who it concerns, then each flight and place with its time, a line each."""
    lines = [said(notice, "body")]
    for flight in _standing(notice.flights.all()):
        lines.append(
            _("Flight %(number)s, %(origin)s–%(destination)s: %(when)s")
            % {
                "number": flight.number,
                "origin": flight.origin_name,
                "destination": flight.destination_name,
                "when": flight.when,
            }
        )
    for location in _standing(notice.locations.all()):
        when = "; ".join(window.in_words for window in location.windows.all())
        lines.append(f"{_place(location)}: {when or _('time not known')}")
    return "\n".join(filter(None, lines))


def _contact(notice: Notice) -> str:
    hotlines = notice.hotlines.all() or notice.province.hotlines.all()
    return "; ".join(hotline.in_words for hotline in hotlines)


def _covers_something(notice: Notice) -> bool:
    return bool(_standing([*notice.locations.all(), *notice.flights.all()]))


def _standing(covered: Iterable[E]) -> list[E]:
    """Those of `covered` that have not been withdrawn."""
    return [entry for entry in covered if not entry.is_withdrawn]


def _place(location: ExposureLocation) -> str:
    return ", ".join(filter(None, [said(location, "name"), location.full_address]))


def _areas(notice: Notice) -> Iterator[etree._Element]:
    """The places it covers, each with what is known of where it lies; else the whole province."""
    locations = _standing(notice.locations.all())
    for location in locations:
        point = location.point
        circle = (
            f"{point.latitude:.5f},{point.longitude:.5f} {point.radius / 1000:g}" if point else ""
        )
        yield _cap.area(
            _cap.areaDesc(_place(location)),
            *_optional("circle", circle),
            _geocode(location.unit or notice.province.division),
        )
    if not locations:
        province = notice.province
        yield _cap.area(_cap.areaDesc(province.name), _geocode(province.division))


def _geocode(unit: Division) -> etree._Element:
    """The unit's code of the General Statistics Office, and the year of the decision it is from."""
    return _cap.geocode(_cap.valueName(f"GSO-{unit.pk.partition('-')[0]}"), _cap.value(unit.code))


def _optional(name: str, text: str) -> list[etree._Element]:
    return [_cap(name, text)] if text else []
