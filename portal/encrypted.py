"""Nothing of the portal goes to another machine in the clear: checked at start (ASVS 12.3.1).

What stays on this machine (loopback, a socket in the file system) may, and what goes through a
network that the operator says encrypts all of it, such as WireGuard.
"""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

# Of PostgreSQL's modes those that look at the certificate; the others take anybody's.
CHECKED_MODES = {"verify-ca", "verify-full"}

# Says of a host whether what goes there needs no encryption of ours.
Beneath = Callable[[str], bool]


def refuse_plain_connections(
    *,
    databases: Mapping[str, Mapping[str, Any]],
    cache: Mapping[str, Any],
    email: Mapping[str, Any],
    networks: Iterable[str],
) -> None:
    """Raises ImproperlyConfigured for the first connection to another machine without TLS.

    `databases` by the settings that name them, `cache` and `email` as Django's settings have them;
    `networks` are those of ENCRYPTED_NETWORKS.
    """
    is_safe = _beneath(networks)
    for name, database in databases.items():
        mode = database.get("OPTIONS", {}).get("sslmode")
        if not is_safe(database.get("HOST", "")) and mode not in CHECKED_MODES:
            raise _plain(name, database["HOST"], "say ?sslmode=verify-full after it")
    host = urlsplit(str(cache.get("LOCATION", ""))).hostname or ""
    if not is_safe(host) and not str(cache["LOCATION"]).startswith("rediss://"):
        raise _plain("CACHE_URL", host, "begin it with rediss://")
    host = email.get("EMAIL_HOST") or ""
    if not is_safe(host) and not (email.get("EMAIL_USE_TLS") or email.get("EMAIL_USE_SSL")):
        raise _plain("EMAIL_URL", host, "begin it with smtp+tls:// or smtp+ssl://")


def _plain(name: str, host: str, way_out: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{name} leads to {host} without TLS; {way_out}, or name the network in"
        " ENCRYPTED_NETWORKS if all of it is encrypted, as by WireGuard"
    )


def _beneath(networks: Iterable[str]) -> Beneath:
    try:
        encrypted = [ip_network(network) for network in networks]
    except ValueError as error:
        raise ImproperlyConfigured(
            "ENCRYPTED_NETWORKS must be networks like 10.8.0.0/24, with commas between them"
        ) from error

    def is_safe(host: str) -> bool:
        if not host or host.startswith(("/", "%2F", "%2f")) or host == "localhost":
            return True
        try:
            address = ip_address(host.strip("[]"))
        except ValueError:
            return False
        return address.is_loopback or any(address in network for network in encrypted)

    return is_safe
