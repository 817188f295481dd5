"""Query expressions that several pages need."""

from django.db.models import Count, F, Func, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet) -> Coalesce:
    """How many `rows` there are for each outer row, as an annotation.

    A subquery each instead of joins, because joins of several kinds multiply one another.
    """
    counted = rows.order_by().annotate(_group=Count("pk")).values("_group")
    counted.query.group_by = ()
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def number_of(rows: QuerySet) -> QuerySet:
    """`rows.count()` as a queryset of one row."""
    counted = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return rows.order_by().annotate(_number=counted).values_list("_number")


def sum_of(rows: QuerySet, column: str) -> Coalesce:
    """The sum of `column` in `rows` for each outer row, as an annotation."""
    summed = rows.order_by().annotate(_sum=Func(F(column), function="SUM")).values("_sum")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)
