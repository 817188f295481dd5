"""Who asks, as far as counting needs it: an address that is used and never kept."""

import hashlib
import hmac
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_network(request: HttpRequest) -> str:
    """The address that the request comes from; of an IPv6 one the /64, which is one household's.

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
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped or address.version == 4:
        return str(mapped or address)
    return str(ip_network((int(address), 64), strict=False))


def stand_in(request: HttpRequest) -> str:
    """What is stored to count by instead of the address: a keyed digest in an address's form."""
    key = f"client:{settings.SECRET_KEY}".encode()
    digest = hmac.digest(key, client_network(request).encode(), hashlib.sha256)
    return str(IPv6Address(digest[:16]))
