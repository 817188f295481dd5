"""The two kinds of page that every kind of entry has: a filtered list, and one entry for ever."""

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import DetailView
from django_filters.views import FilterView

from portal.publishing import changes
from portal.publishing.models import EntryQuerySet
from portal.publishing.paging import BoundedPaginator
from portal.publishing.rows import Rows, names_known_to
from portal.publishing.verdict import Verdict, verdict_on
from portal.web.page_cache.declaring import PAGE_NUMBER, cached_page

ENTRIES_PER_PAGE = 50
# `?lan=2`: the reader comes from a picture of revision 2 ("lần sửa").
REVISION_PARAMETER = "lan"


def public_province(slug: str, *, names: int | None = None) -> Any:
    """The publisher whose pages are at `slug`, with its contacts; Http404 if there is none.

    With `names`, which is what `versions.names` said before, it may be one that was read earlier
    under that number: to be shown, and not to be changed.
    """
    return _province(slug) if names is None else known_province(slug, names)


def _province(slug: str) -> Any:
    provinces = apps.get_model(settings.PUBLISHER_MODEL).objects.public().filter(slug=slug)
    province = provinces.with_contacts().first()
    if province is None:
        raise Http404(_("There is no province at this address."))
    return province


@lru_cache(maxsize=128)  # twice as many as there were provinces
def known_province(slug: str, names: int) -> Any:
    return _province(slug)


class EntryListView(FilterView):
    """Entries of one kind: those on the pages of the province that the address names, or of all.

    A subclass names `model`, `filterset_class` and `template_name`.
    """

    strict = False
    paginator_class = BoundedPaginator
    paginate_by = ENTRIES_PER_PAGE
    province: Any = None

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        # Of what is filtered only current and past are few enough to keep.
        filters = dict.fromkeys(cls.filterset_class.get_filters())
        kept = filters | {"status": "past|all", "page": PAGE_NUMBER}
        return cached_page(**kept)(super().as_view(**initkwargs))

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.province = self.get_province()

    def get_province(self) -> Any:
        slug = self.kwargs.get("province")
        return public_province(slug, names=names_known_to(self.request)) if slug else None

    def get_queryset(self) -> EntryQuerySet:
        entries = self.model.objects.public()
        if self.province is not None:
            entries = entries.concerning(self.province)
        return entries.newest_first()

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs(filterset_class)
        return kwargs | {"province": self.province}

    def paginate_queryset(self, queryset: EntryQuerySet, page_size: int) -> Any:
        try:
            return super().paginate_queryset(queryset, page_size)
        except Http404 as error:
            raise Http404(_("This list has no such page.")) from error

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(province=self.province, **kwargs)
        return context | {"object_list": Rows(context["object_list"])}


@method_decorator(cached_page(**{REVISION_PARAMETER: "[1-9][0-9]{0,3}"}), name="dispatch")
class EntryDetailView(DetailView):
    """An entry's permanent page: current, past, or withdrawn and saying why. That of an exercise
    says that it is one, and nothing leads to it."""

    slug_field = slug_url_kwarg = "code"
    context_object_name = "entry"

    def get_queryset(self) -> EntryQuerySet:
        reachable = self.model.objects.reachable().for_lists()
        return reachable.filter(province__slug=self.kwargs["province"])

    def get_object(self, queryset: Any = None) -> Any:
        try:
            return super().get_object(queryset)
        except Http404 as error:
            raise Http404(_("There is no entry with this code.")) from error

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.object.is_exercise:
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    def get_verdict(self) -> Verdict | None:
        """What has become of the revision that a picture showed, if the address names one."""
        asked = self.request.GET.get(REVISION_PARAMETER)
        return None if asked is None else verdict_on(self.object, asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            province=self.object.province,
            changes=changes.of_entry(self.object),
            verdict=self.get_verdict(),
            unlisted=self.object.is_exercise,
            **kwargs,
        )
