"""Something to show on every kind of page: each kind of entry in each state that it can be in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import time_machine
from django.core.management import call_command

from alerts.models import Delivery, Dispatch, ZaloConnection
from locations.made_load import MadeLoad
from locations.models import Division, ExposureLocation, Flight, Province
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Entry, Officer, Revision
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUTHOR
from tests import factories
from tests.conftest import STORY_TIME

LONG_AGO = STORY_TIME - timedelta(days=60)
# Fills two pages of a list.
MANY = 55
# What a province in the middle of an outbreak lists at once.
PLACES_OF_AN_OUTBREAK = 30
STREETS = ("Bạch Đằng", "Trần Phú", "Lê Duẩn", "Nguyễn Văn Linh", "Ông Ích Khiêm", "Hùng Vương")
SHOPS = ("Siêu thị", "Nhà hàng", "Quán cà phê", "Chợ", "Trường tiểu học", "Bệnh viện")
KINDS = ("shop", "restaurant", "restaurant", "market", "school", "health")


@dataclass(frozen=True)
class States:
    """Addresses of entries of one kind, by how they stand."""

    current: str
    past: str
    withdrawn: str
    corrected: str
    exercise: str


@dataclass(frozen=True)
class Content:
    """What addresses in the catalogues are filled in with."""

    place: States
    flight: States
    notice: States
    case: States
    place_of_unknown_time: str
    code: str

    # Primary keys of what officers work on.
    province: int
    published: int
    draft: int
    waiting: int
    sent_back: int
    of_exercise: int
    review: int
    review_of_findings: int
    review_of_exercise: int
    review_of_withdrawal: int
    dispatch: int
    failed: int
    told: int
    zalo: int
    officer: int


def make() -> Content:
    """Makes it all, at the time of the story; loads the divisions if they are not there."""
    if not Division.objects.exists():
        call_command("load_divisions", verbosity=0)
    with time_machine.travel(STORY_TIME, tick=False):
        call_command("load_story", verbosity=0)
        hai_phong = Province.objects.get(slug="hai-phong")
        hai_phong.hotlines.create(label="CDC Hải Phòng", label_en="CDC", number="0225 123 456")
        make_other_provinces()
        return Content(**for_residents(hai_phong), **for_officers(hai_phong))


def make_other_provinces() -> None:
    make_outbreak(factories.province("Đà Nẵng", "48"))
    quiet = Province(name="Hà Nội", slug="ha-noi", division=unit("01"), listing_rule="Tất cả.")
    factories.publish(quiet)
    with_a_long_list = factories.province("Cần Thơ", "92", office="Sở Y tế")
    made = MadeLoad(factories.national(AUTHOR), factories.national(APPROVER))
    for _done in made.locations([with_a_long_list], MANY):
        pass


def unit(code: str) -> Division:
    return Division.objects.provinces().get(code=code, valid_to__isnull=False)


def make_outbreak(province: Province) -> None:
    """Thirty places, a flight, cases, and a notice that covers some of them."""
    wards = Division.objects.wards().valid(clock.today()).within(province.division)
    places = [
        factories.location(
            province,
            name=f"{SHOPS[n % 6]} {STREETS[n % 5]}",
            kind=KINDS[n % 6],
            address=f"{12 + 7 * n} {STREETS[n % 6]}",
            ward=ward,
            tier=("close", "casual", "monitor")[n % 3],
            action="Khai báo y tế và theo dõi sức khỏe trong 14 ngày.",
            on=(clock.today() - timedelta(days=n % 14),),
        )
        for n, ward in enumerate(wards.order_by("pk")[:PLACES_OF_AN_OUTBREAK])
    ]
    flight = factories.flight(province, number="VN164", destination="DAD", seat_rows="12-18")
    action = "Ai đã đến các nơi sau đây: gọi ngay cho trung tâm y tế và ở yên tại nhà."
    factories.notice(province, action=action, locations=places[:8], flights=[flight])
    factories.cases(province, cases=12, locations=places[:3])


# --- what residents read


def for_residents(hai_phong: Province) -> dict[str, Any]:
    binh_duong = Province.objects.get(slug="binh-duong")
    ward = Division.objects.find(
        province_name="Hải Phòng", district_name="quận Ngô Quyền", ward_name="phường Máy Tơ",
        on=STORY_TIME.date(),
    )  # fmt: skip
    numbers = iter(range(200, 300))

    def place(**values: Any) -> ExposureLocation:
        day = clock.today() - timedelta(days=3)
        defaults = {
            "name": "Chợ Máy Tơ", "name_en": "Máy Tơ market", "ward": ward, "tier": "close",
            "address": "12 Máy Tơ", "action": "Gọi trung tâm y tế.", "note": "Tầng 1",
            "on": (day, (day, day + timedelta(days=1))),
        }  # fmt: skip
        return factories.location(hai_phong, **defaults | values)

    def flight(**values: Any) -> Flight:
        number = f"VN{next(numbers)}"
        return factories.flight(hai_phong, number=number, also_concerns=[binh_duong], **values)

    covered, flown, of_unknown_time = place(), flight(), place(name="Chợ Đổ", on=(None,))

    def notice(**values: Any) -> Entry:
        return factories.notice(
            hai_phong, title="Tìm người đến chợ", severity="important", body="Ai đến từ 6 giờ.",
            locations=[covered], flights=[flown], **values,
        )  # fmt: skip

    def case(**values: Any) -> Entry:
        return factories.cases(
            hai_phong, ward=ward, also_concerns=[binh_duong], locations=[covered], **values
        )

    return {
        "place": in_every_state(place, {"note": "Chỉ tầng 2"}),
        "flight": in_every_state(flight, {"seat_rows": "5-9"}),
        "notice": in_every_state(notice, {"title": "Tìm người đã đến chợ Máy Tơ"}),
        "case": in_every_state(case, {"cases": 3}),
        "place_of_unknown_time": of_unknown_time.get_absolute_url(),
        "code": covered.code,
    }


def in_every_state(make: Callable[..., Any], correction: dict[str, Any]) -> States:
    with time_machine.travel(LONG_AGO, tick=False):
        past = make(expires_at=LONG_AGO + timedelta(days=5))
    withdrawn, corrected = make(), make()
    withdrawal = workflow.request_withdrawal(
        entry=withdrawn, by=factories.national(AUTHOR), reason="Nhầm cơ sở, không liên quan."
    )
    workflow.approve(revision=withdrawal, by=factories.national(APPROVER))
    factories.approve(
        workflow.save_draft(
            entry=corrected,
            content=contents.snapshot(corrected) | correction,
            by=factories.national(AUTHOR),
            public_note="Sửa theo báo cáo của cơ sở.",
        )
    )
    return States(
        current=make().get_absolute_url(),
        past=past.get_absolute_url(),
        withdrawn=withdrawn.get_absolute_url(),
        corrected=corrected.get_absolute_url(),
        exercise=make(is_exercise=True).get_absolute_url(),
    )


# --- what officers work on


def for_officers(hai_phong: Province) -> dict[str, int]:
    author = factories.officer("author", AUTHOR, hai_phong)
    factories.officer("colleague", AUTHOR, hai_phong)
    approver = factories.officer("approver", APPROVER, hai_phong)
    factories.officer("administrator", ADMINISTRATOR, hai_phong)
    factories.officer("newcomer", APPROVER, hai_phong)  # has set up no second factor yet

    def draft(name: str, **values: Any) -> Revision:
        entry, children = factories.location_draft(hai_phong, name=name, **values)
        content = contents.content_of(entry, children=children)
        return workflow.save_draft(entry=entry, content=content, by=author)

    def submitted(name: str, **values: Any) -> Revision:
        return workflow.submit(revision=draft(name, **values), by=author)

    def published(name: str) -> ExposureLocation:
        return factories.location(hai_phong, name=name)

    corrected = published("Chợ Lương Văn Can")
    change = contents.snapshot(corrected) | {"address": "7 Lương Văn Can", "tier": "casual"}
    correction = workflow.save_draft(entry=corrected, content=change, by=author, reason="Địa chỉ")
    workflow.submit(revision=correction, by=author)
    sent_back = submitted("Chợ Con")
    workflow.send_back(revision=sent_back, by=approver, note="Thiếu phường.")
    withdrawal = workflow.request_withdrawal(
        entry=published("Chợ Ga"), by=author, reason="Nhầm chợ."
    )
    exercise = submitted("Chợ Diễn Tập", is_exercise=True)
    found = submitted("Nhà bà Nguyễn Thị Lan", note="Điện thoại 0912 345 678")
    return {
        "province": hai_phong.pk,
        "published": published("Chợ Hàng").pk,
        "draft": draft("Chợ An Dương").entry_id,
        "waiting": correction.entry_id,
        "sent_back": sent_back.entry_id,
        "of_exercise": exercise.entry_id,
        "review": correction.pk,
        "review_of_findings": found.pk,
        "review_of_exercise": exercise.pk,
        "review_of_withdrawal": withdrawal.pk,
        "officer": Officer.objects.get(username="colleague").pk,
        **messages(hai_phong),
    }


def messages(hai_phong: Province) -> dict[str, int]:
    """One dispatch of which some was sent and some failed, and an account that ends soon."""
    dispatch = Dispatch.objects.filter(notice__province=hai_phong).latest("pk")

    def delivery(state: str, **values: Any) -> Delivery:
        return Delivery.objects.create(
            dispatch=dispatch, channel="email", kind=dispatch.kind, rank=dispatch.rank,
            key=uuid4(), state=state, not_before=clock.now(), decided_at=clock.now(), **values,
        )  # fmt: skip

    delivery(Delivery.State.SENT)
    failed = delivery(Delivery.State.DEAD, attempts=10, last_error="the mail server answered 550")
    delivery(Delivery.State.REHEARSED, last_error="ZALO_SEND is not set")
    ends = clock.now() + timedelta(days=3)
    zalo = ZaloConnection.objects.create(
        province=hai_phong, refresh_expires_at=ends, last_error="Zalo answered HTTP 502",
        last_error_at=clock.now(), quota_left=120,
    )  # fmt: skip
    told = dispatch.notice_id
    return {"dispatch": dispatch.pk, "failed": failed.pk, "told": told, "zalo": zalo.pk}
