"""Operations for migrations of tables that people are reading and writing meanwhile."""

from typing import Any

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    NotInTransactionMixin,
    RemoveIndexConcurrently,
    TrigramExtension,
)
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db.migrations.operations import AddIndex, RemoveIndex
from django.db.migrations.operations.base import Operation

from portal.publishing import search_index


class AddLiveIndex(AddIndexConcurrently):
    """An index that PostgreSQL makes without stopping writers; the migration is not `atomic`."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return AddIndex.database_forwards(self, app_label, schema_editor, *states)
        # One that was interrupted is left behind, and invalid.
        schema_editor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{self.index.name}"')
        super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return AddIndex.database_backwards(self, app_label, schema_editor, *states)
        super().database_backwards(app_label, schema_editor, *states)


class RemoveLiveIndex(RemoveIndexConcurrently):
    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return RemoveIndex.database_forwards(self, app_label, schema_editor, *states)
        super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return RemoveIndex.database_backwards(self, app_label, schema_editor, *states)
        super().database_backwards(app_label, schema_editor, *states)


class AllowTrigrams(TrigramExtension):
    """The extension pg_trgm, or one clear line on how to get it. It stays when undone: it may
    have been there before."""

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        try:
            super().database_forwards(app_label, schema_editor, *states)
        except DatabaseError as error:
            name = schema_editor.connection.settings_dict["NAME"]
            reason = str(error).partition("\n")[0]
            raise CommandError(
                f"the search needs pg_trgm in the database {name}, and it could not be added"
                f" ({reason}); as the administrator of PostgreSQL run once:"
                f' psql -d {name} -c "CREATE EXTENSION pg_trgm"'
            ) from error

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        pass


class AddSearchIndex(NotInTransactionMixin, Operation):
    """The index of `EntryQuerySet.search` for one kind of entry. A later migration that makes
    SQLite copy the table (most changes of columns do) takes the triggers away: it ends with this
    operation again."""

    reduces_to_sql = False

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._apply(search_index.make, app_label, schema_editor, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        self._apply(search_index.remove, app_label, schema_editor, to_state)

    def _apply(self, change: Any, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        self._ensure_not_in_transaction(schema_editor)
        change(schema_editor.connection, model._meta.db_table)

    def describe(self) -> str:
        return f"Makes the search index of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.model_name.lower()}_search"
