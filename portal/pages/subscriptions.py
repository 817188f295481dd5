"""Being told by e-mail: asking, confirming, changing, leaving. Without an account or a cookie. The
pages for changing and leaving are those of Web Push too.

The links in the messages are the authority; a page that is only opened changes nothing, because
mail scanners open every link.
"""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from alerts.delivery import links, sealing, subscribing
from alerts.models import Subscription
from portal.pages.subscription_forms import EmailForm, WishesForm
from portal.publishing.views import public_province
from portal.web.origin import is_from_here
from portal.web.rates import is_too_often

# Requests of one network in ten minutes: a shared mobile address may stand for many people.
MOST_REQUESTS, SECONDS = 30, 600


@method_decorator(csrf_exempt, name="dispatch")
class Ask(View):
    """The form, and what follows: the same whether or not the address is known."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.EMAIL_REACHES_PEOPLE:
            raise Http404(_("This portal sends no e-mails."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, province: str) -> HttpResponse:
        publisher = public_province(province)
        form = EmailForm(province=publisher, initial={"language": get_language()})
        return self._page(request, publisher, form)

    def post(self, request: HttpRequest, province: str) -> HttpResponse:
        publisher = public_province(province)
        form = EmailForm(request.POST, province=publisher)
        if not is_from_here(request):
            return self._page(request, publisher, form, problem="elsewhere", status=403)
        if is_too_often(request, "subscribe", most=MOST_REQUESTS, seconds=SECONDS):
            return self._page(request, publisher, form, problem="often", status=429)
        if not form.is_valid():
            return self._page(request, publisher, form, status=422)
        subscribing.ask(
            channel="email",
            province=publisher,
            address=form.cleaned_data["address"],
            wishes=form.wishes,
        )
        return _see(reverse("subscription-asked", args=[province]))

    def _page(
        self,
        request: HttpRequest,
        province: Any,
        form: EmailForm,
        *,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        context = {"province": province, "form": form, **more}
        response = render(request, "pages/subscribe.html", context, status=status)
        if request.method == "POST":
            add_never_cache_headers(response)
        if status == 429:
            response.headers["Retry-After"] = str(SECONDS)
        return response


@require_safe
def asked(request: HttpRequest, province: str) -> HttpResponse:
    context = {
        "province": public_province(province),
        "unlisted": True,
        "letters_a_day": subscribing.LETTERS_A_DAY,
        "is_printed": settings.DEMO and "console" in settings.EMAIL_BACKEND,
    }
    return render(request, "pages/subscription_asked.html", context)


class TokenView(View):
    """A page behind a link that was sent to a subscriber; nobody keeps a copy of it."""

    purpose: str
    template_name: str

    @method_decorator(csrf_exempt)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def find(self, token: str) -> Subscription | None:
        return subscribing.by_token(token, self.purpose)

    def page(
        self, request: HttpRequest, found: Subscription, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        own = links.token(found)
        context = {
            "subscription": found,
            "province": public_province(found.province.slug),
            "unlisted": True,
            "manage_url": links.manage(own, get_language() or "vi"),
            "leave_url": links.unsubscribe(own, get_language() or "vi"),
            **more,
        }
        return render(request, self.template_name, context, status=status)

    def nothing(self, request: HttpRequest, token: str) -> HttpResponse:
        """The link was never ours, or it leads to nothing any more."""
        is_ours = sealing.handle_of(token, self.purpose) is not None
        context = {"is_ours": is_ours, "purpose": self.purpose, "unlisted": True}
        status = 410 if is_ours else 404
        return render(request, "pages/subscription_nothing.html", context, status=status)


class Confirm(TokenView):
    purpose = subscribing.CONFIRM
    template_name = "pages/subscription_confirm.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = self.find(token)
        return self.page(request, found) if found else self.nothing(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = self.find(token)
        if found is None:
            return self.nothing(request, token)
        subscribing.confirm(found)
        return _see(request.path)


class Manage(TokenView):
    purpose = subscribing.MANAGE
    template_name = "pages/subscription_manage.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = self.find(token)
        if found is None:
            return self.nothing(request, token)
        initial = {
            "language": found.language,
            "minimum": found.minimum,
            "units": list(found.units.values_list("pk", flat=True)),
        }
        form = WishesForm(province=found.province, subscription=found, initial=initial)
        return self.page(request, found, form=form, is_saved="saved" in request.GET)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = self.find(token)
        if found is None:
            return self.nothing(request, token)
        form = WishesForm(request.POST, province=found.province, subscription=found)
        if not form.is_valid():
            return self.page(request, found, form=form, status=422)
        subscribing.change(found, form.wishes)
        return _see(f"{request.path}?saved=1")


class Leave(TokenView):
    """Also for the one-click unsubscribing of mail programs (RFC 8058), which post here."""

    purpose = subscribing.MANAGE
    template_name = "pages/subscription_leave.html"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = self.find(token)
        return self.page(request, found) if found else self.nothing(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = self.find(token)
        if found is not None:
            subscribing.forget(found.pk)
            context = {
                "channel": found.channel,
                "province": public_province(found.province.slug),
                "unlisted": True,
            }
            return render(request, "pages/subscription_left.html", context)
        if sealing.handle_of(token, self.purpose):  # once more: it is done already
            return render(request, "pages/subscription_left.html", {"unlisted": True})
        return self.nothing(request, token)


def _see(address: str) -> HttpResponse:
    response = redirect(address)
    response.status_code = 303
    return response
