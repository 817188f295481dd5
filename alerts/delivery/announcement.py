"""What one dispatch says: the same facts, in the same words, in every channel."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from alerts.models import Dispatch, Kind, Notice
from locations.models import ExposureLocation, Flight
from portal.publishing import changes
from portal.publishing.changes import Change
from portal.publishing.models import Revision
from portal.publishing.workflow import WITHDRAW
from portal.text import capitalised
from portal.web.templatetags.portal_web import said
from portal.web.times import local


@dataclass(frozen=True)
class Number:
    """Somebody to call."""

    who: str
    number: str
    dialled: str


@dataclass(frozen=True)
class Covered:
    """A place or a flight that the notice is about."""

    name: str
    where: str
    when: tuple[str, ...]
    url: str
    is_withdrawn: bool


# One object is one announcement: what is made of it may be kept by it.
@dataclass(frozen=True, eq=False)
class Announcement:
    """A notice as it is told to somebody who was told `since` of it last (None: nothing yet).

    All texts are in `language`, or in Vietnamese where the office wrote no English; all
    addresses are whole.
    """

    kind: Kind
    language: str
    code: str
    severity: str
    severity_name: str
    title: str
    action: str
    body: str
    numbers: tuple[Number, ...]
    covered: tuple[Covered, ...]
    url: str
    province: str
    province_slug: str
    province_url: str
    office: str
    published_at: datetime
    changed_at: datetime
    until: datetime | None
    change: Change | None
    is_untranslated: bool

    @property
    def label(self) -> str:
        """What a correction or withdrawal is called before its severity; "" for a first message."""
        with translation.override(self.language):
            return {Kind.CORRECTION: _("Correction"), Kind.WITHDRAWAL: _("Withdrawn")}.get(
                self.kind, ""
            )

    @property
    def headline(self) -> str:
        """One line that says where, how urgent and what: a subject, or a title of a message."""
        said = [self.label, capitalised(self.severity_name), self.title]
        return f"[{self.province}] " + ": ".join(filter(None, said))


def announce(
    dispatch: Dispatch, *, kind: Kind, language: str, since: Revision | None
) -> Announcement:
    """What `dispatch` says, as `kind` and in `language`. A fixed number of queries.

    `since` is the revision that the reader was told of last: a correction is told against it.
    """
    notice = Notice.objects.filter(pk=dispatch.notice_id).for_lists().get()
    with translation.override(language):
        numbers = notice.hotlines.all() or notice.province.hotlines.all()
        return Announcement(
            kind=kind,
            language=language,
            code=notice.code,
            severity=notice.severity,
            severity_name=str(notice.get_severity_display()),
            title=said(notice, "title"),
            action=said(notice, "action"),
            body=said(notice, "body"),
            numbers=tuple(Number(said(n, "label"), n.number, n.dialled) for n in numbers),
            covered=tuple(
                [_flight(flight) for flight in notice.flights.all()]
                + [_place(place) for place in notice.locations.all()]
            ),
            url=_whole(notice.get_absolute_url()),
            province=notice.province.name,
            province_slug=notice.province.slug,
            province_url=_whole(notice.province.get_absolute_url()),
            office=said(notice.province, "office"),
            published_at=local(notice.published_at or dispatch.not_before),
            changed_at=local(dispatch.not_before),
            until=notice.listed_until and local(notice.listed_until),
            change=changes.between(notice, since, dispatch.revision) if since else None,
            is_untranslated=language == "en" and not notice.action_en,
        )


def is_unchanged(dispatch: Dispatch, since: Revision) -> bool:
    """Whether who was told `since` last would read nothing new."""
    if since.action == dispatch.revision.action == WITHDRAW:
        return True
    change = changes.between(dispatch.notice, since, dispatch.revision)
    return not (change.rows or change.is_withdrawal or change.is_return)


def _flight(flight: Flight) -> Covered:
    return Covered(
        name=_("Flight %s") % flight.number,
        where=f"{flight.origin_name} – {flight.destination_name}",
        when=(flight.when,),
        url=_whole(flight.get_absolute_url()),
        is_withdrawn=flight.is_withdrawn,
    )


def _place(place: ExposureLocation) -> Covered:
    english = place.name_en if translation.get_language() == "en" else ""
    return Covered(
        name=f"{place.name} ({english})" if english else place.name,
        where=place.full_address,
        when=tuple(window.in_words for window in place.windows.all()) or (_("time not known"),),
        url=_whole(place.get_absolute_url()),
        is_withdrawn=place.is_withdrawn,
    )


def _whole(path: str) -> str:
    return settings.PUBLIC_BASE_URL + path
