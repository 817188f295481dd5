"""What residents fill in to subscribe, and to change what they get."""

from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import EmailValidator
from django.db.models import Case, F, Q, When
from django.utils.encoding import punycode
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.delivery import devices
from alerts.delivery.subscribing import Wishes
from alerts.models import Notice, Subscription
from locations.models import Division, ExposureLocation, Province
from portal.publishing.distinct import values_of

MINIMUM = (
    (Notice.Severity.INFORMATION, _("All notices")),
    (Notice.Severity.IMPORTANT, _("Urgent and important notices")),
    (Notice.Severity.URGENT, _("Urgent notices only")),
)
# So few units are all shown at once.
FEW_UNITS = 8
# Each ward stands below its district, while there are districts.
DISTRICT_NAME = Case(
    When(parent__level=Division.Level.DISTRICT, then=F("parent__folded_name")),
    default=F("folded_name"),
)


class UnitsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, unit: Any) -> str:
        name = format_html('<span lang="vi">{}</span>', unit.full_name)
        return format_html(gettext("All of {}"), name) if is_district(unit) else name


def is_district(unit: Any) -> bool:
    return unit is not None and unit.level == Division.Level.DISTRICT


@dataclass
class Group:
    """The boxes to tick of a district and its wards; without a district, of all other wards."""

    district: Any
    boxes: list[Any] = field(default_factory=list)
    is_open: bool = False


class WishesForm(forms.Form):
    """What somebody wants to be told of. `province` decides which wards can be chosen."""

    language = forms.ChoiceField(
        label=_("Language of the notices"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    minimum = forms.ChoiceField(
        label=_("Which notices"),
        choices=MINIMUM,
        initial=Notice.Severity.INFORMATION,
        widget=forms.RadioSelect,
    )
    units = UnitsField(label=_("Districts and wards"), queryset=None, required=False)

    def __init__(
        self,
        *args: Any,
        province: Province,
        subscription: Subscription | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = True
        offered = units_listed(province)
        if subscription is not None:
            chosen = Subscription.units.through.objects.filter(subscription=subscription)
            offered |= Q(pk__in=chosen.values("division"))
        cast(UnitsField, self.fields["units"]).queryset = (
            Division.objects.filter(offered)
            .with_path()
            .order_by(DISTRICT_NAME, "level", "folded_name", "pk")
        )

    @property
    def groups(self) -> list[Group]:
        """The units that can be chosen; open are those in which one is chosen."""
        groups: dict[Any, Group] = {}
        boxes = list(self["units"])
        for box in boxes:
            unit = box.data["value"].instance
            district = next(filter(is_district, (unit, unit.parent)), None)
            group = groups.setdefault(district, Group(district, is_open=len(boxes) <= FEW_UNITS))
            group.boxes.append(box)
            group.is_open |= box.data["selected"]
        return sorted(groups.values(), key=lambda group: group.district is None)

    @property
    def wishes(self) -> Wishes:
        """Of a valid form."""
        data = self.cleaned_data
        return Wishes(data["language"], data["minimum"], data["units"])


class EmailForm(WishesForm):
    """A request to be told by e-mail."""

    address = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        validators=[EmailValidator(_("Write the whole e-mail address, such as ten@example.com."))],
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    field_order = ("address",)

    def clean_address(self) -> str:
        """In small letters and ASCII, so that it is the same however it was typed."""
        name, _at, host = self.cleaned_data["address"].lower().rpartition("@")
        return f"{name}@{punycode(host)}"


class DeviceForm(forms.Form):
    """The address that a browser has been given by its push service."""

    endpoint = forms.CharField(required=False)
    p256dh = forms.CharField(required=False)
    auth = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        said = {name: self.cleaned_data.get(name, "") for name in DeviceForm.base_fields}
        try:
            self.cleaned_data["device"] = devices.device(**said)
        except devices.UnknownService:
            raise forms.ValidationError(
                _("This portal does not send through the push service of this browser: use e-mail.")
            ) from None
        except ValueError:
            raise forms.ValidationError(
                _("The browser gave no whole address: load this page again and press the button.")
            ) from None
        return self.cleaned_data


class MoveForm(DeviceForm):
    """The address that a browser has got in place of another, which is in fields `old-…`."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        old = DeviceForm(self.data, prefix="old")
        if not old.is_valid():
            raise forms.ValidationError(list(old.non_field_errors()))
        return data | {"old": old.cleaned_data["device"]}


class PushForm(WishesForm, DeviceForm):
    """A request to be told by Web Push."""


def units_listed(province: Province) -> Q:
    """The wards and districts in which the province has listed a place."""
    places = ExposureLocation.objects.public().filter(province=province)
    wards = values_of(places, "ward")
    around = Division.objects.districts().filter(children__in=wards).values("pk")
    return Q(pk__in=wards) | Q(pk__in=around) | Q(pk__in=values_of(places, "district"))
