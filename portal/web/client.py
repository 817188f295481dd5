"""Who asks, as far as counting needs it: an address that is used and never kept."""

import hashlib
import hmac
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# Bits of an address that are counted as one: of IPv6 what one household has at least, and around
# that what a provider gives one customer at most, or a small network has.
ONE = {4: 32, 6: 64}
AROUND = {4: 24, 6: 48}


def client_network(request: HttpRequest, bits: dict[int, int] = ONE) -> str:
    """The network that the request comes from: so many `bits` of its address, by IP's version.

    `X-Forwarded-For` is written by anybody. Of it only what the operator's own proxies added
    (TRUSTED_PROXIES of them, counted from the end) is believed; none unless the operator says so.
    """
    sender = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= settings.TRUSTED_PROXIES:
            sender = hops[-settings.TRUSTED_PROXIES].strip() or sender
    try:
        address = ip_address(sender)
    except ValueError:
        return "unknown"
    address = getattr(address, "ipv4_mapped", None) or address
    network = IPv4Network if address.version == 4 else IPv6Network
    return str(network((int(address), bits[address.version]), strict=False))


def stand_in(request: HttpRequest, bits: dict[int, int] = ONE) -> str:
    """What is stored to count by instead of the address: a keyed digest in an address's form."""
    key = f"client:{settings.SECRET_KEY}".encode()
    digest = hmac.digest(key, client_network(request, bits).encode(), hashlib.sha256)
    return str(IPv6Address(digest[:16]))
