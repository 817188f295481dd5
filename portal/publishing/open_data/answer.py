"""The HTTP of open data: one file, how it is named, streamed, and asked for again."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Max, Q, Sum
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from portal.publishing.open_data.dataset import Dataset, public_of
from portal.publishing.open_data.files import (
    csv_file,
    geojson_file,
    in_vietnamese,
    json_file,
    table_of,
)
from portal.web.page_cache.between import headers_for_file

# What anybody may do with the data: share and adapt them, and name the office.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "geojson": "application/geo+json",
}


@dataclass(frozen=True)
class DataFile:
    """What is public of `dataset` at `at`, of `province` or of the whole country, as a file.

    `documentation` is the address of the page that explains it; `bom` begins a CSV with the mark
    by which Excel knows UTF-8.
    """

    dataset: Dataset
    extension: str
    at: datetime
    documentation: str
    province: Any = None
    bom: bool = False

    @property
    def name(self) -> str:
        where = self.province.slug if self.province else "viet-nam"
        return f"{where}_{self.dataset.slug}.{self.extension}"

    def parts(self) -> Iterator[str]:
        """The text of the file, piece by piece."""
        table = table_of(self.dataset, self.dataset.entries(self.at, self.province), self.at)
        if self.extension == "csv":
            return in_vietnamese(csv_file(self.dataset, table, bom=self.bom))
        about = {
            "licence": LICENCE,
            "documentation": self.documentation,
            "kind": self.dataset.name,
            "province": self.province.slug if self.province else None,
        }
        write = json_file if self.extension == "json" else geojson_file
        return in_vietnamese(write(self.dataset, table, about))

    def version(self) -> str:
        """What is different whenever the file would be.

        An entry changes by a revision, which counts on its `revision_number`, or by the clock: it
        appears when its embargo ends, and is past when its listing does. Between two revisions
        neither is ever undone, so that how many have come and passed tells any two apart. And a
        province's own revision can move the end of all its listings.
        """
        kinds = [public_of(model, self.at) for model in self.dataset.linked]
        counted = [
            entries.order_by().aggregate(
                revisions=Sum("revision_number"),
                public=Count("pk"),
                passed=Count("pk", filter=Q(listed_until__lte=self.at)),
                newest=Max("updated_at"),
            )
            for entries in (self.dataset.entries(self.at, self.province), *kinds)
        ]
        publishers = apps.get_model(settings.PUBLISHER_MODEL)._default_manager
        counted.append(publishers.order_by().aggregate(revisions=Sum("revision_number")))
        names = [column.name for column in self.dataset.columns]
        told = repr((settings.PUBLIC_BASE_URL, self.bom, names, counted))
        return hashlib.sha256(told.encode()).hexdigest()[:20]


def answer(request: HttpRequest, file: DataFile) -> HttpResponseBase:
    """Streams the file; whoever sends back its ETag is told if nothing has changed."""
    etag = quote_etag(file.version())
    response = get_conditional_response(request, etag=etag) or _streamed(request, file)
    response.headers["ETag"] = etag
    slug = file.province.slug if file.province else None
    is_usual = request.META.get("QUERY_STRING", "") in ("", "bom=1")
    for name, value in headers_for_file(slug, is_usual=is_usual):
        response.headers[name] = value
    return response


def _streamed(request: HttpRequest, file: DataFile) -> StreamingHttpResponse:
    parts = iter(()) if request.method == "HEAD" else file.parts()
    response = StreamingHttpResponse(parts, content_type=CONTENT_TYPES[file.extension])
    # Browsers show JSON; a table is for a program of its own.
    shown = "attachment" if file.extension == "csv" else "inline"
    response.headers["Content-Disposition"] = f'{shown}; filename="{file.name}"'
    return response
