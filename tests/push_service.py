"""A push service and the devices behind it: a real HTTP server that checks what it is given as the
services of the browsers do, and opens it as a browser does.

    with PushService() as service:
        settings.PUSH_SERVICES = [service.url]
        device = service.device()
        ...  # device.subscription is what its browser would say; a worker sends
        assert device.notices[-1]["title"] == "…"
"""

import base64
import json
import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_BYTES = 4096
DAY = 24 * 3600


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Message:
    """What was accepted for a device, opened."""

    notice: Any
    headers: dict[str, str]
    claims: dict[str, Any]
    size: int


@dataclass
class Device:
    """A browser that has subscribed: it alone can open what comes for it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    messages: list[Message] = field(default_factory=list)

    @property
    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": text(point), "auth": text(self.secret)}

    @property
    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` tells it."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": self.keys}

    @property
    def form(self) -> dict[str, str]:
        """As the page posts it."""
        return {"endpoint": self.endpoint, **self.keys}

    @property
    def notices(self) -> list[Any]:
        return [message.notice for message in self.messages]

    @property
    def waiting(self) -> list[Any]:
        """What it would find if it had been away all the time: the last of each topic."""
        kept = {message.headers["topic"]: message.notice for message in self.messages}
        return list(kept.values())

    def opened(self, body: bytes) -> bytes:
        return http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret)


@dataclass
class Answer:
    """What a device's requests are answered with, instead of being accepted."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class PushService:
    """Listens while it is entered. `refused` says why it did not take a request."""

    def __init__(self) -> None:
        self.devices: dict[str, Device] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: dict[str, int] = defaultdict(int)
        self.refused: list[str] = []
        self.connections = 0
        # While it is cleared, nobody gets an answer.
        self.answering = threading.Event()
        self.answering.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.answering.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def endpoint(self, name: str) -> str:
        return f"{self.url}/send/{name}"

    def device(self, name: str = "") -> Device:
        """A new browser with a subscription."""
        made = Device(self.endpoint(name or text(os.urandom(48))))
        self.devices[made.endpoint] = made
        return made

    def subscription(self, name: str = "") -> dict[str, Any]:
        return self.device(name).subscription

    @property
    def messages(self) -> list[Message]:
        return [message for device in self.devices.values() for message in device.messages]

    def answer(self, device: Device, status: int, body: bytes = b"", **headers: str) -> None:
        """From now on, to whatever is sent to the device."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[device.endpoint] = Answer(status, named, body)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        endpoint = self.url + path
        self.asked[endpoint] += 1
        self.answering.wait(60)
        if endpoint in self.answers:
            return self.answers[endpoint]
        device = self.devices.get(endpoint)
        if device is None:
            return Answer(404)
        try:
            claims = self._checked(headers, body)
        except Refused as error:
            self.refused.append(str(error))
            return Answer(error.status)
        notice = json.loads(device.opened(body))
        device.messages.append(Message(notice, headers, claims, len(body)))
        return Answer(201, {"Location": f"{self.url}/message/1"})

    def _checked(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        if len(body) > MOST_BYTES:
            raise Refused(413, f"{len(body)} bytes")
        if headers.get("content-encoding") != "aes128gcm":
            raise Refused(400, "not encrypted as RFC 8291 wants it")
        if not headers.get("ttl", "").isdigit():
            raise Refused(400, "no TTL")
        if headers.get("urgency", "normal") not in {"very-low", "low", "normal", "high"}:
            raise Refused(400, "urgency")
        topic = headers.get("topic", "")
        if len(topic) > 32 or not topic.replace("-", "").replace("_", "").isalnum():
            raise Refused(400, "topic")
        return self._claims(headers.get("authorization", ""))

    def _claims(self, authorization: str) -> dict[str, Any]:
        """Of the token (RFC 8292), once it is proved."""
        scheme, _space, said = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in said.split(",") if "=" in part)
        if scheme.lower() != "vapid" or parts.keys() != {"t", "k"}:
            raise Refused(401, "no VAPID")
        signed, _dot, signature = parts["t"].rpartition(".")
        header, claims = (json.loads(data(part)) for part in signed.split("."))
        pair = data(signature)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data(parts["k"]))
        numbers = (int.from_bytes(half, "big") for half in (pair[:32], pair[32:]))
        try:
            key.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            raise Refused(403, "the signature is wrong") from None
        if header.get("alg") != "ES256" or claims.get("aud") != self.url:
            raise Refused(403, f"not for this service: {claims.get('aud')}")
        if not time.time() < claims["exp"] <= time.time() + DAY:
            raise Refused(403, "over, or too long")
        if not claims.get("sub", "").startswith(("mailto:", "https://")):
            raise Refused(403, "nobody to ask")
        return claims | {"key": parts["k"]}


class Refused(Exception):
    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            service.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = service.take(self.path, headers, body)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    return Handler
