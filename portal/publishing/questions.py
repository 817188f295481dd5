"""Questions that many pages ask, put into SQL once in a process.

To write the SQL of a queryset takes Django longer than the database takes to answer, and it is
written anew for every page. What is asked is still said by the queryset's own methods; they are
given a `Given` in place of what differs from one page to the next.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Expression, Field, QuerySet


class Given(Expression):
    """Stands in a queryset for a value that is known when the question is asked."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class _Written(NamedTuple):
    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: dict[int, Any]


class Question:
    """What `rows` makes of a `Given` for each of `given`: a queryset of `values_list`.

    `given` has the type of each by its name: `at=DateTimeField()`. Made at the first asking, so
    that it may stand at the head of a module.
    """

    def __init__(self, rows: Callable[..., QuerySet], **given: Field) -> None:
        self._make = rows
        self._given = given
        self._written: dict[str, _Written] = {}

    @cached_property
    def _rows(self) -> QuerySet:
        return self._make(**{name: Given(name, field) for name, field in self._given.items()})

    def ask(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows, as the queryset would give them if it were made with `values`."""
        using = self._rows.db
        connection = connections[using]
        if using not in self._written:
            self._written[using] = self._write(using)
        written = self._written[using]
        parameters = [
            given.output_field.get_db_prep_value(values[given.name], connection)
            if isinstance(given, Given)
            else given
            for given in written.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, parameters)
            found = cursor.fetchall()
        if not written.converters:
            return found
        return [*map(tuple, written.compiler.apply_converters(found, written.converters))]

    def forget(self) -> None:
        """For another database, in which kinds of entries may have other keys."""
        self.__dict__.pop("_rows", None)
        self._written.clear()

    def _write(self, using: str) -> _Written:
        compiler = self._rows.query.get_compiler(using)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return _Written(sql, tuple(parameters), compiler, converters)
