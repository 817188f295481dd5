from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "portal.publishing"
    verbose_name = _("Publishing")

    def ready(self) -> None:
        from portal.publishing.accounts import trail

        post_migrate.connect(_ensure_roles, sender=self)
        post_migrate.connect(_tell_sqlite)  # after each app, because it may have made indexes
        post_migrate.connect(_tell_postgresql)
        trail.connect()


def _tell_sqlite(using: str, **kwargs: Any) -> None:
    from portal.publishing.sqlite_statistics import tell

    tell(using)


def _tell_postgresql(using: str, **kwargs: Any) -> None:
    from portal.publishing import search_index
    from portal.publishing.models.publishable import entry_models

    connection = connections[using]
    there = set(connection.introspection.table_names())
    for table in {model._meta.db_table for model in entry_models()} & there:
        search_index.look_closer(connection, table)


def _ensure_roles(**kwargs: Any) -> None:
    from portal.publishing.roles import ensure_roles

    ensure_roles()
