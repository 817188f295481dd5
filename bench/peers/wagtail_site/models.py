from typing import Any

import rows
from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import InlinePanel
from wagtail.models import Orderable, Page


class PlacesPage(Page):
    template = "page.html"
    content_panels = [*Page.content_panels, InlinePanel("rows")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"title": self.title, "rows": self.rows.all()[: rows.shown()]}


class Row(Orderable):
    """A place, in the words that its page shows."""

    page = ParentalKey(PlacesPage, on_delete=models.CASCADE, related_name="rows")
    name = models.TextField()
    starts_at = models.TextField()
    ends_at = models.TextField()
    address = models.TextField()
    unit = models.TextField()
    action = models.TextField()
    added = models.TextField()
