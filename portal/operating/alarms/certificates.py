"""Whether the certificates of the portal hold, and for how long."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from portal.operating.alarms.finding import Finding, Options, ago

TIMEOUT = 10
# Let's Encrypt's are renewed thirty days before their end: with two weeks left that has failed.
WARNED, ALARMED = timedelta(days=14), timedelta(days=5)


def certificates(options: Options) -> Iterator[Finding]:
    """That of the address at which residents are served, and that which signs CAP messages."""
    parts = urlsplit(options.url)
    if parts.scheme == "https" and parts.hostname:
        yield _of_host(parts.hostname, parts.port or 443)
    else:
        yield Finding.ok(f"{options.url} has none")
    if settings.CAP_SIGNING:
        signing = x509.load_pem_x509_certificate(settings.CAP_SIGNING.certificate)
        yield _until("CAP_CERTIFICATE", signing.not_valid_after_utc)


def _of_host(host: str, port: int) -> Finding:
    try:
        with (
            socket.create_connection((host, port), timeout=TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Finding.critical(f"that of {host}: {error.verify_message}")
    except OSError as error:
        return Finding.critical(f"{host} port {port} does not answer: {error}")
    end = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return _until(f"that of {host}", end)


def _until(what: str, end: datetime) -> Finding:
    left = end - datetime.now(UTC)
    if left <= timedelta():
        return Finding.critical(f"{what} ended {ago(-left)} ago")
    finding = (
        Finding.critical if left < ALARMED else Finding.warning if left < WARNED else Finding.ok
    )
    return finding(f"{what} holds for {ago(left)}")
