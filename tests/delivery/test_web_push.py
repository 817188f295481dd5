"""Web Push against a push service that checks and opens what it is given."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from urllib3 import HTTPResponse

from alerts.delivery import devices, links
from alerts.delivery.announcement import announce
from alerts.delivery.channels import channels
from alerts.delivery.channels.web_push import WebPushChannel
from alerts.delivery.fan_out import fan_out
from alerts.delivery.sending import Slice
from alerts.delivery.subscribing import Wishes, subscribe
from alerts.models import Delivery, Kind, Notice, Subscription
from portal import clock
from portal.keys import new_push_key, public_half, push_key
from tests import factories
from tests.delivery.conftest import revise, subscriber, withdraw, work
from tests.push_service import PushService

pytestmark = pytest.mark.django_db
WAYS = ("email", "web_push")


@pytest.fixture
def service(settings):
    with PushService() as service:
        settings.PUSH_SERVICES = [service.url]
        yield service


def subscribed(device, province, *, language="vi", minimum="information", units=()):
    """The subscription of a device since an hour ago."""
    address = devices.device(**device.form).address
    with time_machine.travel(clock.now() - timedelta(hours=1)):
        return subscribe(
            channel="web_push",
            province=province,
            address=address,
            wishes=Wishes(language, minimum, units),
        )


@pytest.fixture
def device(service, hai_phong):
    """A phone that is told of Hải Phòng in Vietnamese."""
    device = service.device()
    subscribed(device, hai_phong)
    return device


def market(hai_phong, **values):
    return factories.notice(
        hai_phong,
        **{
            "title": "Tìm người đến chợ Sắt",
            "title_en": "Looking for people who were at Sắt market",
            "action": "Ở nhà. Gọi y tế phường.",
            "action_en": "Stay at home. Call the ward's health post.",
            "expires_at": clock.now() + timedelta(days=3),
        }
        | values,
    )


def test_a_phone_is_told_what_to_do_whom_to_call_and_until_when(hai_phong, service, device):
    market(hai_phong)
    work()
    assert service.refused == []
    [told] = device.notices
    notice, subscription = Notice.objects.get(), Subscription.objects.get()
    assert told["kind"] == "new" and told["language"] == "vi" and told["province"] == "hai-phong"
    assert told["title"] == "[Hải Phòng] Thông báo khẩn: Tìm người đến chợ Sắt"
    first, number, until = told["body"].splitlines()
    assert first == "Ở nhà. Gọi y tế phường."
    assert number == "CDC: 0225 123 456"
    assert until.startswith("Có hiệu lực đến: ")
    assert told["url"] == f"http://testserver{notice.get_absolute_url()}"
    assert told["code"] == notice.code
    assert told["manage"] == links.manage(links.token(subscription), "vi")
    assert told["words"] == {"manage": "Thay đổi hoặc dừng"}
    assert Delivery.objects.get().state == "sent"


def test_in_english_where_the_subscriber_reads_english(hai_phong, service):
    device = service.device()
    subscribed(device, hai_phong, language="en")
    market(hai_phong)
    work()
    [told] = device.notices
    assert told["title"] == "[Hải Phòng] Urgent notice: Looking for people who were at Sắt market"
    assert told["body"].startswith("Stay at home. Call the ward's health post.\nCDC: 0225")
    assert "/en/hai-phong/thong-bao/" in told["url"] and "/en/theo-doi/" in told["manage"]
    assert told["words"] == {"manage": "Change or stop"}


def test_a_correction_and_a_withdrawal_take_the_place_of_what_was_said(hai_phong, device):
    with time_machine.travel(clock.now(), tick=False) as time:
        notice = market(hai_phong)
        work()
        time.shift(timedelta(minutes=1))
        revise(notice, note="Ngày đã được sửa.", action="Ở nhà 14 ngày.")
        work()
        corrected = device.notices[-1]
        assert corrected["kind"] == "correction"
        assert corrected["title"].startswith("[Hải Phòng] Đính chính: Thông báo khẩn:")
        assert "nay là “Ở nhà 14 ngày.”" in corrected["body"]
        assert "Ngày đã được sửa." in corrected["body"]
        assert corrected["body"].index("nay là") < corrected["body"].index("CDC: 0225 123 456")
        assert device.waiting == [corrected], "the push service keeps the newest only"
        time.shift(timedelta(minutes=1))
        withdraw(notice)
        work()
        last = device.notices[-1]
        assert last["kind"] == "withdrawal" and "Không phải địa điểm này." in last["body"]
        assert "Có hiệu lực đến" not in last["body"] and last["code"] == notice.code
        assert device.waiting == [last]
        market(hai_phong, title="Một thông báo khác")
        work()
    assert len(device.waiting) == 2
    changed = [datetime.fromisoformat(told["changed"]) for told in device.notices[:3]]
    assert changed == sorted(set(changed)), "the service worker goes by it"


LONG = "Không đến nơi đông người; đeo khẩu trang “y tế”, khử khuẩn tay thường xuyên. "


@pytest.mark.parametrize("letters", [LONG, '\\"\n\t', "😷"])
def test_it_fits_and_what_is_cut_is_never_whom_to_call(letters, hai_phong, service, device):
    notice = market(hai_phong, title="Ễ" * 200, action=(letters * 3000)[:6000])
    work()
    revise(notice, note=(LONG * 40)[:480], action=(letters * 3000)[5:5900])
    work()
    assert service.refused == []
    first, second = device.messages
    for message in (first, second):
        assert 3700 < message.size <= 4096
        *_text, number, until = message.notice["body"].splitlines()
        assert number == "CDC: 0225 123 456" and until.startswith("Có hiệu lực đến: ")
        assert "…\nCDC" in message.notice["body"]
        assert message.notice["title"].endswith("Ễ" * 200)


def test_headers_say_how_long_how_urgent_and_nothing_else(hai_phong, service, device, settings):
    with time_machine.travel(clock.now(), tick=False):
        for severity in ("urgent", "important", "information"):
            market(hai_phong, severity=severity)
            work()
        withdrawn = market(hai_phong, expires_at=clock.now() + timedelta(minutes=5))
        work()
        withdraw(withdrawn)
        work()
        endless = market(hai_phong, expires_at=clock.now() + timedelta(days=300))
        work()
        seconds = (endless.listed_until - clock.now()).total_seconds()
    sent = [message.headers for message in device.messages]
    assert [headers["urgency"] for headers in sent[:3]] == ["high", "normal", "low"]
    month = 28 * 24 * 3600
    assert seconds > month
    assert [int(headers["ttl"]) for headers in sent] == [*[3 * 24 * 3600] * 3, 300, month, month]
    assert all(Notice.objects.get(pk=withdrawn.pk).code not in str(headers) for headers in sent)
    assert {headers["user-agent"].partition("/")[0] for headers in sent} == {"python-requests"}
    assert all("cookie" not in headers for headers in sent)
    claims = device.messages[0].claims
    assert claims["aud"] == service.url and claims["sub"] == "mailto:no-reply@testserver"
    assert claims["key"] == public_half(push_key(settings.PUSH_KEY))


def test_a_real_portal_names_its_address_as_the_contact(hai_phong, device, settings):
    settings.PUBLIC_BASE_URL = "https://portal.test:8443"
    settings.PUSH_KEY = new_push_key()  # what is signed is kept for an hour
    market(hai_phong)
    work()
    assert device.messages[0].claims["sub"] == "https://portal.test:8443"


# --- what becomes of it


def outcome(hai_phong):
    """Of one notice to one device."""
    market(hai_phong)
    work()
    return Delivery.objects.get()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_accepted(status, hai_phong, service, device):
    service.answer(device, status)
    assert outcome(hai_phong).state == "sent"


@pytest.mark.parametrize("status", [404, 410])
def test_who_has_gone_is_forgotten(
    status, hai_phong, service, device, django_capture_on_commit_callbacks
):
    service.answer(device, status)
    with django_capture_on_commit_callbacks(execute=True):
        outcome(hai_phong)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_error) == ("dead", "gone")
    assert delivery.subscription is None and not Subscription.objects.exists()


@pytest.mark.parametrize("status", [301, 307, 400, 413])
def test_what_is_refused_is_not_tried_again(status, hai_phong, service, device):
    service.answer(device, status, Location=service.device("elsewhere").endpoint)
    delivery = outcome(hai_phong)
    assert (delivery.state, delivery.last_error) == ("dead", f"the push service answered {status}")
    assert service.asked[service.endpoint("elsewhere")] == 0, "no redirect is followed"
    assert Subscription.objects.exists()


WAITS = {
    "seconds": ("7200", timedelta(hours=2)),
    "a date": ("Tue, 01 Jan 2030 03:00:00 GMT", timedelta(hours=3)),
    "nothing": ("", timedelta(seconds=45)),
    "nonsense": ("soon", timedelta(seconds=45)),
    "a past date": ("Tue, 01 Jan 2019 03:00:00 GMT", timedelta(seconds=45)),
    "far too long": ("99999999999999999999", timedelta(days=1)),
}  # fmt: skip


@pytest.mark.parametrize("status", [408, 429, 500, 503])
@pytest.mark.parametrize("named", WAITS)
def test_later_and_when_the_service_says(status, named, hai_phong, service, device):
    said, longest = WAITS[named]
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        service.answer(device, status, Retry_After=said)
        delivery = outcome(hai_phong)
        assert (delivery.state, delivery.attempts) == ("queued", 1)
        assert delivery.last_error == f"the push service answered {status}"
        wait = delivery.not_before - clock.now()
    exact = longest >= timedelta(hours=1)
    assert wait == longest if exact else timedelta(seconds=30) <= wait <= longest


@pytest.mark.parametrize("status", [401, 403])
def test_one_browser_of_another_key_holds_nobody_up(status, hai_phong, service, device):
    other = service.device()
    subscribed(other, hai_phong)
    service.answer(device, status)
    market(hai_phong)
    said = work()
    assert len(other.notices) == 1
    delivery = Delivery.objects.get(state="queued")
    assert "PUSH_KEY" in delivery.last_error and str(status) in delivery.last_error
    assert "web_push: 1 sent, 1 to try again, 0 failed" in "\n".join(said)


def test_silence_is_waited_for_no_longer_than_the_limit(hai_phong, service, device, monkeypatch):
    monkeypatch.setattr("alerts.delivery.channels.web_push.TIMEOUT", (1, 0.2))
    service.answering.clear()
    delivery = outcome(hai_phong)
    assert delivery.state == "queued"
    assert delivery.last_error == "the push service did not answer: ReadTimeout"


def test_a_silent_service_leaves_time_for_the_other_channels(hai_phong, service, monkeypatch):
    monkeypatch.setattr("alerts.delivery.channels.web_push.TIMEOUT", (1, 0.5))
    for _ in range(40):
        subscribed(service.device(), hai_phong)
    market(hai_phong)
    list(fan_out())
    service.answering.clear()
    channel = WebPushChannel()
    assert Slice(channel, 0.4).run().later == channel.at_once
    channel.close()


def test_a_service_that_is_away_is_tried_again(hai_phong, settings):
    with PushService() as service:
        settings.PUSH_SERVICES = [service.url]
        device = service.device()
        subscribed(device, hai_phong)
    delivery = outcome(hai_phong)
    assert delivery.state == "queued"
    assert delivery.last_error == "the push service did not answer: ConnectionError"


def test_of_a_long_answer_no_more_is_read_than_the_limit(hai_phong, service, device, monkeypatch):
    read = []
    real = HTTPResponse.read1
    monkeypatch.setattr(
        HTTPResponse, "read1", lambda self, amount: read.append(amount) or real(self, amount)
    )
    service.answer(device, 201, body=b"x" * 5_000_000)
    assert outcome(hai_phong).state == "sent"
    assert read == [1024, 1024]


def test_connections_are_kept_and_many_are_told_side_by_side(hai_phong, service):
    for _ in range(60):
        subscribed(service.device(), hai_phong)
    market(hai_phong)
    work()
    assert len(service.messages) == 60 and service.refused == []
    assert service.connections <= WebPushChannel.at_once


def test_cookies_of_a_push_service_are_not_kept(hai_phong, service, device):
    service.answer(device, 201, Set_Cookie="who=you; Path=/")
    market(hai_phong)
    channel = WebPushChannel()
    work_with(channel)
    service.answers.clear()
    market(hai_phong)
    work_with(channel)
    channel.close()
    assert "cookie" not in device.messages[-1].headers


def work_with(channel):
    list(fan_out())
    assert Slice(channel, 10).run().sent == 1


# --- where it goes

FOREIGN = [
    "https://evil.example/send/1",
    "https://fcm.googleapis.com.evil.example/send/1",
    "https://evil.example/fcm.googleapis.com",
    "https://notify.windows.com/w/?token=1",
    "https://evilnotify.windows.com/w/?token=1",
    "https://fcm.googleapis.com:8443/send/1",
    "https://user@fcm.googleapis.com/send/1",
    "https://fcm.googleapis.com@evil.example/send/1",
    "https://fcm.googleapis.com\\@evil.example/send/1",
    "https://fcm.googleapis.com/send/1#x",
    "https://fcm.googleapis.com/send\\1",
    "https://fcm.googleapis.com/send/1\nX: 1",
    "https://fcm.googleapis.com/ə",
    "https://FCM.googleapis.com/send/1",
    "https://fcm.googleapis.com",
    "http://fcm.googleapis.com/send/1",
    "http://127.0.0.1:8000/admin/",
    "http://localhost/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "ftp://fcm.googleapis.com/send/1",
    "file:///etc/passwd",
    "//fcm.googleapis.com/send/1",
]
KNOWN = [
    ("https://fcm.googleapis.com/fcm/send/abc:APA91b-_x", "https://fcm.googleapis.com"),
    ("https://fcm.googleapis.com:443/fcm/send/abc", "https://fcm.googleapis.com"),
    (
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://updates.push.services.mozilla.com",
    ),
    (
        "https://wns2-par02p.notify.windows.com/w/?token=BQ%3d%2f",
        "https://wns2-par02p.notify.windows.com",
    ),
    ("https://web.push.apple.com/QGuQ", "https://web.push.apple.com"),
]


@pytest.mark.parametrize("endpoint", FOREIGN)
def test_nothing_is_sent_to_a_foreign_address(endpoint):
    with pytest.raises(devices.UnknownService) as refused:
        devices.service_of(endpoint)
    assert str(refused.value) == ""


@pytest.mark.parametrize(("endpoint", "origin"), KNOWN)
def test_the_services_of_the_browsers_are_known(endpoint, origin):
    assert devices.service_of(endpoint) == origin


def test_a_service_that_is_not_known_any_more_gets_nothing(hai_phong, service, device, settings):
    settings.PUSH_SERVICES = ["fcm.googleapis.com"]
    delivery = outcome(hai_phong)
    assert delivery.state == "dead" and "PUSH_SERVICES" in delivery.last_error
    assert not service.asked


def test_without_a_key_it_is_as_if_there_were_no_such_channel(hai_phong, device, settings):
    settings.PUSH_KEY = ""
    channels.cache_clear()
    try:
        assert "web_push" not in channels()
        market(hai_phong)
        work()
    finally:
        channels.cache_clear()
    assert not Delivery.objects.exists()


# --- what nobody may see


def test_an_address_is_sealed_where_it_lies(hai_phong, device):
    subscription = Subscription.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Subscription._meta.db_table}")
        [row] = cursor.fetchall()
    lying = repr(row)
    for secret in (*device.form.values(), "127.0.0.1", device.endpoint.rsplit("/", 1)[1]):
        assert secret not in lying
    assert subscription.address == devices.device(**device.form).address


@pytest.mark.parametrize("status", [201, 307, 400, 403, 410, 429, 500])
def test_an_address_is_in_no_log_error_or_line_of_the_worker(status, hai_phong, service, caplog):
    caplog.set_level(logging.DEBUG)
    # As Windows names them: not what the filter of the logs takes for a token.
    token = "BQYAAAD3k9Zq"
    device = service.device(f"?token={token}")
    subscribed(device, hai_phong)
    service.answer(device, status, Location=device.endpoint)
    market(hai_phong)
    said = "\n".join(work())
    held = "\n".join(Delivery.objects.values_list("last_error", flat=True))
    for secret in (token, *device.keys.values()):
        assert secret not in caplog.text + said + held
    assert token not in repr(devices.device(**device.form))


def test_a_message_that_is_printed_names_no_device(hai_phong, device):
    market(hai_phong)
    list(fan_out())
    delivery = Delivery.objects.select_related("subscription").get()
    told = announce(delivery.dispatch, kind=Kind(delivery.kind), language="vi", since=None)
    message = WebPushChannel().render(told, delivery)
    assert message.endpoint == device.endpoint
    assert device.endpoint.rsplit("/", 1)[1] not in repr(message)


def test_e_mail_and_devices_are_told_by_the_same_worker(hai_phong, device, outbox):
    subscriber(hai_phong)
    market(hai_phong)
    work()
    assert len(outbox) == 1 and len(device.notices) == 1
