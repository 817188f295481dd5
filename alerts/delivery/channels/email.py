"""Notices as e-mails: plain text with an HTML alternative, one to each subscriber."""

import re
import smtplib
import textwrap
import time
from collections.abc import Sequence
from contextlib import suppress
from email import message_from_bytes
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SMTPBackend
from django.core.mail.message import SafeMIMEMultipart
from django.template.loader import render_to_string
from django.utils import translation

from alerts.delivery import links
from alerts.delivery.announcement import Announcement
from alerts.delivery.channels import Dead, Later, Outcome, Sent, Unreachable
from alerts.delivery.sections import sections
from alerts.models import Delivery, Kind, Subscription

# What stands in the message that all subscribers share, for what is each subscriber's own. Each is
# one that needs no encoding, so that it stands in the finished message as it is here.
TO = "to-the-subscriber@mark.invalid"
OWN = "of-the-subscriber"
KEY, THREAD = UUID(int=1), UUID(int=2)
# Letters in a line at most: of Vietnamese none takes more than three bytes.
LINE = 300
# A server may have closed a connection that was idle for so many seconds: it is asked first.
IDLE = 5
ENHANCED_STATUS = re.compile(rb"\A[245]\.\d{1,3}\.\d{1,3}\b")


class EmailChannel:
    """Keeps one connection open to the server in EMAIL_URL, and opens it again when it broke."""

    name = "email"
    is_broadcast = False
    at_once = 1

    def __init__(self) -> None:
        self._backend: Any = None
        self._used_at = 0.0

    @property
    def is_set_up(self) -> bool:
        return settings.EMAIL_REACHES_PEOPLE

    def render(self, announcement: Announcement, delivery: Delivery) -> "Finished":
        to = cast(Subscription, delivery.subscription)
        address, token = to.address, links.token(to)
        data = _shared(announcement).replace(TO.encode(), address.encode())
        data = data.replace(OWN.encode(), token.encode())
        data = data.replace(str(KEY).encode(), str(delivery.key).encode())
        data = data.replace(str(THREAD).encode(), str(delivery.thread).encode())
        return Finished(address, data)

    def send(self, messages: "Sequence[Finished]") -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        for message in messages:
            self._connect()
            outcomes.append(self._send(message))
            self._used_at = time.monotonic()
        return outcomes

    def close(self) -> None:
        if self._backend is not None:
            with suppress(OSError):
                self._backend.close()
            self._backend = None

    def _connect(self) -> None:
        connection = getattr(self._backend, "connection", None)
        if connection is not None and time.monotonic() - self._used_at > IDLE:
            try:
                if connection.noop()[0] != 250:
                    self.close()
            except OSError:
                self.close()
        if self._backend is None:
            self._backend = get_connection()
        try:
            self._backend.open()
        except OSError as error:
            self.close()
            raise Unreachable(f"the mail server does not answer: {_reason(error)}") from None

    def _send(self, message: "Finished") -> Outcome:
        try:
            if isinstance(self._backend, SMTPBackend):
                # Without Django's way from a message to its bytes, which they have behind them.
                connection = cast(smtplib.SMTP, self._backend.connection)
                connection.sendmail(_sender(), message.to, message.data)
            else:
                self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            (answer,) = error.recipients.values()
            return _refused(*answer)
        except smtplib.SMTPSenderRefused as error:
            # About us, not about the message: no other one would fare better.
            self.close()
            raise Unreachable(f"the mail server refuses the sender: {_reason(error)}") from None
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        except OSError as error:
            # It may have been accepted; if so it comes twice, with the same Message-ID.
            self.close()
            return Later(f"the connection broke: {_reason(error)}")
        return Sent()


class Finished(EmailMessage):
    """A message that is bytes already, for any of Django's backends."""

    def __init__(self, to: str, data: bytes) -> None:
        super().__init__(to=[to])
        self.data = data

    def message(self, **kwargs: Any) -> Any:
        return message_from_bytes(self.data)


def finished(message: EmailMessage) -> Finished:
    (to,) = message.to
    return Finished(to, cast(SafeMIMEMultipart, message.message()).as_bytes(linesep="\r\n"))


def letter(
    *,
    to: str,
    sender: str,
    language: str,
    subject: str,
    text: str,
    html: str,
    headers: dict[str, str],
) -> EmailMultiAlternatives:
    """An e-mail that no vacation notice answers."""
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=formataddr((sender, _sender())),
        to=[to],
        headers={
            "Auto-Submitted": "auto-generated",
            "Precedence": "list",
            "Content-Language": language,
            **headers,
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def message_id(key: UUID) -> str:
    return f"<{key}@{_host()}>"


def _refused(code: int, answer: bytes | str) -> Outcome:
    status = f"{code} {_status(answer)}".strip()
    if 400 <= code < 500:
        return Later(f"the mail server answered {status}")
    return Dead(f"the mail server answered {status}")


def _reason(error: OSError) -> str:
    """What may be told of an error: a server's own words may hold the address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_status(error.smtp_error)}".strip()
    return type(error).__name__


def _status(answer: bytes | str) -> str:
    data = answer if isinstance(answer, bytes) else answer.encode(errors="replace")
    found = ENHANCED_STATUS.match(data)
    return found.group().decode() if found else ""


@lru_cache(maxsize=32)
def _shared(announcement: Announcement) -> bytes:
    """The whole message, with a mark for all that is a subscriber's own."""
    unsubscribe = links.unsubscribe(OWN, announcement.language)
    headers = {
        "Message-ID": message_id(KEY),
        "Date": format_datetime(announcement.changed_at),
        "List-Id": _list_id(announcement),
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if announcement.kind != Kind.NEW:
        headers |= {"In-Reply-To": message_id(THREAD), "References": message_id(THREAD)}
    with translation.override(announcement.language):
        context = {
            "told": announcement,
            "sections": sections(announcement),
            "unsubscribe": unsubscribe,
            "manage": links.manage(OWN, announcement.language),
            "language": announcement.language,
        }
        message = letter(
            to=TO,
            sender=announcement.office or announcement.province,
            language=announcement.language,
            subject=announcement.headline,
            text=_short_lines(render_to_string("alerts/email/notice.txt", context)),
            html=_short_lines(render_to_string("alerts/email/notice.html", context)),
            headers=headers,
        )
    return finished(message).data


def _short_lines(text: str) -> str:
    """With no line longer than SMTP allows (998 bytes, RFC 5321): such a one would be encoded, and
    the marks in it with it."""
    lines = (
        textwrap.wrap(line, LINE, break_on_hyphens=False) if len(line) > LINE else [line]
        for line in text.splitlines()
    )
    return "\n".join(line for some in lines for line in some) + "\n"


def _list_id(announcement: Announcement) -> str:
    return f"<{announcement.province_slug}.{_host()}>"


@lru_cache
def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@lru_cache
def _host() -> str:
    return urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost"
