"""Accounts of a demonstration: who they are, and passwords that can be printed at every start."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ImproperlyConfigured

from portal.publishing.models import Officer
from portal.publishing.roles import APPROVER, AUTHOR


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
    DemoAccount("soan-binh-duong", AUTHOR, "binh-duong"),
    DemoAccount("duyet-binh-duong", APPROVER, "binh-duong"),
    AUTHOR_OF_ALL,
    APPROVER_OF_ALL,
    DemoAccount("quan-tri", ""),
)


def require_demo() -> None:
    """Raises ImproperlyConfigured outside a demonstration."""
    if not settings.DEMO:
        raise ImproperlyConfigured("this is for a demonstration only; DEMO is not set")


def password_of(account: DemoAccount) -> str:
    """The account's first password: different in every installation, the same at every start."""
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), f"demo:{account.username}".encode(), hashlib.sha256
    )
    return base64.b32encode(digest)[:16].decode().lower()


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
    return officer
