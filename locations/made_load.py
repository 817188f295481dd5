"""Made-up provinces and locations in bulk, to measure the portal with. Not for residents' eyes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.text import slugify

from locations.models import Division, ExposureLocation, ExposureWindow, Province
from portal import clock
from portal.publishing import content as contents
from portal.publishing import ledger, versions
from portal.publishing.models import Code, Officer, Publishable, Revision
from portal.publishing.models.publishable import State
from portal.text import fold

BATCH = 2000
DERIVED = ["listed_until", "search_text", "unit_path"]
NAMES = ("Chợ", "Siêu thị", "Quán cà phê", "Nhà hàng", "Khách sạn", "Trường tiểu học", "Công ty",
         "Bến xe", "Nhà thuốc", "Trạm y tế")  # fmt: skip
KINDS = ("market", "shop", "restaurant", "restaurant", "hotel", "school", "workplace",
         "transport", "health", "health")  # fmt: skip
WORDS = ("Hòa Bình", "Thống Nhất", "Đại Hợp", "Tú Sơn", "An Phú", "Minh Khai", "Lê Lợi",
         "Trần Phú", "Hùng Vương", "Kim Đồng", "Phú Thịnh", "Bình Minh")  # fmt: skip
ACTION = "Liên hệ cơ quan y tế nơi bạn ở và theo dõi sức khỏe."
DAYS_BACK = 40

Wards = dict[int, list[Division]]


@dataclass
class MadeLoad:
    """Writes rows as `workflow` would leave them, each with its approved first revision."""

    author: Officer
    approver: Officer
    seed: int = 1

    def __post_init__(self) -> None:
        self.now = clock.now()

    def _seeded(self, purpose: str) -> random.Random:
        """Each purpose its own numbers: what is there already does not change what follows."""
        return random.Random(f"{self.seed}-{purpose}")  # noqa: S311 - repeatable, not secret

    @transaction.atomic
    def provinces(self, count: int) -> list[Province]:
        """The first `count` provinces of the 63, by code; those already here are kept."""
        self.random = self._seeded("provinces")
        units = Division.objects.provinces().valid(date(2021, 3, 26)).order_by("code")[:count]
        made = []
        for unit in units:
            province = Province.objects.filter(division=unit).first()
            if province is None:
                province = Province(name=unit.name, slug=slugify(fold(unit.name)), division=unit)
                self._publish(province)
                province.save()
                self._revisions([province])
            made.append(province)
        return made

    def locations(self, provinces: list[Province], count: int) -> Iterator[int]:
        """Makes `count` locations spread over `provinces`; yields how many are made so far."""
        self.random = self._seeded("locations")
        wards = {
            province.pk: list(Division.objects.wards().within(province.division).with_path())
            for province in provinces
        }
        for first in range(0, count, BATCH):
            size = min(BATCH, count - first)
            self._location_batch(provinces, wards, size)
            yield first + size

    @transaction.atomic
    def _location_batch(self, provinces: list[Province], wards: Wards, size: int) -> None:
        codes = Code.objects.allocate_many(ExposureLocation, size)
        made = []
        for code in codes:
            province = self.random.choice(provinces)
            made.append(self._location(code, province, self.random.choice(wards[province.pk])))
        locations = [location for location, _ in made]
        ExposureLocation.objects.bulk_create(locations, batch_size=300)
        for location, window in made:
            window.location = location
        ExposureWindow.objects.bulk_create([window for _, window in made], batch_size=300)
        prefetch_related_objects(locations, "windows")
        for location in locations:
            location.derive()
        ExposureLocation.objects.bulk_update(locations, DERIVED, batch_size=300)
        self._revisions(locations)

    def _location(
        self, code: str, province: Province, ward: Division
    ) -> tuple[ExposureLocation, ExposureWindow]:
        pick = self.random.randrange(len(NAMES))
        location = ExposureLocation(
            code=code,
            province=province,
            name=f"{NAMES[pick]} {self.random.choice(WORDS)} {self.random.randrange(1, 400)}",
            kind=KINDS[pick],
            address=f"{self.random.randrange(1, 500)} {self.random.choice(WORDS)}",
            ward=ward,
            action=ACTION,
        )
        window = self._window(location)
        self._publish(
            location, days_ago=(self.now.date() - (window.ends_on or self.now.date())).days
        )
        return location, window

    def _window(self, location: ExposureLocation) -> ExposureWindow:
        """One of every kind of window that the field knows."""
        kind = self.random.random()
        day = self.now.date() - timedelta(days=self.random.randrange(DAYS_BACK))
        hour = self.random.randrange(6, 22)
        window = ExposureWindow(location=location)
        if kind < 0.05:
            return window
        window.starts_on = window.ends_on = day
        if kind < 0.75:
            window.starts_time, window.ends_time = time(hour), time(hour + 1, 30)
        elif kind < 0.85:
            window.starts_on = day - timedelta(days=1)
            window.starts_time, window.ends_time = time(22), time(0, 30)
        elif kind < 0.95:
            window.starts_on = day - timedelta(days=2)
        return window

    def _publish(self, entry: Publishable, *, days_ago: int = 0) -> None:
        added: datetime = self.now - timedelta(days=self.random.uniform(0, max(days_ago, 0) or 0.5))
        entry.state = State.PUBLISHED
        entry.revision_number = 1
        entry.published_at = entry.updated_at = added

    def _revisions(self, entries: Sequence[Publishable]) -> None:
        entry_type = ContentType.objects.get_for_model(entries[0])
        revisions = [
            Revision(
                entry_type=entry_type,
                entry_id=entry.pk,
                entry_code=entry.code,
                title=str(entry),
                province=entry.scope,
                state=Revision.State.APPROVED,
                content=contents.snapshot(entry),
                based_on=0,
                number=1,
                author=self.author,
                created_at=self.now,
                submitted_at=entry.published_at,
                decided_by=self.approver,
                decided_at=entry.published_at,
            )
            for entry in entries
        ]
        ledger.seal(revisions)
        Revision.objects.bulk_create(revisions, batch_size=300)
        versions.changed_everywhere()
