"""The public record of a province's corrections and withdrawals."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import ListView

from locations.models import Province
from portal import clock
from portal.publishing import changes
from portal.publishing.models.revision import RevisionQuerySet
from portal.publishing.paging import BoundedPaginator
from portal.publishing.views import public_province
from portal.web.page_cache.declaring import PAGE_NUMBER, cached_page

PER_PAGE = 20
# How long, and how many of them, the province page shows first of all.
RECENT = timedelta(days=7)
RECENT_SHOWN = 3


def recent_corrections(province: Province) -> list[changes.Change]:
    since = clock.now() - RECENT
    recent = changes.concerning(province).filter(decided_at__gt=since)
    return changes.described(recent[:RECENT_SHOWN])


@method_decorator(cached_page(page=PAGE_NUMBER), name="dispatch")
class Corrections(ListView):
    template_name = "pages/corrections.html"
    paginator_class = BoundedPaginator
    paginate_by = PER_PAGE
    province: Any = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.province = public_province(self.kwargs["province"])

    def get_queryset(self) -> RevisionQuerySet:
        return changes.concerning(self.province)

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        try:
            return super().paginate_queryset(queryset, page_size)
        except Http404 as error:
            raise Http404(_("This list has no such page.")) from error

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(province=self.province, **kwargs)
        return context | {"changes": changes.described(context["page_obj"])}
