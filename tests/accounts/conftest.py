"""Browsers that sign in as people do, and the cast of every role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP

from portal.publishing.accounts import officer_versions, second_factor
from portal.publishing.models import AccountEvent, Officer
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR, NATIONAL
from tests import factories

INDEX = "/admin/"
LOGIN = "/admin/login/"
CODE = "/admin/code/"
SET_UP = "/admin/second-factor/set-up/"
ATRAIL = "/admin/publishing/accountevent/"
NEW_PASSWORD = "a-passphrase-of-their-own"


class Browser(Client):
    """One browser at one address."""

    def __init__(self, address: str = "203.0.113.7", **defaults: Any) -> None:
        super().__init__(REMOTE_ADDR=address, **defaults)

    def give_password(self, name: Any, password: str = factories.PASSWORD, **extra: Any) -> Any:
        data = {"username": str(name), "password": password, "next": INDEX}
        return self.post(LOGIN, data, **extra)

    def give_code(self, code: str, **extra: Any) -> Any:
        return self.post(CODE, {"code": code}, **extra)

    def sign_in(self, officer: Officer) -> "Browser":
        """All the way, in one step that uses up no code."""
        self.force_login(officer)
        factories.mark_verified(self, officer)
        return self

    @property
    def is_inside(self) -> bool:
        return self.get(INDEX).status_code == 200


def code_of(officer: Officer, *, steps: int = 0) -> str:
    """What the officer's phone shows now, or so many steps later."""
    device = factories.phone(officer)
    totp = TOTP(device.bin_key, drift=steps)
    return f"{totp.token():06}"


def key_on(page: Any) -> str:
    return page.context["key"].replace(" ", "")


def code_for(key: str) -> str:
    return f"{TOTP(second_factor.base64.b32decode(key)).token():06}"


def kinds(officer: Officer) -> list[str]:
    """The officer's trail, oldest first, from after the account was made."""
    found = AccountEvent.objects.filter(officer=officer).order_by("pk")
    return [
        kind
        for kind in found.values_list("kind", flat=True)
        if kind not in ("created", "rights_changed")
    ]


def officers_page(page: str, *args: Any) -> str:
    return reverse(f"admin:publishing_officer_{page}", args=args)


def opened(officer: Officer) -> dict[str, str]:
    """What the form of `officer` holds beside what is typed, if it is opened now."""
    return {"version": officer_versions.token(Officer.objects.get(pk=officer.pk))}


def form(*provinces, roles=(AUTHOR,), **values):
    return {
        "username": "newcomer",
        "first_name": "An",
        "last_name": "Nguyễn",
        "email": "",
        "language": "vi",
        "is_active": "on",
        "provinces": [province.pk for province in provinces],
        "groups": [Group.objects.get(name=role).pk for role in roles],
    } | values


def rights(officer):
    officer.refresh_from_db()
    return (
        {group.name for group in officer.groups.all()},
        {province.name for province in officer.provinces.all()},
        officer.is_national,
        officer.is_superuser,
        officer.is_staff,
        officer.is_active,
        officer.user_permissions.count(),
        officer.password,
    )


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def administrator(hai_phong) -> Officer:
    return factories.officer("administrator", ADMINISTRATOR, hai_phong)


@pytest.fixture
def office(administrator) -> Browser:
    return Browser().sign_in(administrator)


@pytest.fixture
def their_author(binh_duong) -> Officer:
    return factories.officer("their-author", AUTHOR, binh_duong)


@pytest.fixture
def cast(hai_phong) -> Callable[[str], Officer]:
    """An officer of any role: of Hải Phòng, or national where the role is."""

    def play(role: str) -> Officer:
        if role == "superuser":
            return Officer.objects.create_superuser("root", password=factories.PASSWORD)
        if role == NATIONAL:
            return factories.officer("national", NATIONAL, national=True)
        return factories.officer(f"the-{ALL_ROLES.index(role)}", role, hai_phong)

    return play


ALL_ROLES = (AUTHOR, APPROVER, ADMINISTRATOR, NATIONAL, AUDITOR, "superuser")
