"""The different values that a column has, read from an index one by one."""

from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL


def values_of(rows: QuerySet, column: str) -> list[Any]:
    """The different values of `column` in `rows`, in order, NULL left out.

    From each value the next larger one is looked up, which neither database does by itself for
    `SELECT DISTINCT`: the work is that of the values, not of the rows. Needs an index that begins
    with what `rows` is filtered by and ends with `column`.
    """
    ordered = rows.order_by(column).values_list(column)
    larger = RawSQL("seen.value", [])
    first, first_given = _sql(ordered.filter(**{f"{column}__isnull": False})[:1])
    following, following_given = _sql(ordered.filter(**{f"{column}__gt": larger})[:1])
    with connections[rows.db].cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE seen(value) AS (SELECT * FROM ({first}) smallest UNION ALL"  # noqa: S608
            f" SELECT ({following}) FROM seen WHERE seen.value IS NOT NULL)"
            " SELECT value FROM seen WHERE value IS NOT NULL",
            [*first_given, *following_given],
        )
        return [value for (value,) in cursor.fetchall()]


def _sql(rows: QuerySet) -> tuple[str, tuple[Any, ...]]:
    return rows.query.get_compiler(rows.db).as_sql()
