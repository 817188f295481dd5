"""Pages of lists that may have a million rows."""

from typing import cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """Counts and shows the first `most` rows; `is_cut` says that there are more.

    To count a million rows takes longer than to show a page, and so does to skip half a million.
    Whoever looks for what lies further down narrows the list.
    """

    most = 1000

    @cached_property
    def _counted(self) -> int:
        rows = cast(QuerySet, self.object_list)
        return rows.order_by()[: self.most + 1].count()

    @property
    def is_cut(self) -> bool:
        return self._counted > self.most

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.most)


class StaffPaginator(BoundedPaginator):
    """For officers, who look further."""

    most = 10_000
