"""Filters whose choices are known without reading the rows that they filter.

`RelatedOnlyFieldListFilter` offers what occurs in the list; among a million rows it takes a
third of a second to find out.
"""

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest

from portal.publishing.models.publishable import publishable_models


class ChosenFieldListFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to={"pk__in": self.offered(field, request)},
        )

    def offered(self, field: Any, request: HttpRequest) -> Any:
        """The keys of what can be chosen."""
        raise NotImplementedError


class OwnProvinceFilter(ChosenFieldListFilter):
    """By the provinces for which the officer works."""

    def offered(self, field: Any, request: HttpRequest) -> Any:
        return field.related_model._default_manager.within(request.user).values("pk")


class KindFilter(ChosenFieldListFilter):
    """By what the portal publishes."""

    def offered(self, field: Any, request: HttpRequest) -> Any:
        kinds = ContentType.objects.get_for_models(*publishable_models())
        return [kind.pk for kind in kinds.values()]
