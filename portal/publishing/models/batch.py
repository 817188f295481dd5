"""Batches: many revisions that came from one file and are decided on together."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.publishing.models.officer import Officer


class BatchQuerySet(models.QuerySet["Batch"]):
    def within(self, officer: Officer) -> "BatchQuerySet":
        """Only batches of what `officer` is responsible for."""
        if officer.sees_everything:
            return self
        return self.filter(province__officers=officer)

    def with_progress(self) -> "BatchQuerySet":
        """With how many revisions wait (`waiting`), were approved and were sent back."""
        return self.annotate(
            waiting=Count("revisions", Q(revisions__state="submitted")),
            approved=Count("revisions", Q(revisions__state="approved")),
            sent_back=Count("revisions", Q(revisions__state="rejected")),
        )


class Batch(models.Model):
    """One file, handed over as a whole. Where it stands is said by its revisions."""

    province: Any = models.ForeignKey(
        settings.PUBLISHER_MODEL,
        verbose_name=_("province"),
        on_delete=models.PROTECT,
        related_name="batches",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="batches",
    )
    created_at = models.DateTimeField(_("handed over"), default=clock.now)
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    replaces = models.BooleanField(
        _("full list"), default=False, help_text=_("What is not in the file is withdrawn.")
    )
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    removed = models.PositiveIntegerField(_("to be withdrawn"), default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name
