"""Notices as notifications of a browser (Web Push: RFC 8030, 8291, 8292).

The message is encrypted for the device and handed to the push service of the browser's maker,
which keeps it until the device is there. The service worker shows it
(static/js/service-worker-notices.js).
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast

import requests
import urllib3
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from pywebpush import WebPusher
from requests.adapters import HTTPAdapter

from alerts.delivery import devices, links, sealing
from alerts.delivery.announcement import Announcement
from alerts.delivery.channels import Dead, Gone, Later, Outcome, Sent
from alerts.delivery.retry_after import wait_of
from alerts.delivery.sections import brief
from alerts.delivery.vapid import authorization
from alerts.models import Delivery, Kind, Notice, Subscription
from portal import clock
from portal.web.times import iso

# A push service need take no more than 4096 bytes (RFC 8030), of which encryption takes 103:
# salt 16, record size 4, length of the key 1, key 65, end of the text 1, tag 16 (RFC 8188, 8291).
MOST_BYTES = 4096 - 103
# Seconds to connect, and between two pieces of the answer.
TIMEOUT = (5, 10)
# Of an answer no more is read than tells that it is at its end.
ANSWER_BYTES = 1024
# Push services keep a message for four weeks at most (FCM's limit).
LONGEST_LIFE = timedelta(weeks=4)
SHORTEST_LIFE = timedelta(minutes=1)
# RFC 8030, section 5.3: what is not "high" may wait until the phone is used.
URGENCY = {
    Notice.Severity.URGENT: "high",
    Notice.Severity.IMPORTANT: "normal",
    Notice.Severity.INFORMATION: "low",
}


@dataclass(frozen=True)
class Message:
    """What is posted to the push service `origin`; where it is printed, it names no device."""

    origin: str
    endpoint: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


class WebPushChannel:
    """Keeps connections open to the push services, and posts to them side by side."""

    name = "web_push"
    is_broadcast = False
    # What is sent twice after a crash replaces itself, at the push service and on the device.
    at_once = 16

    def __init__(self) -> None:
        self._session: requests.Session | None = None
        self._threads: ThreadPoolExecutor | None = None

    @property
    def is_set_up(self) -> bool:
        return bool(settings.PUSH_KEY)

    def render(self, announcement: Announcement, delivery: Delivery) -> "Message | None":
        to = cast(Subscription, delivery.subscription)
        device = devices.at(to.address)
        try:
            origin = devices.service_of(device.endpoint)
        except devices.UnknownService:  # taken out of the settings since
            return None
        own = {"manage": links.manage(links.token(to), announcement.language)}
        keys = {"p256dh": device.p256dh, "auth": device.auth}
        pusher = WebPusher({"endpoint": device.endpoint, "keys": keys})
        body = pusher.encode(_encoded(_shared(announcement) | own))["body"]
        return Message(origin, device.endpoint, body, _headers(announcement))

    def send(self, messages: "Sequence[Message | None]") -> Sequence[Outcome]:
        if self._session is None or self._threads is None:
            self._session = _session(self.at_once)
            self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix=self.name)
        return list(self._threads.map(self._send, messages))

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()
        if self._session is not None:
            self._session.close()
        self._threads = self._session = None

    def _send(self, message: "Message | None") -> Outcome:
        if message is None:
            return Dead("at a push service that PUSH_SERVICES does not name")
        proof = {"Authorization": authorization(message.origin)}
        try:
            with cast(requests.Session, self._session).post(
                message.endpoint,
                message.body,
                headers=message.headers | proof,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                if answer.raw.read1(ANSWER_BYTES):
                    answer.raw.read1(ANSWER_BYTES)  # the end, so that the connection can be kept
                return _outcome(answer.status_code, answer.headers.get("Retry-After", ""))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            # Their texts hold the address.
            return Later(f"the push service did not answer: {type(error).__name__}")


def _session(connections: int) -> requests.Session:
    """Lets push services leave nothing here, and gives them nothing that lies in ~/.netrc."""
    session = requests.Session()
    session.auth = lambda request: request
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_maxsize=connections)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


def _outcome(status: int, retry_after: str) -> Outcome:
    said = f"the push service answered {status}"
    if 200 <= status < 300:
        return Sent()
    if status in {404, 410}:
        return Gone()
    if status in {401, 403}:
        # Of this subscription: it was made with another key. Were it taken as the fault of the
        # channel, one such subscription, which anybody can make, would hold up all others.
        return Later(f"{said}: PUSH_KEY is not the key that this browser subscribed with")
    if status in {408, 425, 429} or status >= 500:
        return Later(said, wait_of(retry_after))
    return Dead(said)


def _headers(announcement: Announcement) -> dict[str, str]:
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(_life(announcement).total_seconds())),
        "Topic": _topic(announcement.code),
        "Urgency": URGENCY[Notice.Severity(announcement.severity)],
    }


def _life(announcement: Announcement) -> timedelta:
    """How long the push service may keep it for a device that is away."""
    if announcement.until is None or announcement.kind == Kind.WITHDRAWAL:
        return LONGEST_LIFE
    return min(max(announcement.until - clock.now(), SHORTEST_LIFE), LONGEST_LIFE)


def _topic(code: str) -> str:
    """The same for all that is said of one notice, so that a correction replaces what still waits
    at the push service (32 letters at most, RFC 8030), which does not learn which notice it is."""
    return sealing.digest(f"topic:{code}")[:32]


@lru_cache(maxsize=32)
def _shared(announcement: Announcement) -> dict[str, Any]:
    """All of the message that is not a subscriber's own, and not too much of it."""
    with translation.override(announcement.language):
        said = brief(announcement)
        facts = {
            "kind": announcement.kind.value,
            "severity": announcement.severity,
            "language": announcement.language,
            "province": announcement.province_slug,
            "code": announcement.code,
            "title": announcement.headline,
            "body": "",
            "url": announcement.url,
            "changed": iso(announcement.changed_at),
            "until": iso(announcement.until),
            "words": {"manage": _("Change or stop")},
        }
    longest = links.manage("-" * sealing.TOKEN_LENGTH, announcement.language)
    room = MOST_BYTES - len(_encoded(facts | {"manage": longest}))
    end = f"\n{said.end}" if said.end else ""
    return facts | {"body": _cut(said.text, room - _size(end)) + end}


def _cut(text: str, room: int) -> str:
    """As much of `text` as takes no more than `room` bytes, with an ellipsis if that is not all."""
    if _size(text) <= room:
        return text
    while _size(text) > room - _size("…"):
        # No letter takes more than six bytes (an escape).
        text = text[: -max(1, (_size(text) - room) // 6)]
    return text.rstrip() + "…"


def _size(text: str) -> int:
    """Bytes within the message."""
    return len(_encoded(text)) - len('""')


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
