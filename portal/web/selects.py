"""A list to choose from, of any length."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """The same HTML as Django's, without one template for each option and another for its
    attributes: of the wards of a province there are hundreds. Its choices have no groups."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        frame = forms.Select(attrs=self.attrs).render(name, value, attrs, renderer)
        options = format_html_join(
            "", '\n  <option value="{}"{}>{}</option>\n', self._options(self.format_value(value))
        )
        begins, ends = frame.split("\n</select>")
        return format_html("{}{}\n</select>{}", SafeString(begins), options, SafeString(ends))

    def _options(self, chosen: list[str]) -> Iterator[tuple[Any, SafeString | str, Any]]:
        selected = SafeString(" selected")
        for value, label in self.choices:
            yield value, selected if str(value) in chosen else "", label
