"""Subscribing a device, as push.js, bad neighbours and broken browsers do."""

import json
import re

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client

from alerts.delivery import devices, links, subscribing
from alerts.models import Subscription
from portal.keys import public_half, push_key
from portal.pages import push_subscriptions
from tests import factories
from tests.pages.reading import Page
from tests.push_service import PushService

pytestmark = pytest.mark.django_db

FOLLOW = "/hai-phong/theo-doi/"
SUBSCRIBE = f"{FOLLOW}thiet-bi/"
HOLDING, LEAVE = f"{SUBSCRIBE}xem/", f"{SUBSCRIBE}huy/"
MOVE = "/theo-doi/thiet-bi/doi/"
WISHES = {"language": "vi", "minimum": "information"}


@pytest.fixture(autouse=True)
def no_counts():
    cache.clear()


@pytest.fixture
def service(settings):
    with PushService() as service:
        settings.PUSH_SERVICES = [service.url]
        yield service


@pytest.fixture
def device(service):
    return service.device()


@pytest.fixture
def browser():
    """Without cookies, and watched for any."""
    client = Client(enforce_csrf_checks=True)
    yield client
    assert not client.cookies


def post(browser, address, device, headers=None, **more):
    return browser.post(address, {**device.form, **more}, headers=headers or {})


@pytest.fixture
def joined(browser, device, hai_phong):
    answer = post(browser, SUBSCRIBE, device, **WISHES)
    assert answer.status_code == 200
    return Subscription.objects.get()


def test_a_device_subscribes_changes_what_it_gets_and_leaves(browser, device, hai_phong):
    ward = hai_phong.division.children.districts().filter(valid_to__isnull=False).order_by("pk")[0]
    ward = ward.children.order_by("pk").first()
    factories.location(hai_phong, ward=ward)
    assert post(browser, HOLDING, device).json() == {"subscribed": False}
    answer = post(browser, SUBSCRIBE, device, **WISHES)
    expected = {"subscribed": True, "minimum": "information", "language": "vi", "units": []}
    assert answer.json() == expected and "no-store" in answer["Cache-Control"]
    first = Subscription.objects.get()
    assert first.channel == "web_push" and first.confirmed_at and first.letter_due_at is None
    wishes = {"language": "en", "minimum": "urgent", "units": [str(ward.pk)]}
    answer = post(browser, SUBSCRIBE, device, **wishes)
    assert answer.json() == {"subscribed": True, **wishes}
    again = Subscription.objects.get()
    assert again.pk == first.pk and again.confirmed_at == first.confirmed_at
    assert post(browser, HOLDING, device).json() == {"subscribed": True, **wishes}
    assert post(browser, LEAVE, device).json() == {"subscribed": False, "others": False}
    assert not Subscription.objects.exists()
    assert post(browser, LEAVE, device).json() == {"subscribed": False, "others": False}


def test_one_device_may_follow_several_provinces(browser, device, joined, binh_duong):
    post(browser, SUBSCRIBE.replace("hai-phong", "binh-duong"), device, **WISHES)
    assert Subscription.objects.count() == 2
    assert post(browser, LEAVE, device).json() == {"subscribed": False, "others": True}
    assert Subscription.objects.get().province == binh_duong


def test_who_knows_only_a_part_of_the_address_is_told_and_changes_nothing(
    browser, device, joined, service
):
    stranger = service.device()
    stranger.endpoint = device.endpoint
    assert post(browser, HOLDING, stranger).json() == {"subscribed": False}
    assert post(browser, LEAVE, stranger).json() == {"subscribed": False, "others": False}
    post(browser, MOVE, service.device(), **{f"old-{k}": v for k, v in stranger.form.items()})
    joined.refresh_from_db()
    assert joined.address == devices.device(**device.form).address


def test_a_new_address_takes_the_place_of_the_old(browser, device, joined, service, binh_duong):
    post(browser, SUBSCRIBE.replace("hai-phong", "binh-duong"), device, **WISHES)
    new = service.device()
    post(browser, SUBSCRIBE, new, language="en", minimum="urgent")
    old = {f"old-{name}": value for name, value in device.form.items()}
    assert post(browser, MOVE, new, **old).status_code == 200
    address = devices.device(**new.form).address
    kept = {one.province.slug: one for one in Subscription.objects.all()}
    assert {slug: one.address for slug, one in kept.items()} == dict.fromkeys(
        ["hai-phong", "binh-duong"], address
    )
    assert kept["hai-phong"].minimum == "urgent", "what was there already holds"
    assert post(browser, MOVE, new, **old).status_code == 200
    assert post(browser, MOVE, new).status_code == 422


