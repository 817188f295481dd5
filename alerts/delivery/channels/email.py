"""Notices as e-mails: plain text with an HTML alternative, one to each subscriber."""

import re
import smtplib
import time
from collections.abc import Sequence
from contextlib import suppress
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from alerts.delivery import links
from alerts.delivery.announcement import Announcement
from alerts.delivery.channels import Dead, Later, Outcome, Sent, Unreachable
from alerts.delivery.sections import sections
from alerts.models import Delivery, Subscription

# What stands in the text that all subscribers share, for what is each subscriber's own.
UNSUBSCRIBE, MANAGE = "%%unsubscribe%%", "%%manage%%"
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

    def render(self, announcement: Announcement, delivery: Delivery) -> EmailMultiAlternatives:
        to = cast(Subscription, delivery.subscription)
        text, html = _bodies(announcement)
        own = {UNSUBSCRIBE: links.unsubscribe(to), MANAGE: links.manage(to)}
        headers = {
            "Message-ID": message_id(delivery.key),
            "Date": format_datetime(announcement.changed_at),
            "List-Id": _list_id(announcement),
            "List-Unsubscribe": f"<{own[UNSUBSCRIBE]}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        if delivery.thread:
            first = message_id(delivery.thread)
            headers |= {"In-Reply-To": first, "References": first}
        return letter(
            to=to.address,
            sender=announcement.office or announcement.province,
            language=announcement.language,
            subject=announcement.headline,
            text=_filled(text, own),
            html=_filled(html, own),
            headers=headers,
        )

    def send(self, messages: Sequence[EmailMultiAlternatives]) -> Sequence[Outcome]:
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

    def _send(self, message: EmailMultiAlternatives) -> Outcome:
        try:
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
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=formataddr((sender, address)),
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
def _bodies(announcement: Announcement) -> tuple[str, str]:
    with translation.override(announcement.language):
        context = {
            "told": announcement,
            "sections": sections(announcement),
            "unsubscribe": UNSUBSCRIBE,
            "manage": MANAGE,
            "language": announcement.language,
        }
        text = render_to_string("alerts/email/notice.txt", context)
        html = render_to_string("alerts/email/notice.html", context)
    return text, html


def _filled(text: str, own: dict[str, str]) -> str:
    for mark, value in own.items():
        text = text.replace(mark, value)
    return text


def _list_id(announcement: Announcement) -> str:
    return f"<{announcement.province_slug}.{_host()}>"


@lru_cache
def _host() -> str:
    return urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost"
