"""Health officers: who may sign in, and for which provinces."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

APPROVE = "publishing.approve_revision"
MANAGE_OFFICERS = "publishing.change_officer"


class Officer(AbstractUser):
    """A member of staff. Works for the provinces named here, or for the whole country.

    What an officer may do comes from groups (`portal.publishing.roles`); this says only where.
    """

    provinces: Any = models.ManyToManyField(
        settings.PUBLISHER_MODEL,
        verbose_name=_("provinces"),
        related_name="officers",
        blank=True,
        help_text=_("The officer sees and edits what these provinces publish, nothing else."),
    )
    is_national = models.BooleanField(
        _("national"),
        default=False,
        help_text=_("Works for all provinces, and for what concerns the whole country."),
    )
    language = models.CharField(
        _("language of e-mails"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **kwargs: Any) -> Self:
        officer = super().from_db(db, field_names, values, **kwargs)
        officer.read = dict(zip(field_names, values, strict=True))
        return officer

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes what was changed since the officer was read, and leaves the rest as it is by now:
        whoever sets a password takes seconds, and must not enable an account that was disabled
        meanwhile."""
        read = getattr(self, "read", None)
        if read and not (args or kwargs):
            changed = [name for name, value in read.items() if getattr(self, name) != value]
            kwargs["update_fields"] = changed
        super().save(*args, **kwargs)
        if read:
            self.read = {name: getattr(self, name) for name in read}

    @property
    def sees_everything(self) -> bool:
        """True for national officers and superusers, who are not held to provinces."""
        return self.is_active and (self.is_national or self.is_superuser)

    @property
    def needs_second_factor(self) -> bool:
        """Whether a password is not enough: for whoever approves, or manages other officers."""
        return self.has_perm(APPROVE) or self.has_perm(MANAGE_OFFICERS)

    def province_keys(self) -> list[int]:
        """The keys of the officer's provinces. Asked for before the rows of these provinces are:
        a database that knows them reads the newest from an index, and sorts nothing."""
        return list(self.provinces.values_list("pk", flat=True))

    def may_work_for(self, province: Any) -> bool:
        """Whether the officer is responsible for `province`; None stands for the whole country."""
        if self.sees_everything:
            return True
        return province is not None and self.provinces.filter(pk=province.pk).exists()