def test_two_requests_at_once_make_one_subscription(browser, device, joined, monkeypatch):
    """The other one has come between the looking and the writing."""
    seen = []
    real = subscribing._subscribe

    def late(*given):
        if not seen:
            seen.append(1)
            raise subscribing.IntegrityError
        return real(*given)

    monkeypatch.setattr(subscribing, "_subscribe", late)
    assert post(browser, SUBSCRIBE, device, **WISHES).status_code == 200
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize("address", [SUBSCRIBE, HOLDING, LEAVE, MOVE])
@pytest.mark.parametrize(
    ("headers", "is_taken"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "https://elsewhere.example"}, False),
    ],
)
def test_other_websites_are_refused(address, headers, is_taken, browser, device, joined):
    old = {f"old-{name}": value for name, value in device.form.items()}
    answer = post(browser, address, device, headers=headers, **WISHES, **old)
    assert answer.status_code == (200 if is_taken else 403)
    if not is_taken:
        assert answer.json()["problems"] == ["Yêu cầu này đến từ một trang web khác."]


def test_one_network_asks_so_often_but_may_always_leave(browser, service, hai_phong):
    for _ in range(push_subscriptions.MOST_REQUESTS):
        assert post(browser, SUBSCRIBE, last := service.device(), **WISHES).status_code == 200
    refused = post(browser, f"/en{SUBSCRIBE}", service.device(), **WISHES)
    assert refused.status_code == 429
    [said] = refused.json()["problems"]
    assert refused["Retry-After"] == "600"
    assert said.startswith("There were many requests") and "Wait ten minutes" in said
    assert post(browser, LEAVE, last).status_code == 200
    other = browser.post(SUBSCRIBE, {**last.form, **WISHES}, REMOTE_ADDR="198.51.100.7")
    assert other.status_code == 200


@pytest.mark.parametrize("address", [SUBSCRIBE, HOLDING, LEAVE, MOVE])
def test_they_are_no_pages(address, browser, hai_phong):
    assert browser.get(address).status_code == 405
    if address != MOVE:
        assert browser.post(address.replace("hai-phong", "khong-co")).status_code == 404


# --- bad input

SERVICE = "http://127.0.0.1:1/send/x"
P256DH = "BGLZ1r85clvlINS1JZvMVs-ka7apIGj9BX8ckf2Wn2oqYAv7kkbn5WZ5Sk9c8p6rzpDfZ4gafAomSWzPsl4vL-I"
BROKEN = {
    "nothing": {"endpoint": "", "p256dh": "", "auth": ""},
    "no endpoint": {"endpoint": ""},
    "no key": {"p256dh": ""},
    "no secret": {"auth": ""},
    "no base64": {"p256dh": "ữ" * 87},
    "half a key": {"p256dh": P256DH[:60]},
    "a point that is on no curve": {"p256dh": P256DH[:-2] + "AA"},
    "a compressed point": {"p256dh": "A" + P256DH[1:]},
    "a long secret": {"auth": "A" * 30},
    "a zero byte": {"endpoint": f"{SERVICE}\0"},
    "far too long": {"endpoint": SERVICE + "x" * 2000},
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("address", [SUBSCRIBE, HOLDING, LEAVE, MOVE])
def test_what_no_browser_says_is_refused_in_words(name, address, browser, device, hai_phong):
    given = {**device.form, **WISHES, **BROKEN[name]}
    for prefix, words in {"": "tải lại trang", "/en": "load this page again"}.items():
        answer = browser.post(prefix + address, given)
        assert answer.status_code == 422, answer.content
        [said] = answer.json()["problems"]
        assert words in said
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    ["https://evil.example/x", "http://127.0.0.1:5432/x", "https://169.254.169.254/latest/"],
)
def test_an_endpoint_elsewhere_is_refused(endpoint, browser, device, hai_phong):
    answer = browser.post(SUBSCRIBE, {**device.form, **WISHES, "endpoint": endpoint})
    assert answer.status_code == 422
    assert "dùng thư điện tử" in answer.json()["problems"][0]
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"language": "fr"}, "Ngôn ngữ của thông báo"),
        ({"minimum": "loud"}, "Nhận thông báo nào"),
        ({"units": ["2004-99999"]}, "Quận"),
        ({"units": ["\0"]}, "Quận"),
    ],
)
def test_a_wrong_choice_is_named(wrong, field, browser, device, hai_phong):
    answer = post(browser, SUBSCRIBE, device, **{**WISHES, **wrong})
    assert answer.status_code == 422
    [said] = answer.json()["problems"]
    assert said.startswith(field)
    assert not Subscription.objects.exists()


