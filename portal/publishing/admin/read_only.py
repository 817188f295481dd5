"""What the admin shows and nobody changes there: it follows from what was done elsewhere."""

from typing import Any

from django.http import HttpRequest

from portal.publishing.admin.careful import CarefulAdmin
from portal.publishing.paging import StaffPaginator


class ReadOnlyAdmin(CarefulAdmin):
    """A subclass says in `get_queryset` whose rows an officer sees."""

    list_per_page = 50
    paginator = StaffPaginator
    # Counting all rows as well as those found would take seconds when there are many.
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
