"""The address of a browser: an endpoint at its maker's push service, and the keys for it.

Whoever subscribes names the endpoint, and the worker posts there: so it has to be at a push
service that is known (PUSH_SERVICES), whatever else it says.
"""

import json
import re
from dataclasses import asdict, dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from portal.keys import from_readable, readable

LONGEST_ENDPOINT = 2000
# Strict, so that nobody reads another host in it than we do: no user, no backslash, no fragment.
ENDPOINT = re.compile(
    r"(?P<origin>(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?P<port>:[0-9]{1,5})?)"
    r"""/[!-"$-\[\]-~]*"""
)
POINT_BYTES, SECRET_BYTES = 65, 16


class UnknownService(ValueError):
    """The endpoint is at no push service that the portal sends through."""


@dataclass(frozen=True)
class Device:
    """An address of Web Push; where it is printed, it says nothing."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    @property
    def address(self) -> str:
        """As a subscription keeps it: the same for the same device."""
        return json.dumps(asdict(self), sort_keys=True)


def device(endpoint: str, p256dh: str, auth: str) -> Device:
    """The device that a browser describes so. Raises UnknownService, and ValueError for what no
    browser says; the text of neither holds the address."""
    point, secret = from_readable(p256dh), from_readable(auth)
    if not 0 < len(endpoint) <= LONGEST_ENDPOINT:
        raise ValueError("no endpoint")
    if len(point) != POINT_BYTES or len(secret) != SECRET_BYTES:
        raise ValueError("no keys of Web Push")
    service_of(endpoint)
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    return Device(endpoint, readable(point), readable(secret))


def at(address: str) -> Device:
    """The device of a subscription's address."""
    return Device(**json.loads(address))


def service_of(endpoint: str) -> str:
    """Scheme, host and port of the push service. Raises UnknownService unless it is known."""
    found = ENDPOINT.fullmatch(endpoint)
    if found is None:
        raise UnknownService
    origin, host = found["origin"], found["host"]
    is_usual = found["scheme"] == "https" and found["port"] in {None, ":443"}
    if origin in settings.PUSH_SERVICES:
        return origin
    if is_usual and any(_fits(host, service) for service in settings.PUSH_SERVICES):
        return f"https://{host}"
    raise UnknownService


def _fits(host: str, service: str) -> bool:
    if service.startswith("*."):
        return host.endswith(service[1:])
    return host == service
