"""The e-mails themselves, as a mail program and a resident read them, and a real SMTP server."""

import re
import smtplib
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from alerts.delivery.channels import Dead, Later, Sent, Unreachable
from alerts.delivery.channels.email import EmailChannel, Finished
from alerts.models import Delivery, Dispatch, Notice
from portal import clock
from tests import factories
from tests.delivery.conftest import revise, subscriber, withdraw, work

pytestmark = pytest.mark.django_db


def parsed(outbox, number=-1):
    return message_from_bytes(outbox[number].data, policy=default)


def subject(message):
    return message["Subject"].strip()


def text(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


@pytest.fixture
def told(hai_phong, outbox):
    """A whole notice with a place and a flight, as somebody got it in Vietnamese."""
    subscriber(hai_phong, "cu-dan@example.com")
    ward = hai_phong.division.children.districts().filter(valid_to__isnull=False).order_by("pk")[0]
    place = factories.location(hai_phong, address="12 Lạch Tray", ward=ward.children.first())
    factories.notice(
        hai_phong,
        title="Tìm người đến chợ Sắt",
        title_en="Looking for people who were at Sắt market",
        action="Ở nhà. Gọi 0225 123 456.",
        action_en="Stay at home. Call 0225 123 456.",
        body="Ai đã đến chợ Sắt tối 22/03.",
        locations=[place],
        flights=[factories.flight(hai_phong)],
    )
    work()
    return parsed(outbox)


def test_headers_say_what_it_is_and_how_to_leave(told, hai_phong):
    notice, delivery = Notice.objects.get(), Delivery.objects.get()
    assert told["To"] == "cu-dan@example.com"
    assert told["From"].addresses[0].display_name == "Hải Phòng"
    assert subject(told) == "[Hải Phòng] Thông báo khẩn: Tìm người đến chợ Sắt"
    assert told["Message-ID"] == f"<{delivery.key}@testserver>"
    assert parsedate_to_datetime(told["Date"]).timestamp() == int(notice.published_at.timestamp())
    assert told["Auto-Submitted"] == "auto-generated"
    assert told["Precedence"] == "list"
    assert told["List-Id"] == "<hai-phong.testserver>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://testserver/theo-doi/huy/[-\w]{38}/>", told["List-Unsubscribe"])
    assert told["In-Reply-To"] is None and told["References"] is None
    assert not told.defects
    assert [part.get_content_type() for part in told.iter_parts()] == ["text/plain", "text/html"]


def test_the_text_says_first_what_to_do_then_whom_to_call_then_where_and_when(told):
    body = text(told)
    notice = Notice.objects.get()
    order = [
        "Ở nhà. Gọi 0225 123 456.",
        "CDC: 0225 123 456",
        "VN1234",
        "Chợ Sắt, 12 Lạch Tray",
        "19:00–21:30",
        "Ai đã đến chợ Sắt tối 22/03.",
        f"http://testserver/hai-phong/thong-bao/{notice.code}/",
        "Bạn nhận thư này vì",
        "Hủy đăng ký: http://testserver/theo-doi/huy/",
    ]
    places = [body.index(words) for words in order]
    assert places == sorted(places)
    assert "subscriber" not in body and "mark.invalid" not in body
    assert max(len(line.encode()) for line in body.splitlines()) < 998


def test_the_html_says_the_same_and_needs_nothing_from_elsewhere(told):
    html, plain = text(told, "html"), text(told)
    for line in plain.splitlines():
        words = line.lstrip("- ").strip()
        if words and "http" not in words and not words.startswith("[Hải Phòng]"):
            assert words in html, words
    assert 'href="tel:0225123456"' in html
    assert "<img" not in html and "<link" not in html and "<script" not in html
    assert set(re.findall(r'href="(https?://[^/"]+)', html)) == {"http://testserver"}
    assert '<html lang="vi">' in html


