"""Which officers an officer sees, and which of them they manage."""

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet

from portal.publishing.models.officer import MANAGE_OFFICERS, Officer
from portal.publishing.roles import appointed_by, roles_of


def visible_to(actor: Officer) -> QuerySet[Officer]:
    """Officers all of whose provinces are among the actor's; all, for a national actor."""
    if actor.sees_everything:
        return Officer.objects.all()
    if not actor.is_active:
        return Officer.objects.none()
    publishers = apps.get_model(settings.PUBLISHER_MODEL)._default_manager
    elsewhere = Officer.provinces.through.objects.exclude(
        **{f"{publishers.model._meta.model_name}__in": actor.provinces.all()}
    )
    return (
        Officer.objects.filter(is_superuser=False, is_national=False)
        .filter(pk__in=Officer.provinces.through.objects.values("officer"))
        .exclude(pk__in=elsewhere.values("officer"))
    )


def may_manage(actor: Officer, officer: Officer) -> bool:
    """Whether `actor` may change the account of `officer`: never their own, never one that has
    a role which they could not have given."""
    if actor.is_superuser:
        return actor.is_active
    return (
        actor.has_perm(MANAGE_OFFICERS)
        and officer.pk != actor.pk
        and not officer.is_superuser
        and roles_of(officer) <= appointed_by(actor)
        and visible_to(actor).filter(pk=officer.pk).exists()
    )
