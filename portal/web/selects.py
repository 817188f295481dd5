"""A list to choose from, of any length."""

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
        options = self.all_options()
        for one in self.format_value(value):
            option = format_html(' value="{}">', one)
            options = SafeString(options.replace(option, f"{option[:-1]} selected>"))
        begins, ends = frame.split("\n</select>")
        return format_html("{}{}\n</select>{}", SafeString(begins), options, SafeString(ends))

    def all_options(self) -> SafeString:
        """All of them, none chosen."""
        return format_html_join("", '\n  <option value="{}">{}</option>\n', self.choices)
