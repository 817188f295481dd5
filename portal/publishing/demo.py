"""Accounts of a demonstration: who they are, and passwords that can be printed at every start."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.publishing.accounts import second_factor
from portal.publishing.models import Officer
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR, NATIONAL


@dataclass(frozen=True)
class DemoAccount:
    username: str
    role: str  # empty for a superuser
    province: str = ""  # a slug; empty for the whole country


AUTHOR_OF_ALL = DemoAccount("soan-trung-uong", AUTHOR)
APPROVER_OF_ALL = DemoAccount("duyet-trung-uong", APPROVER)
ACCOUNTS = (
    DemoAccount("soan-hai-phong", AUTHOR, "hai-phong"),
    DemoAccount("duyet-hai-phong", APPROVER, "hai-phong"),
    DemoAccount("quan-tri-hai-phong", ADMINISTRATOR, "hai-phong"),
    DemoAccount("soan-binh-duong", AUTHOR, "binh-duong"),
    DemoAccount("duyet-binh-duong", APPROVER, "binh-duong"),
    AUTHOR_OF_ALL,
    APPROVER_OF_ALL,
    DemoAccount("trung-uong", NATIONAL),
    DemoAccount("kiem-toan", AUDITOR),
    DemoAccount("quan-tri", ""),
)


def require_demo() -> None:
    """Raises ImproperlyConfigured outside a demonstration."""
    if not settings.DEMO:
        raise ImproperlyConfigured("this is for a demonstration only; DEMO is not set")


def password_of(account: DemoAccount) -> str:
    """The account's first password: different in every installation, the same at every start."""
    return base64.b32encode(_derived(f"demo:{account.username}"))[:16].decode().lower()


def code_to_show(officer: Officer) -> str | None:
    """The code that `officer` signs in with next, if a phone was never set up in its place.

    A demonstration shows it instead of asking its visitors for a phone; None in a real portal.
    """
    device = TOTPDevice.objects.filter(user=officer, key=_key_of(officer.username).hex()).first()
    if not settings.DEMO or device is None:
        return None
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    # One that was used is not accepted again; the one after it is already.
    totp.time = max(time.time(), (device.last_t + 1) * device.step)
    return f"{totp.token():06}"


def ensure_account(account: DemoAccount) -> Officer:
    """The officer of `account`, made if missing; what staff changed since is kept."""
    require_demo()
    officer, created = Officer.objects.get_or_create(
        username=account.username,
        defaults={
            "is_staff": True,
            "is_national": not account.province,
            "is_superuser": not account.role,
        },
    )
    if created:
        officer.set_password(password_of(account))
        officer.save()
        officer.groups.set(Group.objects.filter(name=account.role))
        publisher = apps.get_model(settings.PUBLISHER_MODEL)
        officer.provinces.set(publisher.objects.filter(slug=account.province))
        if officer.needs_second_factor:
            key = base64.b32encode(_key_of(account.username)).decode()
            second_factor.enrol(officer, key=key)
    return officer


def _key_of(username: str) -> bytes:
    return _derived(f"demo-code:{username}")[:20]


def _derived(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), purpose.encode(), hashlib.sha256)
