"""Things to test with, published through the workflow like everything else."""

from datetime import date, time
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.test import Client
from django.utils.text import slugify
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from alerts.models import CaseAnnouncement, DeadLetter, Dispatch, Notice
from locations.models import Division, ExposureLocation, Flight, Province
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.accounts import second_factor
from portal.publishing.models import Officer, Publishable, Revision
from portal.publishing.roles import APPROVER, AUTHOR
from portal.text import fold

PASSWORD = "correct-horse-battery-staple"


def officer(username: str, role: str, *provinces: Province, national: bool = False) -> Officer:
    user = Officer.objects.create_user(
        username, password=PASSWORD, is_staff=True, is_national=national
    )
    user.groups.add(Group.objects.get(name=role))
    user.provinces.set(provinces)
    return user


def phone(user: Officer) -> TOTPDevice:
    """The phone that the officer has set up; made if there is none."""
    device = TOTPDevice.objects.filter(user=user).first()
    return device or second_factor.enrol(user, key=second_factor.new_key())


def mark_verified(client: Client, user: Officer) -> None:
    """Makes the client's session one whose officer has given a code, if one is asked of them."""
    if user.needs_second_factor:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = phone(user).persistent_id
        session.save()


def national(role: str) -> Officer:
    """The officer of the whole country in `role`."""
    username = f"national-{slugify(fold(role))}"
    return Officer.objects.filter(username=username).first() or officer(
        username, role, national=True
    )


def draft(entry: Publishable, *, children: Any = None, links: Any = None) -> Revision:
    """`entry` as the draft of a national author."""
    content = contents.content_of(entry, children=children, links=links)
    return workflow.save_draft(entry=entry, content=content, by=national(AUTHOR))


def publish(entry: Publishable, *, children: Any = None, links: Any = None) -> Any:
    """`entry` made public by a national author and approver; the stored row."""
    return approve(draft(entry, children=children, links=links))


def approve(revision: Revision) -> Any:
    workflow.submit(revision=revision, by=revision.author)
    workflow.approve(revision=revision, by=national(APPROVER))
    return type(revision.entry).objects.get(pk=revision.entry_id)


def correct(entry: Publishable, why: str = "Gọi lại cơ sở", **values: Any) -> Any:
    """Publishes `entry` with other `values`, and `why` as the reason; the stored row."""
    entry.refresh_from_db()
    content = contents.snapshot(entry) | values
    return approve(
        workflow.save_draft(entry=entry, content=content, by=national(AUTHOR), public_note=why)
    )


def withdraw(entry: Publishable, reason: str = "Nhầm địa điểm") -> Any:
    """Withdraws `entry`; the stored row."""
    entry.refresh_from_db()
    revision = workflow.request_withdrawal(entry=entry, by=national(AUTHOR), reason=reason)
    workflow.approve(revision=revision, by=national(APPROVER))
    return type(entry).objects.get(pk=entry.pk)


def province(name: str, code: str, **values: Any) -> Province:
    """The province page of one of the 63 units, with an official account and a hotline."""
    page = Province(
        name=name,
        slug=slugify(fold(name)),
        division=Division.objects.provinces().get(code=code, valid_to__isnull=False),
        **values,
    )
    children = {
        "accounts": [page.accounts.model(name=f"Chính quyền {name}", url="https://zalo.me/1234")],
        "hotlines": [page.hotlines.model(label="CDC", number="0225 123 456")],
    }
    return publish(page, children=children)


def windows(*days: Any, start: time | None = time(19), end: time | None = time(21, 30)) -> list:
    """Windows of those days, each a date or a pair; None for one that is not known."""
    made = []
    for day in days:
        first, last = day if isinstance(day, tuple) else (day, day)
        hours = {"starts_time": start, "ends_time": end} if day else {}
        made.append(
            ExposureLocation.windows.rel.related_model(starts_on=first, ends_on=last, **hours)
        )
    return made


def location_draft(of: Province, **values: Any) -> tuple[ExposureLocation, dict[str, list]]:
    """An unsaved place of `of` and its children."""
    on = values.pop("on", (clock.today(),))
    entry = ExposureLocation(province=of, **{"name": "Chợ Sắt", "kind": "market"} | values)
    return entry, {"windows": windows(*on)}


def location(of: Province, **values: Any) -> ExposureLocation:
    entry, children = location_draft(of, **values)
    return publish(entry, children=children)


def flight(of: Province, **values: Any) -> Flight:
    defaults = {
        "number": "VN1234",
        "date": clock.today(),
        "local_time": time(12, 15),
        "origin": "SGN",
        "destination": "HPH",
    }
    links = {"also_concerns": values.pop("also_concerns", ())}
    return publish(Flight(province=of, **defaults | values), links=links)


def notice(of: Province, **values: Any) -> Notice:
    defaults = {"title": "Thông báo khẩn", "action": "Gọi cơ quan y tế."}
    links = {name: values.pop(name, ()) for name in ("locations", "flights")}
    return publish(Notice(province=of, **defaults | values), links=links)


def cases(of: Province, **values: Any) -> CaseAnnouncement:
    defaults: dict[str, date | int] = {
        "cases": 2, "starts_on": clock.today(), "ends_on": clock.today(),
    }  # fmt: skip
    links = {name: values.pop(name, ()) for name in ("also_concerns", "locations", "flights")}
    return publish(CaseAnnouncement(province=of, **defaults | values), links=links)


def dead_letter(dispatch: Dispatch) -> DeadLetter:
    """A message of `dispatch` that failed for good."""
    return DeadLetter.objects.create(
        dispatch=dispatch,
        channel="email",
        key=uuid4(),
        kind=dispatch.kind,
        rank=dispatch.rank,
        state=DeadLetter.State.DEAD,
        not_before=clock.now(),
    )
