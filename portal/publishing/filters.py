"""What every filtered list of entries offers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from portal import clock
from portal.publishing.models import EntryQuerySet

ADDED_WITHIN = {
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
}


class EntryFilter(FilterSet):
    """Text, time of announcement, and current or past. A value that makes no sense is left out
    of the filtering and named beside its field; `is_narrowed` says whether anything was asked."""

    q = CharFilter(label=_("Search"), method="search", max_length=100)
    added = ChoiceFilter(
        label=_("Announced"),
        method="announced",
        empty_label=_("at any time"),
        choices=[
            ("24h", _("in the last 24 hours")),
            ("3d", _("in the last 3 days")),
            ("7d", _("in the last 7 days")),
        ],
    )
    status = ChoiceFilter(
        label=_("Show"),
        method="current_or_past",
        empty_label=_("current"),
        choices=[("past", _("past")), ("all", _("current and past"))],
    )

    def __init__(self, data: Any = None, *args: Any, province: Any = None, **kwargs: Any) -> None:
        self.province = province
        # An empty form is bound too, so that "current" is the rule and not the absence of one.
        super().__init__({} if data is None else data, *args, **kwargs)

    @property
    def is_narrowed(self) -> bool:
        return any(value not in (None, "") for value in self.form.cleaned_data.values())

    def filter_queryset(self, queryset: EntryQuerySet) -> EntryQuerySet:
        cleaned = self.form.cleaned_data
        if not cleaned.get("status"):
            queryset = queryset.listed()
        return super().filter_queryset(queryset)

    def search(self, queryset: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        return queryset.search(value)

    def announced(self, queryset: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        return queryset.filter(published_at__gt=clock.now() - ADDED_WITHIN[value])

    def current_or_past(self, queryset: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        return queryset.past() if value == "past" else queryset


def day_input() -> forms.DateInput:
    """Typed as d/m/Y, the order in which people here write a date; a browser's own date field
    would follow the language of the phone."""
    return forms.DateInput(
        attrs={"placeholder": _("dd/mm/yyyy"), "inputmode": "numeric", "autocomplete": "off"}
    )


class DaysForm(forms.Form):
    """Refuses a range of days that ends before it begins."""

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            self.add_error("to", _("This day lies before “from day”. Swap the two."))
        return cleaned


class DatedEntryFilter(EntryFilter):
    """With a range of days in which it happened."""

    class Meta:
        form = DaysForm

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        # `from` cannot be a class attribute's name.
        return super().get_filters() | {
            "from": DateFilter(label=_("From day"), widget=day_input()),
            "to": DateFilter(label=_("To day"), widget=day_input()),
        }

    def filter_queryset(self, queryset: EntryQuerySet) -> EntryQuerySet:
        days = {name: self.form.cleaned_data.pop(name, None) for name in ("from", "to")}
        found = super().filter_queryset(queryset).happened_between(days["from"], days["to"])
        self.form.cleaned_data |= days
        return found
