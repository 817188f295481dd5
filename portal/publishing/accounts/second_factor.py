"""The second factor: a code from the officer's phone, or a recovery code from paper.

Codes are reckoned from the real time, never from a demonstration's clock: the phone knows no other.
"""

import base64
import hashlib
import secrets
import unicodedata
from enum import Enum
from math import ceil
from typing import Any

import qrcode
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from portal.publishing.models.officer import Officer

RECOVERY_CODES = 10
# How hard it is to try one; to change it voids those that are on paper.
COST = {"n": 2**14, "r": 8, "p": 5}
# What the name of the device begins with that holds them; their salt follows.
PAPER = "paper "
# After each wrong code the wait doubles, to 2⁹ seconds: nobody guesses a code in time, and an
# officer whose password has leaked is not kept out for good.
MOST_FAILURES_COUNTED = 10


class Stage(Enum):
    """How far somebody has come on the way into the admin."""

    OUTSIDE = "not signed in"
    CODE = "the password was right, the code is awaited"
    SET_UP = "needs a second factor and has none"
    INSIDE = "signed in"


def stage_of(request: HttpRequest) -> Stage:
    """How far the sender of `request` has come."""
    officer: Any = request.user
    if not (officer.is_active and officer.is_staff):
        return Stage.OUTSIDE
    if officer.is_verified():
        return Stage.INSIDE
    if is_enrolled(officer):
        return Stage.CODE
    return Stage.SET_UP if officer.needs_second_factor else Stage.INSIDE


def is_enrolled(officer: Officer) -> bool:
    """Whether the officer has set up a phone."""
    return TOTPDevice.objects.filter(user=officer, confirmed=True).exists()


def new_key() -> str:
    """A secret for a phone, in the letters that people copy (base32)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def key_address(officer: Officer, key: str) -> str:
    """The `otpauth:` address that a phone reads from the code on the screen."""
    return TOTPDevice(user=officer, key=_as_hex(key)).config_url


def key_picture(officer: Officer, key: str) -> str:
    """That address as an SVG for the page; it has no style of its own."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, image_factory=SvgPathFillImage)
    code.add_data(key_address(officer, key))
    return code.make_image().to_string(encoding="unicode")


@transaction.atomic
def enrol(officer: Officer, *, key: str, code: str = "") -> TOTPDevice:
    """Makes the phone that holds `key` the officer's second factor, in place of any before.

    `code` proves that it does; only a demonstration leaves it out. Raises ValidationError.
    """
    TOTPDevice.objects.filter(user=officer).delete()
    device = TOTPDevice.objects.create(user=officer, key=_as_hex(key), name="phone")
    if code and not device.verify_token(_plain(code)):
        raise ValidationError(_("This code does not fit. Is the clock of your phone right?"))
    return device


@transaction.atomic
def make_recovery_codes(officer: Officer) -> list[str]:
    """Ten new codes in place of any before; only their hashes are kept."""
    salt = secrets.token_hex(16)
    # Kept as it is but for that: a session that began with a code of it goes on.
    device, _created = StaticDevice.objects.update_or_create(
        user=officer, defaults={"name": f"{PAPER}{salt}"}
    )
    device.token_set.all().delete()
    codes = [
        base64.b32encode(secrets.token_bytes(5)).decode().lower() for _n in range(RECOVERY_CODES)
    ]
    for code in codes:
        device.token_set.create(token=_hashed(code, device))
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(officer: Officer) -> int:
    return sum(d.token_set.count() for d in StaticDevice.objects.filter(user=officer))


def verify(officer: Officer, code: str) -> Device | None:
    """The phone or the paper that `code` is from; it is not accepted a second time."""
    code = _plain(code)
    devices: Any = StaticDevice
    if len(code) == 6 and code.isdigit():
        devices = TOTPDevice
    for device in devices.objects.filter(user=officer, confirmed=True):
        token = code if devices is TOTPDevice else _hashed(code, device)
        if verify_token(officer, device.persistent_id, token):
            return device
        devices.objects.filter(
            pk=device.pk, throttling_failure_count__gt=MOST_FAILURES_COUNTED
        ).update(throttling_failure_count=MOST_FAILURES_COUNTED)
    return None


def seconds_to_wait(officer: Officer) -> int:
    """How long no code from the phone is accepted, after wrong ones."""
    device = TOTPDevice.objects.filter(user=officer, confirmed=True).first()
    _allowed, why = device.verify_is_allowed() if device else (True, None)
    return ceil((why["locked_until"] - timezone.now()).total_seconds()) if why else 0


@transaction.atomic
def remove(officer: Officer) -> bool:
    """Forgets phone and paper: the officer sets up a new one. False if there was none."""
    removed = [
        devices.objects.filter(user=officer).delete()[0] for devices in (TOTPDevice, StaticDevice)
    ]
    return any(removed)


def _plain(code: str) -> str:
    """The code without what people put in to read it better."""
    kept = unicodedata.normalize("NFKC", code).lower()
    return "".join(c for c in kept if c.isascii() and c.isalnum())


def _hashed(code: str, paper: StaticDevice) -> str:
    """What is stored of a recovery code: of no use to whoever reads the database, who would have to
    try each of 2⁴⁰ for a tenth of a second (RFC 7914, with OWASP's figures for passwords).

    The ten of one paper share its salt, so that a try costs one hash and not ten.
    """
    salt = paper.name.removeprefix(PAPER).encode()
    return base64.b64encode(hashlib.scrypt(code.encode(), salt=salt, dklen=12, **COST)).decode()


def _as_hex(key: str) -> str:
    return base64.b32decode(key).hex()
