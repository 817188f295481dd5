"""The public record of a province's corrections and withdrawals."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, QuerySet
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.generic import ListView

from locations.models import Province
from portal import clock
from portal.publishing import changes
from portal.publishing.models import Revision
from portal.publishing.models.revision import RevisionQuerySet
from portal.publishing.paging import BoundedPaginator
from portal.publishing.questions import Question
from portal.publishing.rows import kept_part
from portal.publishing.views import public_province
from portal.web.page_cache.declaring import PAGE_NUMBER, cached_page

PER_PAGE = 20
# How long, and how many of them, the province page shows first of all.
RECENT = timedelta(days=7)
RECENT_SHOWN = 3


def _recent(province: Any, since: Any, at: Any) -> QuerySet:
    recent = changes.concerning(province).filter(decided_at__gt=since)
    return changes.with_entries(recent, at).values_list("pk", "entry_stands_at")[:RECENT_SHOWN]


RECENTLY = Question(_recent, province=BigIntegerField(), since=DateTimeField(), at=DateTimeField())


def recent_corrections(province: Province, names: int | None) -> SafeString:
    """The first thing on the province's page; empty if nothing was corrected lately.

    A revision never changes; what else is said is what its entry is called now, which follows from
    the entry's present revision. `names` as for `Rows.html`.
    """
    at = clock.now()
    recent = RECENTLY.ask(province=province.pk, since=at - RECENT, at=at)
    return kept_part(names, partial(_told, province, recent), "corrections", province.pk, *recent)


def _told(province: Province, recent: list[tuple[int, int | None]]) -> str:
    revisions = Revision.objects.corrections().filter(pk__in=[key for key, _stands in recent])
    told = {"corrections": changes.described(revisions) if recent else [], "province": province}
    return render_to_string("pages/_recent_corrections.html", told)


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
