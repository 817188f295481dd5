"""Writes the trail of accounts (`AccountEvent`), whichever way an account is changed.

Changes of an account are seen as signals, so that admin, commands and the shell are all recorded;
`QuerySet.update` alone goes unseen, and nothing in the portal uses it on officers.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import m2m_changed, post_save, pre_save

from portal.publishing.accounts.second_factor import is_enrolled
from portal.publishing.models import AccountEvent, Officer

Kind = AccountEvent.Kind
FLAGS = ("is_active", "is_staff", "is_superuser", "is_national")
# Whoever can change the e-mail address can have the link to set a password sent to themselves.
# Of these it is kept that they were changed, and not into what.
PERSON = ("email", "first_name", "last_name", "language")
WATCHED = (*FLAGS, *PERSON)

_actor: ContextVar[Officer | None] = ContextVar("actor", default=None)


@contextmanager
def acting(officer: Any) -> Iterator[None]:
    """Names who is behind the events recorded within; a visitor who is nobody counts as none."""
    token = _actor.set(officer if officer.pk else None)
    try:
        yield
    finally:
        _actor.reset(token)


def record(officer: Officer, kind: AccountEvent.Kind, **details: Any) -> None:
    """One more event of `officer`, caused by whoever is `acting`."""
    AccountEvent.objects.create(officer=officer, by=_actor.get(), kind=kind, details=details)


def connect() -> None:
    """Listens to every change of an officer; called once, when the apps are ready."""
    pre_save.connect(_before_save, sender=Officer)
    post_save.connect(_after_save, sender=Officer)
    for links in (Officer.groups, Officer.user_permissions, Officer.provinces):
        m2m_changed.connect(_links_changed, sender=links.through)
    user_logged_in.connect(_password_accepted)
    user_logged_out.connect(_signed_out)


def _before_save(sender: Any, instance: Any, update_fields: Any, **kwargs: Any) -> None:
    watched = [name for name in WATCHED if update_fields is None or name in update_fields]
    stored = instance.pk and watched and Officer.objects.filter(pk=instance.pk).values(*watched)
    instance.stored_before = (stored.first() if stored else None) or {}


def _after_save(sender: Any, instance: Any, created: bool, raw: bool, **kwargs: Any) -> None:
    if raw:
        return
    if created:
        record(instance, Kind.CREATED, **{name: True for name in FLAGS if getattr(instance, name)})
        return
    before = instance.stored_before
    changed = {name: getattr(instance, name) for name in before}
    changed = {name: value for name, value in changed.items() if value != before[name]}
    changed |= {name: "…" for name in PERSON if name in changed}
    if changed:
        record(instance, Kind.RIGHTS_CHANGED, **changed)
    # Django keeps the new password until it is saved; a hash that it only upgrades is no change.
    if instance._password is not None:
        record(instance, Kind.PASSWORD_CHANGED)


VERBS = {"post_add": "added", "post_remove": "removed", "pre_clear": "removed"}


def _links_changed(
    sender: Any, instance: Any, action: str, reverse: bool, model: Any, pk_set: Any, **kwargs: Any
) -> None:
    if action not in VERBS:
        return
    # A clear names nothing: then it is whatever the table links to the instance.
    own, other = type(instance), model
    linked = other._default_manager.filter(
        pk__in=_linked(sender, own, other, instance) if pk_set is None else pk_set
    )
    if reverse:
        for officer in linked:
            _record_links(officer, own, VERBS[action], [instance])
    else:
        _record_links(instance, other, VERBS[action], linked)


def _linked(through: Any, own: Any, other: Any, instance: Any) -> Any:
    column = other._meta.model_name
    return through.objects.filter(**{own._meta.model_name: instance}).values(column)


def _record_links(officer: Officer, model: Any, verb: str, linked: Iterable[Any]) -> None:
    what = {Group: "roles", Permission: "permissions"}.get(model, "provinces")
    if names := sorted(map(str, linked)):
        record(officer, Kind.RIGHTS_CHANGED, **{what: {verb: names}})


def _password_accepted(sender: Any, user: Officer, **kwargs: Any) -> None:
    with acting(user):
        record(user, Kind.PASSWORD_ACCEPTED if is_enrolled(user) else Kind.SIGNED_IN)


def _signed_out(sender: Any, user: Officer | None, **kwargs: Any) -> None:
    if user is not None:
        with acting(user):
            record(user, Kind.SIGNED_OUT)
