"""Every kind of page that a resident can meet, in every state that looks different.

A new page is one line here; `test_catalogue` says which address or template has none yet.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import time_machine
from django.db import OperationalError, connection
from django.template.loader import get_template
from django.test import Client, override_settings

from alerts.delivery import devices, links, subscribing
from alerts.models import Subscription
from locations.models import Division, ExposureLocation, Province
from portal.environment import SigningPair
from portal.pages import subscriptions
from portal.web.page_cache.as_of import last_good
from portal.web.page_cache.page import Page
from tests.alerts.cap.keys import key_and_certificate
from tests.audit.kinds import At, Reader, When
from tests.conftest import STORY_TIME


def a_year_later(reader: Reader) -> Any:
    with time_machine.travel(STORY_TIME + timedelta(days=365), tick=False):
        return reader.get("/")


def asked_at_another_host(reader: Reader) -> Any:
    return reader.get("/", headers={"host": "elsewhere.test"})


def read_while_the_database_is_away(reader: Reader) -> Any:
    with no_database(reader):
        return reader.get("/hai-phong/")


def sent_while_the_database_is_away(reader: Reader) -> Any:
    with no_database(reader):
        return reader.post("/hai-phong/theo-doi/email/", {"address": "a@example.vn"})


@contextmanager
def no_database(reader: Reader) -> Iterator[None]:
    def refuse(*_args: Any) -> None:
        raise OperationalError("the database went away")

    reader.client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        yield


def with_a_form_that_has_expired(reader: Reader) -> Any:
    return Reader(reader.content, reader.language, Client(enforce_csrf_checks=True)).post(
        "/admin/login/", {"username": "author"}
    )


# --- by e-mail


def last_good_page(reader: Reader) -> Any:
    """What the page cache answers with when there is no newer page to be had."""
    answer = reader.get("/hai-phong/")
    page = Page("200 OK", list(answer.items()), answer.content)
    marked = last_good(page, answer.request["PATH_INFO"], has_changed=True)
    assert marked is not None
    answer.content = marked.body
    answer.templates.append(get_template("_as_of.html").template)
    return answer


def changes_for_the_check(reader: Reader) -> Any:
    version = reader.get("/kiem-tra/data.json").json()["version"]
    return reader.get(f"/kiem-tra/data.json?tu={version}")


def picture_named_by_its_content(reader: Reader) -> Any:
    """A former name leads to the present one."""
    present = reader.get(f"/Q/{{code}}/1.{'0' * 12}.png")
    return reader.client.get(present.headers["Location"])


IN_THE_API = ("locations", "flights", "cases", "notices", "figures")


def one_of(kind: str) -> Callable[[Reader], Any]:
    """What asks the read API for one of this kind."""

    def asked(reader: Reader) -> Any:
        (one,) = reader.get(f"/api/v1/{kind}?limit=1").json()["items"]
        return reader.get(f"/api/v1/{kind}/{one['province'] or 'viet-nam'}/{one['id']}")

    return asked


BY_EMAIL = "/ha-noi/theo-doi/email/"
WISHES = {"address": "cu-dan@example.com", "language": "vi", "minimum": "information"}


def subscriber(*, is_confirmed: bool = True) -> Subscription:
    province = Province.objects.get(slug="hai-phong")
    subscription = subscribing.subscribe(
        channel="email",
        province=province,
        address="cu-dan@example.com",
        wishes=subscribing.Wishes("vi"),
    )
    if not is_confirmed:
        subscription.confirmed_at = None
        subscription.save()
    return subscription


def behind(way: str, purpose: str, subscription: Subscription) -> str:
    return f"/theo-doi/{way}/{links.token(subscription, purpose)}/"


def asked_with_errors(reader: Reader) -> Any:
    return reader.post("/hai-phong/theo-doi/email/", {"address": "cu-dan", "units": "0"})


def asked_from_elsewhere(reader: Reader) -> Any:
    return reader.post(BY_EMAIL, WISHES, headers={"sec-fetch-site": "cross-site"})


def asked_too_often(reader: Reader) -> Any:
    with patch.object(subscriptions, "is_too_often", lambda *_args, **_limits: True):
        return reader.post(BY_EMAIL, WISHES)


def to_confirm(reader: Reader) -> Any:
    return reader.get(behind("xac-nhan", subscribing.CONFIRM, subscriber(is_confirmed=False)))


def confirmed(reader: Reader) -> Any:
    return reader.get(behind("xac-nhan", subscribing.CONFIRM, subscriber()))


def to_change(reader: Reader) -> Any:
    return reader.get(behind("thay-doi", subscribing.MANAGE, subscriber()))


def changed(reader: Reader) -> Any:
    address = behind("thay-doi", subscribing.MANAGE, subscriber())
    some = Division.objects.filter(pk__in=ExposureLocation.objects.values("ward"))[:2]
    wishes = {"language": "en", "minimum": "urgent", "units": [unit.pk for unit in some]}
    return reader.post(address, wishes, follow=True)


def changed_with_errors(reader: Reader) -> Any:
    return reader.post(behind("thay-doi", subscribing.MANAGE, subscriber()), {"units": "0"})


def to_leave(reader: Reader) -> Any:
    return reader.get(behind("huy", subscribing.MANAGE, subscriber()))


def left(reader: Reader) -> Any:
    return reader.post(behind("huy", subscribing.MANAGE, subscriber()), {})


def left_twice(reader: Reader) -> Any:
    address = behind("huy", subscribing.MANAGE, subscriber())
    reader.post(address, {})
    return reader.post(address, {})


def too_late(reader: Reader) -> Any:
    return forgotten(reader, "xac-nhan", subscribing.CONFIRM)


def not_subscribed(reader: Reader) -> Any:
    return forgotten(reader, "thay-doi", subscribing.MANAGE)


def forgotten(reader: Reader, way: str, purpose: str) -> Any:
    subscription = subscriber()
    address = behind(way, purpose, subscription)
    subscribing.forget(subscription.pk)
    return reader.get(address)


# --- on a device

DEVICE = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
    "p256dh": "BGLZ1r85clvlINS1JZvMVs-ka7apIGj9BX8ckf2Wn2oqYAv7kkbn5WZ5Sk9c8p6r"
    "zpDfZ4gafAomSWzPsl4vL-I",
    "auth": "AAAAAAAAAAAAAAAAAAAAAA",
}
ON_DEVICE = "/hai-phong/theo-doi/thiet-bi/"


def device() -> Subscription:
    return subscribing.subscribe(
        channel="web_push",
        province=Province.objects.get(slug="hai-phong"),
        address=devices.device(**DEVICE).address,
        wishes=subscribing.Wishes("vi"),
    )


def device_subscribed(reader: Reader) -> Any:
    return reader.post(ON_DEVICE, {**DEVICE, "language": "vi", "minimum": "urgent"})


def device_looked_up(reader: Reader) -> Any:
    return reader.post(f"{ON_DEVICE}xem/", DEVICE)


def device_left(reader: Reader) -> Any:
    return reader.post(f"{ON_DEVICE}huy/", DEVICE)


def device_moved(reader: Reader) -> Any:
    old = {f"old-{name}": value for name, value in DEVICE.items()}
    return reader.post("/theo-doi/thiet-bi/doi/", {**DEVICE, **old})


def device_to_change(reader: Reader) -> Any:
    return reader.get(behind("thay-doi", subscribing.MANAGE, device()))


def device_to_leave(reader: Reader) -> Any:
    return reader.get(behind("huy", subscribing.MANAGE, device()))


def device_left_by_link(reader: Reader) -> Any:
    return reader.post(behind("huy", subscribing.MANAGE, device()), {})


# --- files


def cap_message_of_a_notice(reader: Reader) -> Any:
    return reader.get(reader.content.notice.current.rstrip("/") + ".cap.xml")


def certificate_of_a_portal_that_signs(reader: Reader) -> Any:
    with override_settings(CAP_SIGNING=SigningPair(*key_and_certificate())):
        return reader.get("/du-lieu/cap.pem")


PAGES: dict[str, At | When] = {
    "home": At("/"),
    "home, nothing in force": When(a_year_later),
    "province": At("/hai-phong/"),
    "province in an outbreak": At("/da-nang/"),
    "province that was merged": At("/binh-duong/"),
    "province with more places than it shows": At("/can-tho/"),
    "province where nothing is current": At("/ha-noi/"),
    # Lists
    "places": At("/hai-phong/dia-diem/"),
    "places, filtered": At("/hai-phong/dia-diem/?q=cho&kind=market&added=7&from=01/03/2021"),
    "places, filter with errors": At("/hai-phong/dia-diem/?q=x&from=31/02/2021&to=hôm qua"),
    "places, days the wrong way round": At("/hai-phong/dia-diem/?from=20/03/2021&to=01/03/2021"),
    "places, nothing fits": At("/hai-phong/dia-diem/?q=khong+co"),
    "places, none": At("/ha-noi/dia-diem/"),
    "places, past": At("/hai-phong/dia-diem/?status=past"),
    "places, all": At("/hai-phong/dia-diem/?status=all"),
    "places, second page": At("/can-tho/dia-diem/?status=all&page=2"),
    "flights": At("/hai-phong/chuyen-bay/"),
    "flights, filter with errors": At("/hai-phong/chuyen-bay/?from=x"),
    "flights, none": At("/ha-noi/chuyen-bay/"),
    "flights of all provinces": At("/chuyen-bay/"),
    "notices": At("/hai-phong/thong-bao/"),
    "notices, all": At("/hai-phong/thong-bao/?status=all"),
    "notices, none": At("/ha-noi/thong-bao/"),
    "cases": At("/hai-phong/ca-benh/"),
    "cases, all": At("/hai-phong/ca-benh/?status=all"),
    "cases, none": At("/ha-noi/ca-benh/"),
    # Entries
    "place": At("{place.current}"),
    "place, past": At("{place.past}"),
    "place, withdrawn": At("{place.withdrawn}"),
    "place, corrected": At("{place.corrected}"),
    "place, exercise": At("{place.exercise}"),
    "place, time not known": At("{place_of_unknown_time}"),
    "flight": At("{flight.current}"),
    "flight, past": At("{flight.past}"),
    "flight, withdrawn": At("{flight.withdrawn}"),
    "flight, corrected": At("{flight.corrected}"),
    "flight, exercise": At("{flight.exercise}"),
    "notice": At("{notice.current}"),
    "notice, past": At("{notice.past}"),
    "notice, withdrawn": At("{notice.withdrawn}"),
    "notice, corrected": At("{notice.corrected}"),
    "notice, exercise": At("{notice.exercise}"),
    "cases together": At("{case.current}"),
    "cases together, past": At("{case.past}"),
    "cases together, withdrawn": At("{case.withdrawn}"),
    "cases together, corrected": At("{case.corrected}"),
    "cases together, exercise": At("{case.exercise}"),
    # What combines them
    "corrections": At("/hai-phong/dinh-chinh/"),
    "corrections, none": At("/ha-noi/dinh-chinh/"),
    "follow": At("/hai-phong/theo-doi/"),
    "follow, no account": At("/ha-noi/theo-doi/"),
    "search": At("/tim-kiem/"),
    "search, found": At("/tim-kiem/?q=hai+phong"),
    "search, too many": At("/tim-kiem/?q=n"),
    "search, nothing": At("/tim-kiem/?q=khong+co+gi"),
    # By e-mail
    "by e-mail": At("/hai-phong/theo-doi/email/"),
    "by e-mail, no wards to choose": At(BY_EMAIL),
    "by e-mail, with errors": When(asked_with_errors, status=422),
    "by e-mail, asked from elsewhere": When(asked_from_elsewhere, status=403),
    "by e-mail, asked too often": When(asked_too_often, status=429),
    "by e-mail, asked": At(f"{BY_EMAIL}da-gui/"),
    "by e-mail, to confirm": When(to_confirm),
    "by e-mail, confirmed": When(confirmed),
    "by e-mail, confirmed too late": When(too_late, status=410),
    "by e-mail, to change": When(to_change),
    "by e-mail, changed": When(changed),
    "by e-mail, changed with errors": When(changed_with_errors, status=422),
    "by e-mail, to leave": When(to_leave),
    "by e-mail, left": When(left),
    "by e-mail, left twice": When(left_twice),
    "by e-mail, not subscribed": When(not_subscribed, status=410),
    "by e-mail, half a link": At("/theo-doi/thay-doi/abc/", status=404),
    "on a device, to change": When(device_to_change),
    "on a device, to leave": When(device_to_leave),
    "on a device, left": When(device_left_by_link),
    "check": At("/kiem-tra/"),
    "offline": At("/ngoai-tuyen/"),
    "open data": At("/du-lieu/"),
    "read API": At("/api/v1/docs"),
    # Of what was sent on
    "place, picture of it as it is": At("{place.current}?lan=1"),
    "place, picture from before its correction": At("{place.corrected}?lan=1"),
    "place, picture from before its withdrawal": At("{place.withdrawn}?lan=1"),
    "place, picture that was never made": At("{place.current}?lan=9"),
    "notice, picture from before its correction": At("{notice.corrected}?lan=1"),
    "flight, picture of a past one": At("{flight.past}?lan=1"),
    "verify": At("/xac-minh/"),
    "verify, in force": At("/xac-minh/?ma={code}"),
    "verify, corrected": At("/xac-minh/?ma=http://testserver{notice.corrected}?lan=1"),
    "verify, withdrawn": At("/xac-minh/?ma=http://testserver{place.withdrawn}"),
    "verify, past": At("/xac-minh/?ma=http://testserver{flight.past}"),
    "verify, exercise": At("/xac-minh/?ma=http://testserver{place.exercise}"),
    "verify, province": At("/xac-minh/?ma=http://testserver/hai-phong/"),
    "verify, to follow": At("/xac-minh/?ma=http://testserver/hai-phong/theo-doi/"),
    "verify, another page": At("/xac-minh/?ma=http://testserver/hai-phong/dinh-chinh/"),
    "verify, no page": At("/xac-minh/?ma=http://testserver/hai-phong/khong-co/"),
    "verify, another portal": At("/xac-minh/?ma=https://elsewhere.test/Q/{code}"),
    "verify, no code": At("/xac-minh/?ma=ZZZZZO"),
    "verify, unreadable": At("/xac-minh/?ma=%3F%3F"),
    # What went wrong
    "404": At("/khong-co/", status=404),
    "404, no such entry": At("/hai-phong/dia-diem/ZZZZZZ/", status=404),
    "400": When(asked_at_another_host, status=400),
    "500": When(read_while_the_database_is_away, status=500),
    "503": When(sent_while_the_database_is_away, status=503),
    "province, last good page": When(last_good_page),
    "form expired": When(with_a_form_that_has_expired, status=403),
}

# What is answered at the other addresses: files, and ways to a page.
FILES: dict[str, At | When] = {
    "healthz": At("/healthz"),
    "readyz": At("/readyz"),
    "robots": At("/robots.txt"),
    "sitemap": At("/sitemap.xml"),
    "section of the sitemap": At("/sitemap-locations.xml"),
    "favicon": At("/favicon.ico", status=302),
    "short address": At("/Q/{code}", status=302),
    "code of an entry": At("/Q/{code}.svg"),
    "code of a picture": At("/Q/{code}/1", status=302),
    "picture of an entry": At("/Q/{code}/1.png"),
    "picture named by its content": When(picture_named_by_its_content),
    "code of a province": At("/hai-phong/theo-doi.svg"),
    "poster": At("/hai-phong/ap-phich.png"),
    "manifest": At("/manifest.webmanifest"),
    "service worker": At("/sw.js"),
    "device subscribed": When(device_subscribed),
    "device looked up": When(device_looked_up),
    "device left": When(device_left),
    "device moved": When(device_moved),
    "list for the check": At("/kiem-tra/data.json"),
    "changes of that list": When(changes_for_the_check),
    "places for the map": At("/hai-phong/ban-do.json"),
    "open data of a province": At("/hai-phong/dia-diem.csv"),
    "open data of the country": At("/du-lieu/thong-bao.json"),
    "index of the read API": At("/api/v1/"),
    "document of the read API": At("/api/v1/openapi.json"),
    "changes of the read API": At("/api/v1/changes"),
    "provinces of the read API": At("/api/v1/provinces"),
    "province of the read API": At("/api/v1/provinces/hai-phong"),
    **{f"{kind} of the read API": At(f"/api/v1/{kind}") for kind in IN_THE_API},
    **{f"one of the {kind} of the read API": When(one_of(kind)) for kind in IN_THE_API},
    "feed": At("/feed.atom"),
    "feed of a province": At("/hai-phong/feed.atom"),
    "CAP messages of a province": At("/hai-phong/cap.atom"),
    "CAP message": When(cap_message_of_a_notice),
    "certificate of CAP messages": When(certificate_of_a_portal_that_signs),
}
