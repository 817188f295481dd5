"""Roles: what an officer may do. Where is said by `Officer.provinces`.

Each role is a group of Django's, made by a migration and brought up to date after every later
one, so that a new kind of entry never needs somebody to tick boxes.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import models

from portal.publishing.models.publishable import publishable_models

AUTHOR = "Soạn tin"
APPROVER = "Duyệt tin"


def _permissions_of(role: str) -> Iterable[tuple[str, str]]:
    # An approver writes as well, but never approves what they wrote.
    for model in publishable_models():
        meta = model._meta
        for verb in ("add", "change", "view"):
            yield meta.app_label, f"{verb}_{meta.model_name}"
    yield "publishing", "view_revision"
    yield "publishing", "view_batch"
    if role == APPROVER:
        yield "publishing", "approve_revision"


def ensure_roles(sender: Any = None, **kwargs: Any) -> None:
    """Makes the groups and gives them exactly their permissions."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    for role in (AUTHOR, APPROVER):
        group, _created = Group.objects.get_or_create(name=role)
        wanted = models.Q()
        for app_label, codename in _permissions_of(role):
            wanted |= models.Q(content_type__app_label=app_label, codename=codename)
        group.permissions.set(Permission.objects.filter(wanted))
