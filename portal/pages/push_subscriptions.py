"""Being told on this device (Web Push): what the section of the follow page asks for.

static/js/push.js posts here, with the address that the browser has been given. Whoever knows the
whole address, keys included, is the device. Nothing is told to anybody else.
"""

from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from alerts.delivery import subscribing
from alerts.models import Subscription
from alerts.models.subscription import SubscriptionQuerySet
from locations.models import Province
from portal.keys import public_half, push_key
from portal.pages.subscription_forms import DeviceForm, MoveForm, PushForm, WishesForm
from portal.publishing.views import public_province
from portal.web.origin import is_from_here
from portal.web.rates import is_too_often

CHANNEL = "web_push"
# Requests of one network in ten minutes: a shared mobile address may stand for many people.
MOST_REQUESTS, SECONDS = 30, 600


def push_section(province: Province) -> dict[str, Any]:
    """What the section of the follow page shows; nothing where Web Push is not offered."""
    if not is_offered():
        return {}
    initial = {"language": get_language()}
    return {
        "push_key": public_half(push_key(settings.PUSH_KEY)),
        "push_form": WishesForm(province=province, initial=initial, auto_id="push-%s"),
    }


def is_offered() -> bool:
    """It takes a key, and the service worker, which shows what comes."""
    return bool(settings.PUSH_KEY and settings.SERVICE_WORKER)


@method_decorator(csrf_exempt, name="dispatch")
class DeviceView(View):
    """Answers a device in JSON: what it asked for, or `problems` in words."""

    http_method_names = ["post", "options"]
    # How requests are counted that a network may make only so often; "" if that is not needed.
    counted_as = ""

    def post(self, request: HttpRequest, province: str = "") -> HttpResponse:
        response = self._answer(request, public_province(province) if province else None)
        add_never_cache_headers(response)
        return response

    def _answer(self, request: HttpRequest, province: Any) -> HttpResponse:
        if not is_from_here(request):
            return problem(_("This request came from another website."), status=403)
        if self.counted_as and is_too_often(
            request, self.counted_as, most=MOST_REQUESTS, seconds=SECONDS
        ):
            often = _("There were many requests from your network.")
            wait = _("Wait ten minutes, then press the button again.")
            response = problem(f"{often} {wait}", status=429)
            response.headers["Retry-After"] = str(SECONDS)
            return response
        form = self.form(request, province)
        if not form.is_valid():
            return JsonResponse({"problems": problems_of(form)}, status=422)
        return self.answer(form, province)

    def form(self, request: HttpRequest, province: Any) -> Form:
        return DeviceForm(request.POST)

    def answer(self, form: Any, province: Any) -> HttpResponse:
        raise NotImplementedError


class Subscribing(DeviceView):
    """Subscribes the device to a province, or changes what it gets."""

    counted_as = "subscribe"

    def form(self, request: HttpRequest, province: Any) -> Form:
        return PushForm(request.POST, province=province)

    def answer(self, form: PushForm, province: Any) -> HttpResponse:
        if not is_offered():
            return problem(_("This portal sends no notices to devices: use e-mail."), status=409)
        subscription = subscribing.subscribe(
            channel=CHANNEL, province=province, address=address_in(form), wishes=form.wishes
        )
        return JsonResponse(held(subscription))


class Holding(DeviceView):
    """What the device gets of a province."""

    counted_as = "push"

    def answer(self, form: DeviceForm, province: Any) -> HttpResponse:
        subscription = at_device(form).filter(province=province).first()
        return JsonResponse(held(subscription) if subscription else {"subscribed": False})


class Leaving(DeviceView):
    """Forgets the device for a province; says whether it still gets the notices of another."""

    def answer(self, form: DeviceForm, province: Any) -> HttpResponse:
        for subscription in at_device(form).filter(province=province):
            subscribing.forget(subscription.pk)
        return JsonResponse({"subscribed": False, "others": at_device(form).exists()})


class Moving(DeviceView):
    """The push service has given the device another address."""

    counted_as = "push"

    def form(self, request: HttpRequest, province: Any) -> Form:
        return MoveForm(request.POST)

    def answer(self, form: MoveForm, province: Any) -> HttpResponse:
        old = form.cleaned_data["old"].address
        subscribing.move(channel=CHANNEL, old=old, new=address_in(form))
        return JsonResponse({})


def address_in(form: DeviceForm) -> str:
    return form.cleaned_data["device"].address


def at_device(form: DeviceForm) -> SubscriptionQuerySet:
    return Subscription.objects.at_address(CHANNEL, address_in(form))


def held(subscription: Subscription) -> dict[str, Any]:
    """What the page shows of it."""
    return {
        "subscribed": True,
        "minimum": subscription.minimum,
        "language": subscription.language,
        "units": [str(key) for key in subscription.units.values_list("pk", flat=True)],
    }


def problem(text: str, *, status: int) -> HttpResponse:
    return JsonResponse({"problems": [text]}, status=status)


def problems_of(form: Form) -> list[str]:
    """What is wrong, in words, with the names of the fields that a resident sees."""
    shown = [field for field in form if field.name not in DeviceForm.base_fields]
    named = [f"{field.label}: {error}" for field in shown for error in field.errors]
    return [str(error) for error in form.non_field_errors()] + named
