"""Rows of entries in lists."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from portal.publishing.rows import Rows, names_known_to

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: dict[str, Any], entries: Rows, name: str, row_template: str) -> SafeString:
    """Every one of `entries` by `row_template`, which knows it by `name`.

    Of the page it knows `province` and `now`, and nothing else: see `portal.publishing.rows`.
    """
    names = names_known_to(context["request"])
    return entries.html(name, row_template, province=context.get("province"), names=names)
