"""The trail of accounts: who signed in, whose rights changed, and who changed them."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountEventQuerySet(models.QuerySet["AccountEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("the trail of accounts is not changed")

    def delete(self) -> NoReturn:
        raise TypeError("the trail of accounts is not deleted")


class AccountEvent(models.Model):
    """One thing that happened to an account. Written once; holds no address and no secret."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        PASSWORD_ACCEPTED = "password_accepted", _("gave the right password; the code is awaited")
        SIGN_IN_FAILED = "sign_in_failed", _("wrong password")
        CODE_REFUSED = "code_refused", _("wrong code")
        LOCKED_OUT = "locked_out", _("locked out for a time after wrong passwords or codes")
        SIGNED_OUT = "signed_out", _("signed out")
        CREATED = "created", _("account made")
        INVITED = "invited", _("link to set a password given")
        RIGHTS_CHANGED = "rights_changed", _("rights changed")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        FACTOR_SET = "factor_set", _("second factor set up")
        FACTOR_REMOVED = "factor_removed", _("second factor removed")
        RECOVERY_CODES_MADE = "recovery_codes_made", _("new recovery codes made")
        RECOVERY_CODE_USED = "recovery_code_used", _("recovery code used")

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        related_name="account_events",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="account_events_caused",
        null=True,
        help_text=_("Empty: somebody who was not signed in, or a command on the server."),
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    # The real time, also where a demonstration's clock shows another: it is about people.
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = AccountEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("account event")
        verbose_name_plural = _("account events")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["officer", "-id"], name="account_event_of_officer")]

    def __str__(self) -> str:
        return f"{self.officer}: {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the trail of accounts is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the trail of accounts is not deleted")
