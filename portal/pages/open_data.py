"""Open data: the files of every kind of entry, and the page that explains them."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts.feeds.selection import KINDS
from alerts.models import Notice
from alerts.open_data import DATASETS
from locations.models import Province
from portal import clock
from portal.publishing.models.publishable import State
from portal.publishing.open_data.answer import LICENCE, DataFile, answer
from portal.publishing.open_data.dataset import Column, Dataset, Status, Value
from portal.publishing.open_data.files import said
from portal.publishing.views import public_province
from portal.web.headers import for_other_sites
from portal.web.language import in_language
from portal.web.page_cache.declaring import cached_page


@for_other_sites
@require_safe
def data_file(
    request: HttpRequest, kind: str, extension: str, province: str | None = None
) -> HttpResponseBase:
    """The file of one kind: of the province that the address names, or of the whole country."""
    publisher = public_province(province) if province else None
    dataset = DATASETS[kind]
    if extension not in dataset.extensions:
        names = ", ".join(f"{kind}.{known}" for known in dataset.extensions)
        raise Http404(_("There is no such file. There is: %(names)s.") % {"names": names})
    bom = request.GET.get("bom", "0")
    if bom not in ("0", "1"):
        words = _("“bom” must be 1, for Excel, or be left out.")
        return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
    page = in_language(reverse("open-data"), settings.LANGUAGE_CODE)
    return answer(
        request,
        DataFile(
            dataset,
            extension,
            at=clock.now(),
            documentation=f"{settings.PUBLIC_BASE_URL}{page}",
            province=publisher,
            bom=extension == "csv" and bom == "1",
        ),
    )


@dataclass(frozen=True)
class Documented:
    """A kind of entry as its part of the page shows it."""

    dataset: Dataset
    # Each column, and its value in the newest entry as files say it.
    columns: list[tuple[Column, str]]

    @classmethod
    def of(cls, dataset: Dataset, at: datetime) -> "Documented":
        published = dataset.entries(at).filter(state=State.PUBLISHED)
        newest = dataset.load(published.order_by("-published_at", "-pk"), at)[:1]
        with translation.override(settings.LANGUAGE_CODE):
            rows = list(dataset.rows(newest, at))[:1]
            values = dataset.values(rows[0]) if rows else {}
        return cls(
            dataset, [(column, _example(values.get(column.name))) for column in dataset.columns]
        )


def _example(value: Value) -> str:
    if value is None:
        return ""
    return " ".join(value) if isinstance(value, list) else str(said(value))


@cached_page()
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    context = {
        "datasets": [Documented.of(dataset, at) for dataset in DATASETS.values()],
        "licence": LICENCE,
        "provinces": Province.objects.public(at),
        "feed_kinds": KINDS.values(),
        "severities": Notice.Severity.values,
        "statuses": Status.values,
    }
    return render(request, "pages/open_data.html", context)
