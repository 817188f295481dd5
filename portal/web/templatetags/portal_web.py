"""Template tags of the public pages: content in the reader's language, moments, paging, JSON-LD."""

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from portal.web.times import end_of, iso, last_day, local, shown

register = template.Library()
register.filter(iso)

# As `django.utils.html.json_script` does: nothing in the data can end the script element.
JSON_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def said(entry: Any, field: str) -> str:
    """The text of `field` in the language of the page, else in Vietnamese."""
    return _english(entry, field) or getattr(entry, field)


@register.filter
def lang(entry: Any, field: str) -> SafeString | str:
    """` lang="vi"` for an element whose text had to stay Vietnamese on an English page."""
    if get_language() == "en" and not _english(entry, field) and getattr(entry, field):
        return mark_safe(' lang="vi"')
    return ""


@register.filter
def named(entry: Any) -> SafeString | str:
    """The name as it stands on the sign; on an English page with its translation behind it."""
    english = _english(entry, "name")
    if get_language() != "en":
        return str(entry.name)
    name = format_html('<span lang="vi">{}</span>', entry.name)
    return format_html("{} ({})", name, english) if english else name


def _english(entry: Any, field: str) -> str:
    return getattr(entry, f"{field}_en", "") if get_language() == "en" else ""


@register.filter
def moment(value: datetime | date | None) -> SafeString | str:
    """A `<time>` element: "08:00 26/03/2021" for a moment, "26/03/2021" for a day."""
    if value is None:
        return ""
    machine = iso(value) if isinstance(value, datetime) else value.isoformat()
    return format_html('<time datetime="{}">{}</time>', machine, shown(value))


@register.filter
def until(end: datetime) -> SafeString | str:
    """The same for the end of something: an end at midnight is said as the day before it."""
    return moment(end_of(end))


@register.filter
def listed(entry: Any) -> SafeString | str:
    """` data-listed-until="2021-04-09T00:00:00+07:00"` for an element about an entry in force.

    portal.js marks it as over when that time comes while the page lies saved or is left open.
    """
    if not entry.is_listed():
        return ""
    return format_html(' data-listed-until="{}"', iso(entry.listed_until))


@register.filter
def days_left(end: datetime, now: datetime) -> int:
    """Whole days that follow today until `end`; 0 on the last day."""
    return max((last_day(end) - local(now).date()).days, 0)


@register.filter
def filled_besides(form: Any, field: str) -> bool:
    """Whether the reader has filled in something of a bound `form` other than `field`."""
    return any(form.data.get(name) for name in form.fields if name != field)


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """A JSON-LD block; `data` without its `@context`."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text.translate(JSON_ESCAPES)),  # noqa: S308 - escaped on this line
    )


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: Any) -> str:
    """The query string of the page with `changes`; None or nothing drops a parameter."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path
