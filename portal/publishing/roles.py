"""Roles: what an officer may do. Where is said by `Officer.provinces` and `Officer.is_national`.

                  entries  approves  officers  trail  appoints
    Soạn tin      writes   -         -         -      -
    Duyệt tin     writes   yes       -         -      -
    Quản trị tỉnh reads    -         manages   reads  Soạn tin, Duyệt tin, Kiểm toán chỉ đọc
    Trung ương    writes   -         manages   reads  those, and Quản trị tỉnh
    Kiểm toán …   reads    -         reads     reads  -

Entries include the province's own page. Everybody reads revisions and what became of deliveries,
within their provinces; approvers have failed messages sent again. Nobody
approves what they wrote. Trung ương is the administrator of the whole country: only a national
officer can have it, and only a superuser (made by a command on the machine) can give it. Creating
a province takes a national officer who writes. An officer may have several roles.

Each role is a group of Django's, made by a migration; its permissions are brought up to date after
every later one, so that a new kind of entry never needs somebody to tick boxes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import models

from portal.publishing.models.officer import APPROVE, Officer
from portal.publishing.models.publishable import publishable_models

AUTHOR = "Soạn tin"
APPROVER = "Duyệt tin"
ADMINISTRATOR = "Quản trị tỉnh"
NATIONAL = "Trung ương"
AUDITOR = "Kiểm toán chỉ đọc"

READS = ("view",)
WRITES = ("view", "add", "change")
MANAGES = WRITES


@dataclass(frozen=True)
class Role:
    """What the officers of one role may do."""

    entries: tuple[str, ...]
    approves: bool = False
    officers: tuple[str, ...] = ()
    reads_trail: bool = False
    appoints: tuple[str, ...] = ()


ROLES = {
    AUTHOR: Role(WRITES),
    APPROVER: Role(WRITES, approves=True),
    ADMINISTRATOR: Role(
        READS, officers=MANAGES, reads_trail=True, appoints=(AUTHOR, APPROVER, AUDITOR)
    ),
    NATIONAL: Role(
        WRITES,
        officers=MANAGES,
        reads_trail=True,
        appoints=(AUTHOR, APPROVER, AUDITOR, ADMINISTRATOR),
    ),
    AUDITOR: Role(READS, officers=READS, reads_trail=True),
}


def roles_of(officer: Officer) -> set[str]:
    """The names of the officer's roles."""
    return set(officer.groups.values_list("name", flat=True))


def appointed_by(officer: Officer) -> set[str]:
    """The roles that `officer` may give and take."""
    if officer.is_superuser:
        return set(ROLES)
    return {role for own in roles_of(officer) & ROLES.keys() for role in ROLES[own].appoints}


def permissions_of(role: str) -> Iterable[str]:
    """What the role may do, as `app_label.codename`."""
    rights = ROLES[role]
    for model in publishable_models():
        meta = model._meta
        for verb in rights.entries:
            yield f"{meta.app_label}.{verb}_{meta.model_name}"
    # What the apps above add says itself who may do what with it, beside the entries.
    for other in apps.get_models():
        verbs = getattr(other, "officers_may", ())
        if rights.approves:
            verbs += getattr(other, "approvers_may", ())
        for verb in verbs:
            yield f"{other._meta.app_label}.{verb}_{other._meta.model_name}"
    yield "publishing.view_revision"
    yield "publishing.view_batch"
    if rights.approves:
        yield APPROVE
    for verb in rights.officers:
        yield f"publishing.{verb}_officer"
    if rights.reads_trail:
        yield "publishing.view_accountevent"


def ensure_roles(sender: Any = None, **kwargs: Any) -> None:
    """Gives every role exactly its permissions."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    for role in ROLES:
        wanted = models.Q()
        for permission in permissions_of(role):
            app_label, codename = permission.split(".")
            wanted |= models.Q(content_type__app_label=app_label, codename=codename)
        # The migration has made it; a database that was flushed lost it since.
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set(Permission.objects.filter(wanted))
