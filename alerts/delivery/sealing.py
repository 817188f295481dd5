"""How the addresses of subscribers are kept: sealed, found by a digest, and spoken of by tokens.

From each of SUBSCRIPTION_KEYS follow three keys: one seals (Fernet: AES-128-CBC with
HMAC-SHA256), one makes the digest by which an address is found again, one signs the tokens in
the links that a subscriber gets. The first setting is used for what is new; all of them open,
find and verify what is old, until `manage.py reseal_addresses` has brought it up to date.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

HANDLE_BYTES = 12
SIGNATURE_BYTES = 16
# Letters of a token: base64url of both.
TOKEN_LENGTH = 16 + 22


class Unreadable(Exception):
    """None of SUBSCRIPTION_KEYS opens it. The message holds nothing of what is sealed."""


def seal(text: str) -> str:
    return _box(*settings.SUBSCRIPTION_KEYS).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again; raises Unreadable."""
    try:
        return _box(*settings.SUBSCRIPTION_KEYS).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable("none of SUBSCRIPTION_KEYS opens this address") from None


def digest(text: str) -> str:
    """The same for the same text, and no way back to it without the key."""
    return _digest(text, settings.SUBSCRIPTION_KEYS[0])


def digests(text: str) -> list[str]:
    """The digests that `text` may have been kept under."""
    return [_digest(text, key) for key in settings.SUBSCRIPTION_KEYS]


def new_handle() -> str:
    return _readable(secrets.token_bytes(HANDLE_BYTES))


def token(handle: str, purpose: str) -> str:
    """What the link for `purpose` carries: nobody makes it who has not been sent it."""
    return handle + _signature(handle, purpose, settings.SUBSCRIPTION_KEYS[0])


def handle_of(given: str, purpose: str) -> str | None:
    """The handle in a token that this portal made for `purpose`; None for anything else."""
    length = len(_readable(bytes(HANDLE_BYTES)))
    handle, signature = given[:length], given[length:].encode()
    for key in settings.SUBSCRIPTION_KEYS:
        if hmac.compare_digest(signature, _signature(handle, purpose, key).encode()):
            return handle
    return None


def _signature(handle: str, purpose: str, key: str) -> str:
    message = f"{purpose}:{handle}".encode(errors="surrogatepass")
    return _readable(hmac.digest(_derived(key, "token"), message, hashlib.sha256)[:SIGNATURE_BYTES])


def _digest(text: str, key: str) -> str:
    return hmac.new(_derived(key, "digest"), text.encode(), hashlib.sha256).hexdigest()


@lru_cache
def _box(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, "seal"))) for key in keys])


@lru_cache
def _derived(key: str, purpose: str) -> bytes:
    return hmac.digest(key.encode(), f"subscription {purpose}".encode(), hashlib.sha256)


def _readable(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
