"""What SQLite is told of the tables of entries, so that it plans for an archive of a million.

SQLite gathers no statistics by itself. Without any it takes every equality for selective, also
that of a state which all rows are in, and sorts a million rows to show fifty. With those of
ANALYZE it finds that an office of one province has all its rows in that province, and reads the
table. So it is told the same everywhere, as its manual proposes ("sqlite_stat1 ... can be
changed", https://www.sqlite.org/lang_analyze.html): the plans of a large country.
"""

from typing import Any

from django.db import connections, models

from portal.publishing.models import Revision
from portal.publishing.models.publishable import entry_models

ROWS = 1_000_000
# How many different values a column has. Others are taken to differ in every row.
PROVINCES, UNITS, STATES = 63, 10_000, 1


def tell(using: str, **kwargs: Any) -> None:
    """Writes the statistics into the database `using`, if that is SQLite."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute("ANALYZE sqlite_master")  # makes sqlite_stat1 if there is none
        models_told: list[type[models.Model]] = [*entry_models(), Revision]
        for model in models_told:
            if (table := model._meta.db_table) in tables:
                cursor.execute("DELETE FROM sqlite_stat1 WHERE tbl = %s", [table])
                cursor.executemany(
                    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (%s, %s, %s)",
                    [(table, index, stat) for index, stat in _statistics(cursor, model)],
                )
        cursor.execute("ANALYZE sqlite_master")  # reads it


def _statistics(cursor: Any, model: type[models.Model]) -> list[tuple[str, str]]:
    """Per index the number of rows, and of those that share its first column, first two, ..."""
    different = {field.column: _different(field) for field in model._meta.concrete_fields}
    cursor.execute("SELECT name FROM pragma_index_list(%s)", [model._meta.db_table])
    found = []
    for (index,) in cursor.fetchall():
        cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
        counts = [ROWS]
        for (column,) in cursor.fetchall():
            counts.append(max(1, counts[-1] // different[column]))
        found.append((index, " ".join(map(str, counts))))
    return found


def _different(field: models.Field) -> int:
    if field.name == "state" or isinstance(field, models.BooleanField):
        return STATES
    if isinstance(field, models.ForeignKey):
        return PROVINCES if field.name == "province" else UNITS
    return ROWS