def test_what_officers_write_is_text_in_html(hai_phong, outbox):
    subscriber(hai_phong)
    factories.notice(hai_phong, title="<script>alert(1)</script> & co", action="a < b")
    work()
    assert "<script>" not in text(parsed(outbox), "html")
    assert "a &lt; b" in text(parsed(outbox), "html")
    assert "a < b" in text(parsed(outbox))


def test_line_breaks_in_a_title_make_no_header(hai_phong, outbox):
    subscriber(hai_phong)
    factories.notice(hai_phong, title="Một\nX-Evil: 1")
    work()
    assert parsed(outbox)["X-Evil"] is None
    assert "X-Evil: 1" in subject(parsed(outbox))


def test_english_for_who_asked_for_english(told, hai_phong, outbox):
    subscriber(hai_phong, language="en")
    notice = Notice.objects.get()
    revise(notice, body="Ai đã đến chợ Sắt tối 23/03.", body_en="Who was there on 23/03.")
    work()
    message = parsed(outbox)
    assert message["Content-Language"] == "en"
    assert subject(message) == (
        "[Hải Phòng] Urgent notice: Looking for people who were at Sắt market"
    )
    body = text(message)
    assert body.index("Stay at home.") < body.index("Whom to call") < body.index("Were you here?")
    assert f"http://testserver/en/hai-phong/thong-bao/{notice.code}/" in body
    assert "http://testserver/en/theo-doi/huy/" in body


def test_a_correction_says_what_changed_and_belongs_to_the_first_message(told, outbox):
    revise(Notice.objects.get(), note="Nhầm ngày.", action="Ở nhà. Gọi 1900 9095.")
    work()
    message = parsed(outbox)
    assert subject(message) == ("[Hải Phòng] Đính chính: Thông báo khẩn: Tìm người đến chợ Sắt")
    assert message["In-Reply-To"] == message["References"] == told["Message-ID"]
    assert message["Message-ID"] != told["Message-ID"]
    body = text(message)
    assert re.search("Việc cần làm: trước là “Ở nhà. Gọi .*”, nay là “Ở nhà. Gọi 1900 9095.”", body)
    assert "Lý do: Nhầm ngày." in body
    assert body.index("nay là") < body.index("Việc cần làm\nỞ nhà. Gọi 1900 9095.")


def test_a_withdrawal_says_so_and_why_first(told, outbox):
    revise(Notice.objects.get(), body="khác")
    work()
    withdraw(Notice.objects.get(), "Không phải chợ Sắt.")
    work()
    message = parsed(outbox)
    assert subject(message) == "[Hải Phòng] Đã gỡ: Thông báo khẩn: Tìm người đến chợ Sắt"
    assert message["In-Reply-To"] == told["Message-ID"], "it belongs to the first of the thread"
    body = text(message)
    assert body.index("đã gỡ") < body.index("Không phải chợ Sắt.") < body.index("Nội dung cũ")
    assert "Có hiệu lực đến" not in body


def test_a_paragraph_that_is_longer_than_a_line_may_be_harms_nothing(hai_phong, outbox):
    subscriber(hai_phong)
    words = "đến khu vực chợ Sắt " * 150
    factories.notice(hai_phong, body=words.strip())
    work()
    message = parsed(outbox)
    own = message["List-Unsubscribe"].strip("<>")
    for kind in ("plain", "html"):
        assert own in text(message, kind)
        assert words.strip() in " ".join(text(message, kind).split())
    assert max(len(line) for line in outbox[0].data.split(b"\r\n")) <= 998


def test_everybody_gets_their_own_links(hai_phong, outbox, subscribers):
    subscribers(3)
    factories.notice(hai_phong)
    work()
    links = {parsed(outbox, n)["List-Unsubscribe"] for n in range(3)}
    assert len(links) == 3
    for number in range(3):
        message = parsed(outbox, number)
        own = message["List-Unsubscribe"].strip("<>")
        assert own in text(message) and own in text(message, "html")