# --- the page


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_section_holds_all_that_the_script_needs(prefix, hai_phong, client, settings):
    section = Page(client.get(prefix + FOLLOW)).section("push")
    assert section.get("data-key") == public_half(push_key(settings.PUSH_KEY))
    for name, address in {
        "subscribe": SUBSCRIBE, "holding": HOLDING, "leave": LEAVE, "move": MOVE,
        "page": "/hai-phong/",
    }.items():  # fmt: skip
        assert section.get(f"data-{name}") == prefix + address
    assert section.get("data-worker") == "/sw.js"
    [form] = section.all("form")
    chosen = [i.get("value") for i in form.all("input") if "checked" in i.attributes]
    assert chosen == ["information", {"": "vi", "/en": "en"}[prefix]]
    assert {"": "cần JavaScript", "/en": "takes JavaScript"}[prefix] in section.text
    assert not client.cookies


@pytest.mark.parametrize("missing", ["PUSH_KEY", "SERVICE_WORKER"])
def test_it_is_offered_only_where_it_works(missing, hai_phong, browser, device, settings):
    setattr(settings, missing, "" if missing == "PUSH_KEY" else False)
    page = browser.get(FOLLOW).content.decode()
    assert 'id="push"' not in page and "push.js" not in page
    answer = post(browser, SUBSCRIBE, device, **WISHES)
    assert answer.status_code == 409 and "thư điện tử" in answer.json()["problems"][0]
    assert not Subscription.objects.exists()


def test_the_links_of_a_notification_change_and_end_it(browser, joined, hai_phong):
    own = links.token(joined)
    manage = links.manage(own, "vi").removeprefix("http://testserver")
    leave = links.unsubscribe(own, "vi").removeprefix("http://testserver")
    page = browser.get(manage).content.decode()
    assert "<h1>Thông báo bạn nhận trên máy</h1>" in page and leave in page
    assert browser.post(manage, {"language": "en", "minimum": "urgent"}).status_code == 303
    joined.refresh_from_db()
    assert (joined.language, joined.minimum) == ("en", "urgent")
    for answer in (browser.get(leave), browser.post(leave)):
        page = answer.content.decode()
        main = re.search("<main.*</main>", page, re.DOTALL).group()
        assert "Máy" in main and "thư" not in main
    assert f'href="{FOLLOW}#push"' in page
    assert not Subscription.objects.exists()


# --- what nobody may see


def test_the_address_is_sealed_and_gone_afterwards(browser, device, joined):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Subscription._meta.db_table}")
        lying = repr(cursor.fetchall())
        assert all(secret not in lying for secret in device.form.values())
        post(browser, LEAVE, device)
        cursor.execute(f"SELECT count(*) FROM {Subscription._meta.db_table}")
        assert cursor.fetchone() == (0,)


def test_no_answer_and_no_log_repeats_an_address(browser, device, joined, caplog):
    caplog.set_level("DEBUG")
    for address in (SUBSCRIBE, HOLDING, LEAVE, MOVE):
        for given in ({}, {"auth": "x"}, {"endpoint": f"https://evil.example/{'x' * 80}"}):
            answer = browser.post(address, {**device.form, **WISHES, **given})
            said = json.dumps(answer.json()) + caplog.text
            for secret in (*device.form.values(), "evil.example"):
                assert secret not in said


def test_the_admin_knows_no_subscription():
    assert Subscription not in admin.site._registry
