"""Revisions: every version of every publishable, who wrote it and who let it through."""

from collections.abc import Iterable
from itertools import groupby

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.publishing.models.batch import Batch
from portal.publishing.models.code import EXERCISE_MARK
from portal.publishing.models.officer import Officer
from portal.publishing.models.publishable import Publishable


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, entry: Publishable) -> "RevisionQuerySet":
        return self.filter(entry_type=ContentType.objects.get_for_model(entry), entry_id=entry.pk)

    def of_all(self, entries: Iterable[Publishable]) -> "RevisionQuerySet":
        """Of any of `entries`, which may be of several kinds."""
        wanted = Q(pk__in=())
        for model, some in groupby(entries, type):
            entry_type = ContentType.objects.get_for_model(model)
            wanted |= Q(entry_type=entry_type, entry_id__in=[entry.pk for entry in some])
        return self.filter(wanted)

    def open(self) -> "RevisionQuerySet":
        """Drafts and what waits for approval: at most one an entry."""
        return self.filter(state__in=OPEN_STATES)

    def approved(self) -> "RevisionQuerySet":
        return self.filter(state=Revision.State.APPROVED)

    def corrections(self) -> "RevisionQuerySet":
        """Approved changes that residents could see, newest first: corrections, withdrawals,
        and what was published again."""
        return self.approved().filter(is_correction=True, is_exercise=False).order_by("-sequence")

    def within(self, officer: Officer) -> "RevisionQuerySet":
        """Only revisions of what `officer` is responsible for."""
        if officer.sees_everything:
            return self
        return self.filter(province__in=officer.province_keys())


class Revision(models.Model):
    """One version of an entry's whole content. Saving again makes a new one; none is changed."""

    class Action(models.TextChoices):
        PUBLISH = "publish", _("publish")
        WITHDRAW = "withdraw", _("withdraw")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("sent back")
        SUPERSEDED = "superseded", _("replaced by a later draft")

    entry_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, verbose_name=_("kind"))
    entry_id = models.PositiveBigIntegerField()
    entry = GenericForeignKey("entry_type", "entry_id")
    entry_code = models.CharField(_("code"), max_length=12)
    title = models.CharField(_("entry"), max_length=300)
    province = models.ForeignKey(
        settings.PUBLISHER_MODEL,
        verbose_name=_("province"),
        on_delete=models.PROTECT,
        related_name="revisions",
        null=True,
    )
    action = models.CharField(_("action"), max_length=10, choices=Action, default=Action.PUBLISH)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder)
    based_on = models.PositiveIntegerField(
        _("based on revision"), help_text=_("The approved revision that the author saw.")
    )
    number = models.PositiveIntegerField(_("number"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    public_note = models.TextField(_("public note"), blank=True)
    batch = models.ForeignKey(
        Batch,
        verbose_name=_("import"),
        on_delete=models.PROTECT,
        related_name="revisions",
        null=True,
        blank=True,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="written_revisions",
    )
    created_at = models.DateTimeField(_("written"), default=clock.now)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        related_name="decided_revisions",
        null=True,
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.TextField(_("note of the decision"), blank=True)
    is_exercise = models.BooleanField(_("exercise"), default=False, editable=False)
    is_correction = models.BooleanField(
        _("correction"),
        default=False,
        editable=False,
        help_text=_("It changed what residents could already read."),
    )
    # The place of an approved revision in the ledger; `portal.publishing.ledger` gives it.
    sequence = models.PositiveBigIntegerField(
        _("number in the ledger"), null=True, unique=True, editable=False
    )
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)
    privacy_findings = models.JSONField(
        _("privacy findings"),
        default=list,
        blank=True,
        editable=False,
        help_text=_("Words that could point to a person, found when written and when approved."),
    )
    privacy_reason = models.TextField(
        _("why the privacy findings may be public"), blank=True, editable=False
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-pk"]
        permissions = [("approve_revision", _("Can approve and send back revisions"))]
        indexes = [
            models.Index(fields=["entry_type", "entry_id", "-id"], name="revision_of_entry"),
            models.Index(fields=["province", "state", "-decided_at"], name="revision_by_province"),
            models.Index(
                fields=["province", "-sequence"],
                condition=Q(is_correction=True),
                name="revision_corrections",
            ),
            models.Index(
                fields=["-sequence"],
                condition=Q(is_correction=True),
                name="revision_all_corrections",
            ),
            models.Index(
                fields=["decided_at"],
                condition=Q(is_correction=True),
                name="revision_corrected_at",
            ),
            models.Index(fields=["province", "-id"], name="revision_of_province"),
            models.Index(fields=["state", "-id"], name="revision_in_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry_type", "entry_id"],
                condition=Q(state__in=["draft", "submitted"]),
                name="revision_one_open_per_entry",
            ),
            models.UniqueConstraint(
                fields=["entry_type", "entry_id", "number"], name="revision_number_once_per_entry"
            ),
            models.CheckConstraint(
                name="revision_approved_by_someone_else",
                condition=Q(is_exercise=True) | ~Q(state="approved") | ~Q(decided_by=F("author")),
                violation_error_message=_("Whoever wrote a revision cannot approve it."),
            ),
            models.CheckConstraint(
                name="revision_approval_is_complete",
                condition=Q(
                    state="approved",
                    number__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | (~Q(state="approved") & Q(number__isnull=True)),
            ),
            models.CheckConstraint(
                name="revision_approved_is_in_ledger",
                condition=Q(Q(state="approved", sequence__gt=0), ~Q(previous_hash=""), ~Q(hash=""))
                | Q(~Q(state="approved"), sequence=None, previous_hash="", hash=""),
            ),
            # What lets one person approve their own work cannot be switched on: it is tied to
            # the entry's permanent code.
            models.CheckConstraint(
                name="revision_exercise_by_its_code",
                condition=Q(is_exercise=True, entry_code__startswith=EXERCISE_MARK)
                | Q(Q(is_exercise=False), ~Q(entry_code__startswith=EXERCISE_MARK)),
            ),
            models.CheckConstraint(
                name="revision_privacy_findings_have_reason",
                condition=~Q(state="approved")
                | Q(privacy_findings=Value([], models.JSONField()))
                | ~Q(privacy_reason=""),
                violation_error_message=_("Privacy findings pass only with a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


OPEN_STATES = (Revision.State.DRAFT, Revision.State.SUBMITTED)
