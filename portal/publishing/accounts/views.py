"""The pages between the password and the admin, and those of one's own second factor."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import login as mark_verified
from django_otp.plugins.otp_static.models import StaticDevice

from portal.publishing import demo
from portal.publishing.accounts import lockout, second_factor, sessions, trail

# Where the key waits, in the officer's own session, until a code has shown that a phone has it.
NEW_KEY = "second_factor_key"


class CodeForm(forms.Form):
    code = forms.CharField(
        label=pgettext_lazy("second factor", "Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class AnyCodeForm(CodeForm):
    """A code of the phone or a recovery code, which has letters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "text"


@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """Sign-in, the second step: asks for the code of an officer whose password was right."""
    officer: Any = request.user
    form = AnyCodeForm(request.POST or None)
    tried = request.method == "POST" and form.is_valid()
    if tried and lockout.code_may_be_tried(request, officer):
        device = second_factor.verify(officer, form.cleaned_data["code"])
        if device is not None:
            return _signed_in(request, device)
        lockout.code_refused(request, officer)
        form.add_error("code", _refusal(officer))
    return _page(
        request,
        "code",
        title=_("Code from your phone"),
        form=form,
        next=_next(request),
        demo_code=demo.code_to_show(officer),
    )


def _signed_in(request: HttpRequest, device: Any) -> HttpResponse:
    officer: Any = request.user
    request.session.cycle_key()
    mark_verified(request, device)
    lockout.signed_in(request, officer)
    trail.record(officer, trail.Kind.SIGNED_IN)
    if isinstance(device, StaticDevice):
        trail.record(officer, trail.Kind.RECOVERY_CODE_USED)
        left = second_factor.recovery_codes_left(officer)
        text = ngettext(
            "%(left)d recovery code is left. If you have lost the phone, set up another one now.",
            "%(left)d recovery codes are left. If you have lost the phone, set up another one now.",
            left,
        )
        messages.warning(request, text % {"left": left})
        return redirect("admin:second_factor")
    return redirect(_next(request))


def _refusal(officer: Any) -> str:
    if wait := second_factor.seconds_to_wait(officer):
        text = ngettext(
            "This code is wrong or was used before. The next one can be tried in %(n)d second.",
            "This code is wrong or was used before. The next one can be tried in %(n)d seconds.",
            wait,
        )
        return text % {"n": wait}
    return _("This code is wrong or was used before.")


def just_signed_in(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """`view` for who has signed in within the last minutes; others are asked to, all the way.

    Whoever finds a desk where somebody is signed in would otherwise make the account their own.
    Those who are still on the way in are not asked again.
    """

    @wraps(view)
    def asked(request: HttpRequest) -> HttpResponse:
        inside = second_factor.stage_of(request) is second_factor.Stage.INSIDE
        if not inside or sessions.is_recent(request):
            return view(request)
        logout(request)
        messages.info(request, _("Sign in again to change what you sign in with."))
        return redirect(f"{reverse('admin:login')}?{urlencode({'next': request.path})}")

    return asked


@just_signed_in
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """What the officer has set up, and new recovery codes."""
    officer: Any = request.user
    enrolled = second_factor.is_enrolled(officer)
    if request.method == "POST" and enrolled:
        return _recovery_codes(request)
    return _page(
        request,
        "second_factor",
        title=_("Second factor"),
        enrolled=enrolled,
        left=second_factor.recovery_codes_left(officer),
    )


@just_signed_in
@sensitive_post_parameters("code")
def set_up(request: HttpRequest) -> HttpResponse:
    """Shows a new key as a code to scan, and takes the first code made with it as proof."""
    officer: Any = request.user
    key = request.session.setdefault(NEW_KEY, second_factor.new_key())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = second_factor.enrol(officer, key=key, code=form.cleaned_data["code"])
        except ValidationError as refused:
            form.add_error("code", refused)
        else:
            del request.session[NEW_KEY]
            request.session.cycle_key()
            mark_verified(request, device)
            trail.record(officer, trail.Kind.FACTOR_SET)
            return _recovery_codes(request)
    return _page(
        request,
        "set_up",
        title=_("Set up the second factor"),
        form=form,
        next=_next(request),
        key=" ".join(key[i : i + 4] for i in range(0, len(key), 4)),
        key_address=second_factor.key_address(officer, key),
        picture=mark_safe(second_factor.key_picture(officer, key)),  # noqa: S308 made by qrcode
        required=officer.needs_second_factor,
    )


def _recovery_codes(request: HttpRequest) -> HttpResponse:
    officer: Any = request.user
    codes = second_factor.make_recovery_codes(officer)
    trail.record(officer, trail.Kind.RECOVERY_CODES_MADE)
    return _page(
        request, "recovery_codes", title=_("Recovery codes"), codes=codes, next=_next(request)
    )


class SetPasswordView(PasswordResetConfirmView):
    """Where the link of an invitation leads: the officer chooses a password, once."""

    template_name = "admin/accounts/set_password.html"
    success_url = reverse_lazy("admin:login")
    title = gettext_lazy("Choose a password")

    def form_valid(self, form: Any) -> HttpResponse:
        with trail.acting(form.user):
            response = super().form_valid(form)
        lockout.unlock(form.user)
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request)


def _next(request: HttpRequest) -> str:
    """The page asked for at first, if it is one of this portal."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if here else reverse("admin:index")


def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    return render(
        request, f"admin/accounts/{name}.html", admin.site.each_context(request) | context
    )
