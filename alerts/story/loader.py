"""The facts of a story, published as staff would: one person writes, another approves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from alerts.story.reader import (
    CaseFacts,
    FigureFacts,
    FlightFacts,
    GuidanceFacts,
    LocationFacts,
    NoticeFacts,
    ProvinceFacts,
    Story,
)
from locations.mergers import continuing_division, mergers_of
from locations.models import Division, ExposureLocation, Flight, Province
from locations.models.flight import normalise_number
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Officer, Publishable
from portal.text import fold


@dataclass
class StoryLoader:
    """Publishes a story; `author` writes and `approver` approves each of its entries."""

    story: Story
    author: Officer
    approver: Officer
    provinces: dict[str, Province] = field(default_factory=dict)
    flights: dict[tuple[str, str], Flight] = field(default_factory=dict)
    locations: dict[tuple[str, str], ExposureLocation] = field(default_factory=dict)

    @transaction.atomic
    def load(self) -> int:
        """Publishes everything or nothing; returns how many entries it published.

        Raises ValidationError that names the fact which cannot be true.
        """
        published = [
            *self._each("provinces", self._province),
            *self._successors(),
            *self._each("flights", self._flight),
            *self._each("exposure_locations", self._location),
            *self._each("notices", self._notice),
            *self._each("case_announcements", self._cases),
            *self._each("figures", self._figure),
            *self._each("guidance", self._guidance),
        ]
        return len(published)

    def _each(self, name: str, publish_one: Any) -> list[Publishable]:
        published = []
        for position, facts in enumerate(getattr(self.story, name)):
            try:
                published.append(publish_one(facts))
            except (ValidationError, ObjectDoesNotExist, Division.MultipleObjectsReturned) as error:
                raise ValidationError(f"{name}[{position}]: {_words(error)}") from error
        return published

    def _publish(self, entry: Publishable, *, children: Any = None, links: Any = None) -> Any:
        content = contents.content_of(entry, children=children, links=links)
        revision = workflow.save_draft(entry=entry, content=content, by=self.author)
        workflow.submit(revision=revision, by=self.author)
        workflow.approve(revision=revision, by=self.approver)
        return type(entry)._default_manager.get(code=entry.code)

    def _of(self, slug: str) -> Province:
        if slug not in self.provinces:
            raise ValidationError(f"“{slug}” is none of the story's provinces")
        return self.provinces[slug]

    def _province(self, facts: ProvinceFacts) -> Province:
        account, feature = facts.official_account, facts.menu_feature
        province = Province(
            slug=facts.slug,
            name=facts.name,
            division=Division.objects.provinces().get(
                code=facts.gso_code, valid_to__gte=self.story.published
            ),
        )
        children = {
            "accounts": [province.accounts.model(channel=account.channel, name=account.name)],
            "links": [province.links.model(**feature.model_dump())],
        }
        self.provinces[facts.slug] = self._publish(province, children=children)
        return self.provinces[facts.slug]

    def _successors(self) -> list[Province]:
        """Pages of what the story's provinces have become part of, for their pages to link to."""
        published = []
        for province in self.provinces.values():
            for merger in mergers_of(province):
                if merger.page is None:
                    heir = continuing_division(merger.unit)
                    page = Province(
                        name=merger.unit.name, slug=slugify(fold(heir.name)), division=heir
                    )
                    published.append(self._publish(page))
        return published

    def _flight(self, facts: FlightFacts) -> Flight:
        at = timezone.localtime(facts.at)
        number = normalise_number(facts.number)
        flight = Flight(
            province=self._of(facts.notice),
            announced_on=self.story.published,
            number=number,
            date=at.date(),
            local_time=at.time(),
            time_kind=TIME_KINDS[facts.at_is.split(":")[0]],
            origin=facts.origin[:3],
            destination=facts.destination[:3],
            **self._action_about(facts.notice, facts.number),
        )
        self.flights[facts.notice, facts.number] = self._publish(flight)
        return self.flights[facts.notice, facts.number]

    def _location(self, facts: LocationFacts) -> ExposureLocation:
        province = self._of(facts.province)
        location = ExposureLocation(
            province=province,
            announced_on=self.story.published,
            ward=Division.objects.find(
                province_name=province.name,
                district_name=facts.district,
                ward_name=facts.ward,
                on=self.story.published,
            ),
            **facts.model_dump(include={"name", "name_en", "kind", "address", "note", "note_en"}),
            **self._action_about(facts.province, facts.name),
        )
        window = location.windows.model(starts_on=facts.first, ends_on=facts.last)
        published = self._publish(location, children={"windows": [window]})
        self.locations[facts.province, facts.name] = published
        return published

    def _action_about(self, province: str, name: str) -> dict[str, str]:
        """What the province's notice asks of people who were there."""
        for notice in self.story.notices:
            if notice.province == province and name in notice.covers:
                return {
                    "action": _sentence(notice.action),
                    "action_en": _sentence(notice.action_en),
                }
        return {}

    def _notice(self, facts: NoticeFacts) -> Notice:
        known = {**self.flights, **self.locations}
        covered = []
        for name in facts.covers:
            if (facts.province, name) not in known:
                raise ValidationError(f"covers “{name}”, which the story does not describe")
            covered.append(known[facts.province, name])
        notice = Notice(
            province=self._of(facts.province),
            announced_on=self.story.published,
            title=_listed(_title(entry) for entry in covered),
            title_en=_listed(_title_en(entry) for entry in covered),
            action=_sentence(facts.action),
            action_en=_sentence(facts.action_en),
        )
        return self._publish(
            notice,
            links={
                "flights": [entry for entry in covered if isinstance(entry, Flight)],
                "locations": [entry for entry in covered if isinstance(entry, ExposureLocation)],
            },
        )

    def _cases(self, facts: CaseFacts) -> CaseAnnouncement:
        first, *others = [self._of(slug) for slug in facts.provinces]
        named = facts.hai_phong_cases_named_in_notice
        announcement = CaseAnnouncement(
            province=first,
            announced_on=self.story.published,
            cases=facts.new_cases_together,
            starts_on=facts.first,
            ends_on=facts.last,
            note=f"Trong đó, thông báo khẩn của Hải Phòng nêu {named} ca bệnh." if named else "",
            note_en=f"Of these, Hải Phòng's urgent notice names {named} cases." if named else "",
        )
        of_provinces = set(facts.provinces)
        return self._publish(
            announcement,
            links={
                "also_concerns": others,
                "locations": [e for (slug, _), e in self.locations.items() if slug in of_provinces],
                "flights": [e for (slug, _), e in self.flights.items() if slug in of_provinces],
            },
        )

    def _figure(self, facts: FigureFacts) -> Figure:
        values = facts.model_dump(exclude={"scope"})
        return self._publish(Figure(announced_on=self.story.published, **values))

    def _guidance(self, facts: GuidanceFacts) -> Guidance:
        guidance = Guidance(
            announced_on=self.story.published,
            by=facts.by,
            by_en=facts.by_en,
            points="\n".join(_sentence(point) for point in facts.points),
            points_en="\n".join(_sentence(point) for point in facts.points_en),
        )
        return self._publish(guidance)


TIME_KINDS = {
    "as announced": Flight.TimeKind.ANNOUNCED,
    "departure": Flight.TimeKind.DEPARTURE,
    "arrival": Flight.TimeKind.ARRIVAL,
}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _listed(titles: Iterable[str]) -> str:
    text = ", ".join(titles)
    return f"{text[:1].upper()}{text[1:]}"


def _title(entry: Publishable) -> str:
    return f"chuyến bay {entry.number}" if isinstance(entry, Flight) else str(entry)


def _title_en(entry: Publishable) -> str:
    if isinstance(entry, Flight):
        return f"flight {entry.number}"
    return getattr(entry, "name_en", "") or str(entry)


def _words(error: Exception) -> str:
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        return "; ".join(
            f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()
        )
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
