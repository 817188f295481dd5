"""Operations of migrations say clearly what is missing."""

import pytest
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, migrations

from portal.publishing.migrating import AllowTrigrams

pytestmark = pytest.mark.django_db


class Refused:
    """A schema editor of PostgreSQL for a user who may not create extensions."""

    connection = connection

    def quote_name(self, name: str) -> str:
        return f'"{name}"'

    def execute(self, sql: str) -> None:
        raise ProgrammingError('permission denied to create extension "pg_trgm"\nHINT: no')


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about extensions of PostgreSQL")
def test_a_user_who_may_not_create_extensions_is_told_what_to_run(monkeypatch):
    monkeypatch.setattr(AllowTrigrams, "extension_exists", lambda *_: False)
    state = migrations.state.ProjectState()
    with pytest.raises(CommandError) as refused:
        AllowTrigrams().database_forwards("publishing", Refused(), state, state)
    line = str(refused.value)
    assert "permission denied" in line and 'CREATE EXTENSION pg_trgm"' in line
    assert connection.settings_dict["NAME"] in line and "\n" not in line
