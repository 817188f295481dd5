"""The key by which push services know this portal (VAPID, RFC 8292): P-256, written as text."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LENGTH = 32


def new_push_key() -> str:
    """A private key as `push_key` reads it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return readable(number.to_bytes(LENGTH, "big"))


def push_key(text: str) -> ec.EllipticCurvePrivateKey:
    """The private key in `text`: its 32 bytes in base64url. Raises ValueError."""
    data = from_readable(text)
    if len(data) != LENGTH:
        raise ValueError(f"{len(data)} bytes are no key")
    return ec.derive_private_key(int.from_bytes(data, "big"), ec.SECP256R1())


def public_half(key: ec.EllipticCurvePrivateKey) -> str:
    """What browsers are given as `applicationServerKey`."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return readable(point)


def readable(data: bytes) -> str:
    """In base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_readable(text: str) -> bytes:
    """The bytes again, with or without padding. Raises ValueError."""
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no base64url") from error
