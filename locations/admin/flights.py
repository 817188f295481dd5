from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from locations import airports
from locations.models import Flight
from locations.models.flight import normalise_number
from portal.publishing.admin.base import FOLDED, IN_ENGLISH, WHEN_PUBLIC, PublishingAdmin
from portal.publishing.admin.forms import ContentForm
from portal.web.selects import LongSelect


class FlightForm(ContentForm):
    """Takes a flight number as it is spoken or printed: "vj 458" is VJ458."""

    number = forms.CharField(label=_("flight number"), max_length=12)
    origin = forms.ChoiceField(label=_("origin"), choices=airports.choices, widget=LongSelect)
    destination = forms.ChoiceField(
        label=_("destination"), choices=airports.choices, widget=LongSelect
    )

    def clean_number(self) -> str:
        return normalise_number(self.cleaned_data["number"])


@admin.register(Flight)
class FlightAdmin(PublishingAdmin):
    form = FlightForm
    filter_horizontal = ("also_concerns",)
    list_display = ("number", "date", "origin", "destination", "province", "state", "published_at")
    list_select_related = ("province",)
    fieldsets = (
        (None, {"fields": ("province", "number", "date", "local_time", "time_kind")}),
        (_("Route"), {"fields": ("origin", "destination", "seat_rows", "also_concerns")}),
        (_("What to do"), {"fields": ("action", "note")}),
        (IN_ENGLISH, {"fields": ("action_en", "note_en"), "classes": FOLDED}),
        WHEN_PUBLIC,
    )