def test_the_message_of_a_delivery_is_always_the_same(hai_phong, outbox):
    subscriber(hai_phong)
    factories.notice(hai_phong)
    work()
    Delivery.objects.update(state="queued", not_before=clock.now() - timedelta(seconds=1))
    work()
    first, second = parsed(outbox, 0), parsed(outbox, 1)
    assert first["Message-ID"] == second["Message-ID"] and first["Date"] == second["Date"]
    assert text(first) == text(second)


def test_nothing_of_the_address_is_in_the_database(told):
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            # The index of the search holds no texts of its own, and cannot be read.
            if table.startswith("alerts_") and not table.endswith("_search"):
                cursor.execute(f'SELECT * FROM "{table}"')
                assert "cu-dan" not in repr(cursor.fetchall())
    assert Dispatch.objects.exists()


# --- a server that answers


class Answers:
    """Answers what the test says, to each step."""

    def __init__(self):
        self.rcpt = self.data = self.mail = None
        self.messages, self.connections = [], 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data == "hang up":
            session.peer = None
            server.transport.close()
            return "421 bye"
        if self.data:
            return self.data
        self.messages.append(envelope)
        return "250 OK"


class Quiet(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="mail.test")


@pytest.fixture
def answers(settings):
    from tests.ports import free_port

    handler = Answers()
    controller = Quiet(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    handler.stop = controller.stop
    yield handler
    if controller.loop.is_running():
        controller.stop()


def finished(number=1):
    return Finished(f"resident-{number}@example.com", b"Subject: x\r\n\r\nb\xe1\xba\xa1n\r\n")


def test_one_connection_carries_all_messages(answers):
    channel = EmailChannel()
    assert channel.send([finished(1)]) == [Sent()]
    assert channel.send([finished(2)]) == [Sent()]
    channel.close()
    assert answers.connections == 1
    assert [m.rcpt_tos for m in answers.messages] == [
        ["resident-1@example.com"],
        ["resident-2@example.com"],
    ]
    assert "bạn".encode() in answers.messages[0].content


@pytest.mark.parametrize("step", ["rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("450 4.2.1 resident-1@example.com is full", Later("the mail server answered 450 4.2.1")),
        ("451 try again", Later("the mail server answered 451")),
        ("550 5.1.1 no resident-1@example.com", Dead("the mail server answered 550 5.1.1")),
        ("554 refused", Dead("the mail server answered 554")),
    ],
)
def test_an_answer_is_understood_and_its_words_are_not_kept(step, answer, outcome, answers):
    setattr(answers, step, answer)
    channel = EmailChannel()
    assert channel.send([finished()]) == [outcome]
    setattr(answers, step, None)
    assert channel.send([finished(2)]) == [Sent()], "the next one goes through"
    channel.close()


def test_a_refused_sender_is_nobodys_fault_but_ours(answers):
    answers.mail = "550 5.7.1 not you"
    with pytest.raises(Unreachable, match=r"refuses the sender: 550 5\.7\.1"):
        EmailChannel().send([finished()])


def test_a_broken_connection_is_opened_again(answers):
    channel = EmailChannel()
    answers.data = "hang up"
    (outcome,) = channel.send([finished()])
    assert isinstance(outcome, Later) and "resident" not in outcome.why
    answers.data = None
    assert channel.send([finished()]) == [Sent()]
    channel.close()
    assert answers.connections == 2


def test_a_connection_that_was_closed_while_idle_costs_nothing(answers, monkeypatch):
    channel = EmailChannel()
    channel.send([finished(1)])
    channel._backend.connection.sock.close()
    channel._used_at -= 60
    assert channel.send([finished(2)]) == [Sent()]
    channel.close()


def test_no_server_is_told_as_such(answers):
    answers.stop()
    with pytest.raises(Unreachable, match="does not answer: ConnectionRefusedError"):
        EmailChannel().send([finished()])


def test_wrong_credentials_are_told_without_the_password(answers, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "top-secret"
    with pytest.raises(Unreachable) as raised:
        EmailChannel().send([finished()])
    assert "top-secret" not in str(raised.value) and raised.value.__cause__ is None
    assert issubclass(smtplib.SMTPException, OSError)
