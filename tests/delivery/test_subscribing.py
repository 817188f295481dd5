"""Asking, confirming, changing and leaving, as residents, mail scanners and bad neighbours do."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from alerts.delivery import links, sealing, subscribing
from alerts.models import Subscription
from portal import clock
from tests import factories
from tests.delivery.conftest import subscriber, work

pytestmark = pytest.mark.django_db

ASK = "/hai-phong/theo-doi/email/"
FORM = {"address": "cu-dan@example.com", "language": "vi", "minimum": "information"}


@pytest.fixture
def resident() -> Client:
    return Client()


def ask(resident, where=ASK, headers=None, **changes):
    return resident.post(where, {**FORM, **changes}, headers=headers or {})


def letter(outbox, number=-1):
    return message_from_bytes(outbox[number].data, policy=default)


def link(outbox, kind, number=-1):
    text = letter(outbox, number).get_body(("plain",)).get_content()
    return re.search(rf"http://testserver((?:/en)?/theo-doi/{kind}/[-\w]+/)", text).group(1)


@pytest.fixture
def asked(hai_phong, resident, outbox):
    """The link of the letter that answers a request."""
    ask(resident)
    work()
    return link(outbox, "xac-nhan")


def test_the_whole_way_from_asking_to_leaving(hai_phong, resident, outbox):
    answer = ask(resident)
    assert (answer.status_code, answer["Location"]) == (303, f"{ASK}da-gui/")
    assert resident.get(answer["Location"]).status_code == 200
    work()
    assert letter(outbox)["To"] == "cu-dan@example.com"
    confirm = link(outbox, "xac-nhan")
    factories.notice(hai_phong, title="Quá sớm")
    work()
    assert len(outbox) == 1, "not confirmed: no notice"
    assert resident.post(confirm).status_code == 303
    assert "Bạn đã đăng ký" in resident.get(confirm).content.decode()
    with time_machine.travel(clock.now() + timedelta(seconds=5)):
        factories.notice(hai_phong, title="Đúng lúc")
        work()
    assert len(outbox) == 2
    leave = link(outbox, "huy")
    assert "Hủy đăng ký" in resident.get(leave).content.decode()
    assert "<h1>Bạn đã hủy đăng ký</h1>" in resident.post(leave).content.decode()
    assert not Subscription.objects.exists()
    factories.notice(hai_phong)
    work()
    assert len(outbox) == 2


def test_opening_links_changes_nothing(asked, resident, outbox):
    resident.get(asked)
    resident.head(asked)
    subscription = Subscription.objects.get()
    assert subscription.confirmed_at is None
    subscribing.confirm(subscription)
    own = links.token(subscription)
    for address in (links.manage(own, "vi"), links.unsubscribe(own, "vi")):
        assert resident.get(address.removeprefix("http://testserver")).status_code == 200
    assert Subscription.objects.confirmed().count() == 1


def test_mail_programs_unsubscribe_with_one_click(hai_phong, outbox):
    subscriber(hai_phong)
    factories.notice(hai_phong)
    work()
    message = letter(outbox)
    address = message["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    provider = Client(enforce_csrf_checks=True)
    headers = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        answer = provider.post(address, {"List-Unsubscribe": "One-Click"}, headers=headers)
        assert answer.status_code == 200
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("state", ["unknown", "unconfirmed", "confirmed"])
def test_the_answer_never_says_whether_an_address_is_known(state, hai_phong, resident, outbox):
    if state != "unknown":
        known = subscriber(hai_phong, "cu-dan@example.com")
        known.asked_at = clock.now() - timedelta(hours=1)
        known.confirmed_at = known.confirmed_at if state == "confirmed" else None
        known.save()
    answer = ask(resident)
    page = resident.get(answer["Location"])
    assert (answer.status_code, answer["Location"]) == (303, f"{ASK}da-gui/")
    assert answer.content == b"" and page.status_code == 200
    work()
    assert len(outbox) == 1, "each of them gets exactly one letter"
    expected = "đang nhận thông báo" if state == "confirmed" else "Xác nhận"
    assert expected in letter(outbox)["Subject"]


def test_a_stranger_changes_nothing_of_a_subscription(hai_phong, resident, outbox):
    known = subscriber(hai_phong, "cu-dan@example.com", language="en", minimum="urgent")
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        ask(resident)
    known.refresh_from_db()
    assert (known.language, known.minimum) == ("en", "urgent") and known.confirmed_at


def test_one_address_gets_one_letter_in_ten_minutes(hai_phong, resident, outbox):
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(5):
            ask(resident)
            ask(resident, address="CU-DAN@Example.com")
            work()
        assert len(outbox) == 1
        time.shift(timedelta(minutes=11))
        ask(resident)
        work()
    assert len(outbox) == 2 and Subscription.objects.count() == 1


def test_one_address_gets_so_many_letters_a_day_of_all_provinces(
    hai_phong, binh_duong, resident, outbox
):
    """However patient whoever asks for them is."""
    other = ASK.replace("hai-phong", "binh-duong")
    with time_machine.travel(clock.now(), tick=False) as time:
        for _ in range(20):
            for where in (ASK, other):
                answer = ask(resident, where=where, headers={"X-Forwarded-For": "192.0.2.1"})
                assert answer.status_code in (303, 429)
            work()
            time.shift(timedelta(minutes=11))
        assert len(outbox) == subscribing.LETTERS_A_DAY
        ask(resident, address="somebody-else@example.com")
        work()
        assert letter(outbox)["To"] == "somebody-else@example.com"
        time.shift(timedelta(days=1))
        ask(resident)
        work()
    assert letter(outbox)["To"] == "cu-dan@example.com"
    assert len(outbox) == subscribing.LETTERS_A_DAY + 2


def test_one_network_asks_so_often_and_others_are_not_held_up(hai_phong, resident):
    for number in range(30):
        assert ask(resident, address=f"a{number}@example.com").status_code == 303
    refused = ask(resident, address="b@example.com")
    assert refused.status_code == 429
    assert "Hãy đợi mười phút" in refused.content.decode()
    assert 'value="b@example.com"' in refused.content.decode()
    assert refused["Retry-After"] == "600"
    other = resident.post(ASK, FORM, REMOTE_ADDR="198.51.100.7")
    assert other.status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "https://["}, 403),
    ],
)
def test_forms_of_other_websites_are_refused(headers, status, hai_phong, resident):
    assert ask(resident, headers=headers).status_code == status
    assert Subscription.objects.exists() is (status == 303)


BAD = {
    "no address": {"address": ""},
    "no real address": {"address": "cu-dan"},
    "two addresses": {"address": "a@example.com, b@example.com"},
    "a header": {"address": "a@example.com\r\nBcc: b@example.com"},
    "too long": {"address": "a" * 250 + "@example.com"},
    "a zero byte": {"address": "a\0@example.com"},
    "unknown language": {"language": "fr"},
    "unknown severity": {"minimum": "loud"},
    "unknown ward": {"units": ["2004-99999"]},
    "no ward at all": {"units": ["\0"]},
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_bad_input_is_named_and_nothing_is_kept(name, prefix, hai_phong, resident):
    answer = ask(resident, where=prefix + ASK, **BAD[name])
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Subscription.objects.exists()


def test_every_address_is_kept_in_one_spelling(hai_phong, resident):
    ask(resident, address="  Cu-Dan@BÜCHER.example ")
    assert Subscription.objects.get().address == "cu-dan@xn--bcher-kva.example"


def test_a_link_works_for_48_hours(asked, resident):
    with time_machine.travel(clock.now() + timedelta(hours=47)):
        assert resident.get(asked).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=49)):
        for answer in (resident.get(asked), resident.post(asked)):
            assert answer.status_code == 410
            assert "48 giờ" in answer.content.decode()
        assert Subscription.objects.count() == 1, "computed, not swept"
        work()
        assert not Subscription.objects.exists(), "swept by the worker"


def test_who_confirmed_is_never_swept(asked, resident):
    resident.post(asked)
    with time_machine.travel(clock.now() + timedelta(days=400)):
        work()
    assert Subscription.objects.exists()


@pytest.mark.parametrize("kind", ["xac-nhan", "thay-doi", "huy"])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "A" * 38, "-" * 38, "a" * 500])
def test_a_wrong_link_says_so(kind, method, token, hai_phong, resident):
    answer = getattr(resident, method)(f"/theo-doi/{kind}/{token}/")
    assert answer.status_code == 404
    assert "<h1>Đường dẫn này không đầy đủ</h1>" in answer.content.decode()


def test_the_link_of_one_purpose_is_none_for_another(hai_phong, resident):
    subscription = subscriber(hai_phong)
    confirm = links.token(subscription, subscribing.CONFIRM)
    assert resident.post(f"/theo-doi/huy/{confirm}/").status_code == 404
    assert resident.post(f"/theo-doi/xac-nhan/{links.token(subscription)}/").status_code == 404
    assert Subscription.objects.exists()


def test_a_used_link_to_leave_says_that_it_is_done(hai_phong, resident):
    subscription = subscriber(hai_phong)
    address = links.unsubscribe(links.token(subscription), "vi").removeprefix("http://testserver")
    resident.post(address)
    assert resident.get(address).status_code == 410
    assert "không có tin nào" in resident.get(address).content.decode()


def test_wishes_are_changed_on_the_page_of_the_link(hai_phong, resident):
    ward = hai_phong.division.children.districts().filter(valid_to__isnull=False).order_by("pk")[0]
    ward = ward.children.order_by("pk").first()
    factories.location(hai_phong, ward=ward)
    subscription = subscriber(hai_phong)
    address = links.manage(links.token(subscription), "vi").removeprefix("http://testserver")
    page = resident.get(address).content.decode()
    assert f'value="{ward.pk}"' in page and f'value="{ward.parent_id}"' in page
    wishes = {"language": "en", "minimum": "urgent", "units": [ward.pk]}
    answer = resident.post(address, wishes)
    assert answer.status_code == 303
    assert "Đã lưu." in resident.get(answer["Location"]).content.decode()
    subscription.refresh_from_db()
    assert (subscription.language, subscription.minimum) == ("en", "urgent")
    assert list(subscription.units.all()) == [ward]
    assert resident.post(address, wishes | {"minimum": "?"}).status_code == 422


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_letter_is_in_the_language_that_was_asked_for(language, hai_phong, resident, outbox):
    ask(resident, language=language)
    work()
    expected = {"vi": "Xác nhận", "en": "Confirm"}[language]
    assert expected in letter(outbox)["Subject"]
    assert link(outbox, "xac-nhan").startswith("/en/" if language == "en" else "/theo-doi/")


def test_no_page_sets_a_cookie_and_none_shows_the_address(asked, hai_phong, resident):
    subscription = Subscription.objects.get()
    subscribing.confirm(subscription)
    own = links.token(subscription)
    pages = [ASK, f"{ASK}da-gui/", asked, links.manage(own, "vi"), links.unsubscribe(own, "vi")]
    for prefix in ("", "/en"):
        for page in pages:
            answer = resident.get(prefix + page.removeprefix("http://testserver"))
            assert answer.status_code == 200 and not answer.cookies
            assert "cu-dan" not in answer.content.decode()
            assert re.search("<h1>[^<]{8,}</h1>", answer.content.decode()), page
    ask(resident)
    assert not resident.cookies
    answer = resident.get(asked)
    assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"


def test_a_failed_letter_is_tried_again_and_then_left(hai_phong, resident, monkeypatch):
    from alerts.delivery.channels import Later
    from alerts.delivery.channels.email import EmailChannel

    tries = []
    monkeypatch.setattr(
        EmailChannel, "send", lambda self, messages: tries.append(1) or [Later("451")]
    )
    with time_machine.travel(clock.now(), tick=False) as time:
        ask(resident)
        for _ in range(20):
            work()
            time.shift(timedelta(hours=1))
    assert len(tries) == 5


# --- how addresses are kept


def test_an_address_is_found_but_cannot_be_read_without_the_key(hai_phong, settings):
    subscription = subscriber(hai_phong, "cu-dan@example.com")
    assert "cu-dan" not in subscription.sealed_address + subscription.digest
    assert Subscription.objects.at_address("email", "cu-dan@example.com").exists()
    settings.SUBSCRIPTION_KEYS = ["z" * 20 + "another-key-0123456789-0123456789"]
    assert not Subscription.objects.at_address("email", "cu-dan@example.com").exists()
    with pytest.raises(sealing.Unreadable):
        _ = subscription.address


def test_a_new_key_comes_in_front_and_the_old_one_can_go(hai_phong, settings, capsys):
    subscription = subscriber(hai_phong, "cu-dan@example.com")
    old, new = settings.SUBSCRIPTION_KEYS[0], "a-newer-key-0123456789-0123456789-0123456789"
    token = links.token(subscription)
    settings.SUBSCRIPTION_KEYS = [new, old]
    assert Subscription.objects.at_address("email", "cu-dan@example.com").exists()
    assert subscribing.by_token(token, subscribing.MANAGE) == subscription
    call_command("reseal_addresses")
    assert "1 addresses" in capsys.readouterr().out
    settings.SUBSCRIPTION_KEYS = [new]
    subscription.refresh_from_db()
    assert subscription.address == "cu-dan@example.com"
    assert Subscription.objects.at_address("email", "cu-dan@example.com").exists()
    settings.SUBSCRIPTION_KEYS = ["quite-another-key-0123456789-0123456789-01234"]
    with pytest.raises(CommandError, match="SUBSCRIPTION_KEYS"):
        call_command("reseal_addresses")
