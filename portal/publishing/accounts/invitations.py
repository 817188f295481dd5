"""The link by which an officer sets a password: it works once, and for three days."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.publishing.accounts import trail
from portal.publishing.models import Officer


def invite(officer: Officer) -> str:
    """A new link for `officer`, in their language; recorded. Whoever has it sets the password."""
    trail.record(officer, trail.Kind.INVITED)
    with override(officer.language):
        uid = urlsafe_base64_encode(force_bytes(officer.pk))
        token = default_token_generator.make_token(officer)
        return settings.PUBLIC_BASE_URL + reverse("admin:set_password", args=[uid, token])


def mail(officer: Officer, link: str) -> None:
    """Sends the link to the officer. Raises OSError when the mail server does not take it."""
    with override(officer.language):
        text = render_to_string(
            "admin/accounts/invitation.txt",
            {
                "officer": officer,
                "link": link,
                "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
                "home": settings.PUBLIC_BASE_URL,
            },
        )
        send_mail(_("Your staff account for public health notices"), text, None, [officer.email])
