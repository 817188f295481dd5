"""What every published thing has in common, and the one rule of what is public."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.publishing import search_index
from portal.publishing.models.code import EXERCISE_MARK, Code
from portal.publishing.models.officer import Officer
from portal.text import fold, search_words

# Days for which an entry of the whole country stays current; a province sets its own.
# 14 days is the incubation period on which Vietnam's quarantine rule of 2021 was built.
NATIONAL_LISTING_DAYS = 14


class PublishableQuerySet(models.QuerySet):
    model: Any

    def public(self, at: datetime | None = None) -> Self:
        """Whatever has an address that residents may open at `at` (default: now).

        This is the one rule of visibility: every page, feed, export and command asks it.
        A withdrawn entry stays public, because its address says that it was withdrawn and why.
        """
        return self.filter(state__in=PUBLIC_STATES)

    def within(self, officer: Officer) -> Self:
        """Only what `officer` is responsible for."""
        if officer.sees_everything:
            return self
        if not officer.is_active:
            return self.none()
        return self.filter(**{f"{self.model.publisher_field}__in": officer.province_keys()})


class EntryQuerySet(PublishableQuerySet):
    def public(self, at: datetime | None = None) -> Self:
        return self.reachable(at).filter(is_exercise=False)

    def reachable(self, at: datetime | None = None) -> Self:
        """What answers at its own address at `at`: what is public, and exercises.

        Only the page of one entry asks this, and it says of an exercise that it is one.
        """
        at = at or clock.now()
        return super().public(at).filter(Q(publish_from=None) | Q(publish_from__lte=at))

    def listed(self, at: datetime | None = None) -> Self:
        """What is current at `at`: published, not withdrawn, not yet past its listing."""
        at = at or clock.now()
        return self.public(at).filter(state=State.PUBLISHED, listed_until__gt=at)

    def past(self, at: datetime | None = None) -> Self:
        """What was current once: published, and past its listing at `at`."""
        at = at or clock.now()
        return self.public(at).filter(state=State.PUBLISHED, listed_until__lte=at)

    def next_change(self, at: datetime) -> datetime | None:
        """When, after `at`, the clock alone changes next what of these is public or listed: an
        embargo ends, or a listing does. None if nothing is to come.

        Asked for each publisher by itself, which its indexes answer at once, however much lies in
        the archive: what opens later is also added later (`published_at`).
        """
        public = self.filter(state__in=PUBLIC_STATES)
        opening = public.filter(published_at__gt=at, publish_from__gt=at).order_by("published_at")
        ending = self.filter(state=State.PUBLISHED, listed_until__gt=at).order_by("listed_until")
        moments = {"publish_from": opening, "listed_until": ending}
        publishers = apps.get_model(settings.PUBLISHER_MODEL)._default_manager.order_by()
        first_of_each = publishers.annotate(
            **{
                f"next_{name}": models.Subquery(
                    rows.filter(province=models.OuterRef("pk")).values(name)[:1]
                )
                for name, rows in moments.items()
            }
        )
        firsts = first_of_each.aggregate(*(models.Min(f"next_{name}") for name in moments))
        found = [*firsts.values()]
        for name, rows in moments.items():
            found += rows.filter(province=None).values_list(name, flat=True)[:1]
        return min(filter(None, found), default=None)

    def concerning(self, province: Any) -> Self:
        """What belongs on the pages of `province`."""
        return self.filter(province=province)

    def happened_between(self, first: date | None, last: date | None) -> Self:
        """Entries about any of the days from `first` to `last`; either end may be open."""
        begins, ends = self.model.day_fields
        found = self
        if first:
            found = found.filter(**{f"{ends}__gte": first})
        if last:
            found = found.filter(**{f"{begins}__lte": last})
        return found

    def for_lists(self) -> Self:
        """With all that a row of a list shows, in a fixed number of queries."""
        return self.select_related("province")

    def search(self, text: str) -> Self:
        """Entries in which every word of `text` occurs, whatever its accents, case and spaces."""
        return search_index.narrowed(self, search_words(text))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")


class SharedEntryQuerySet(EntryQuerySet):
    """Of entries that one province publishes and others show too (`also_concerns`)."""

    def concerning(self, province: Any) -> Self:
        also = self.model._default_manager.all().shared_with(province)
        return self.filter(Q(province=province) | Q(pk__in=also.values("pk")))

    def shared_with(self, province: Any) -> Self:
        """What other provinces publish, and `province` shows too."""
        return self.filter(also_concerns=province)


class NationwideEntryQuerySet(EntryQuerySet):
    """Of entries that may be said to the whole country, and so stand on every province's page."""

    def concerning(self, province: Any) -> Self:
        return self.filter(Q(province=province) | Q(province=None))


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


PUBLIC_STATES = (State.PUBLISHED, State.WITHDRAWN)


class Publishable(models.Model):
    """Something whose content becomes public by an approved revision, and in no other way.

    A subclass names its content: `content_fields` (its own columns), `content_children`
    (accessor of a child model to the child's columns) and `content_links` (many-to-many fields
    to other publishables). Everything else on the row is bookkeeping of `workflow`.
    """

    content_fields: ClassVar[tuple[str, ...]] = ()
    content_children: ClassVar[dict[str, tuple[str, ...]]] = {}
    content_links: ClassVar[tuple[str, ...]] = ()
    # What `derive` and the privacy lint read beyond the row: fetched once when many are applied.
    derived_from: ClassVar[tuple[str, ...]] = ()
    # Whose officers are responsible.
    publisher_field: ClassVar[str] = "province"
    # Content that no page shows; a change of it alone is no correction.
    unseen_fields: ClassVar[tuple[str, ...]] = ()
    # What an approver checks first: where, when, and what residents are asked to do.
    first_fields: ClassVar[tuple[str, ...]] = ()
    # An exercise (diễn tập) is never public; only entries can be one.
    is_exercise: Any = False

    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    revision_number = models.PositiveIntegerField(
        _("revision"), default=0, editable=False, help_text=_("The last approved revision.")
    )
    published_at = models.DateTimeField(_("added"), null=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), null=True, editable=False)
    public_note = models.TextField(_("public note"), blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_public_has_revision",
                condition=Q(state__in=["draft", "submitted"], revision_number=0)
                | Q(
                    state__in=["published", "withdrawn"],
                    revision_number__gt=0,
                    published_at__isnull=False,
                ),
                violation_error_message=_("What is public has an approved revision."),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.code:
            self.code = Code.objects.allocate(type(self), exercise=self.is_exercise)
        super().save(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC_STATES

    @property
    def is_withdrawn(self) -> bool:
        return self.state == State.WITHDRAWN

    @property
    def is_corrected(self) -> bool:
        """Whether what residents read differs from what was first published."""
        return bool(self.updated_at and self.updated_at != self.published_at)

    def was_public(self, at: datetime) -> bool:
        """Whether residents could read it at `at`: approved, and past any embargo."""
        opens = getattr(self, "publish_from", None)
        return self.is_public and (opens is None or opens <= at)

    @property
    def scope(self) -> Any:
        """The province that is responsible; None for the whole country."""
        return getattr(self, "province", None)

    def derive(self) -> None:
        """Sets the columns that follow from the content; called whenever content is applied."""


class Entry(Publishable):
    """A publishable that belongs on a province's pages for a time."""

    province: Any = models.ForeignKey(
        settings.PUBLISHER_MODEL,
        verbose_name=_("province"),
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        help_text=_("The province that publishes it."),
    )
    announced_on = models.DateField(
        _("announced on"),
        null=True,
        blank=True,
        help_text=_("If the office made it known before it came to this portal."),
    )
    publish_from = models.DateTimeField(
        _("publish from"),
        null=True,
        blank=True,
        help_text=_("Stays hidden until then, even when approved. Empty: at once."),
    )
    expires_at = models.DateTimeField(
        _("in force until"),
        null=True,
        blank=True,
        help_text=_(
            "When it stops being current. Not the time of the exposure. "
            "Empty: by the province's listing rule."
        ),
    )
    is_exercise = models.BooleanField(
        _("exercise"),
        default=False,
        help_text=_(
            "For practice: one person may take it through every step, and it is in no public "
            "list, feed or search. It can never become a real entry."
        ),
    )
    listed_until = models.DateTimeField(_("listed until"), null=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)

    # The columns of the first and the last day that it is about.
    day_fields: ClassVar[tuple[str, str]] = ("announced_on", "announced_on")
    # What a subclass puts first among its `content_fields`.
    entry_fields: ClassVar[tuple[str, ...]] = ("announced_on", "publish_from", "expires_at")
    unseen_fields: ClassVar[tuple[str, ...]] = ("publish_from",)

    class Meta(Publishable.Meta):
        abstract = True
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_expires_after_publishing",
                condition=Q(publish_from=None)
                | Q(expires_at=None)
                | Q(expires_at__gt=models.F("publish_from")),
                violation_error_message=_("“In force until” must be after “publish from”."),
            ),
            # The code is permanent and part of the address: so is being an exercise or not.
            models.CheckConstraint(
                name="%(class)s_exercise_by_its_code",
                condition=Q(is_exercise=True, code__startswith=EXERCISE_MARK)
                | Q(Q(is_exercise=False), ~Q(code__startswith=EXERCISE_MARK)),
                violation_error_message=_("An exercise stays one, and a real entry stays real."),
            ),
        ]
        indexes = [
            # Current, of a province and of all: however much is past, only what is current is read.
            models.Index(fields=["province", "state", "listed_until"], name="%(class)s_listed"),
            models.Index(fields=["state", "listed_until"], name="%(class)s_current"),
            # The order of lists, of feeds and of the admin: a page is read from its beginning.
            models.Index(fields=["province", "-published_at", "-id"], name="%(class)s_added"),
            models.Index(fields=["-published_at", "-id"], name="%(class)s_newest"),
            models.Index(fields=["province", "-updated_at", "-id"], name="%(class)s_changed"),
            models.Index(fields=["-updated_at", "-id"], name="%(class)s_last_changed"),
            models.Index(fields=["province", "-id"], name="%(class)s_of_province"),
            models.Index(fields=["state", "-id"], name="%(class)s_in_state"),
            models.Index(fields=["province", "state", "-id"], name="%(class)s_waiting"),
        ]

    def is_listed(self, at: datetime | None = None) -> bool:
        """Whether this entry is current at `at`; the same rule as `EntryQuerySet.listed`."""
        at = at or clock.now()
        started = self.publish_from is None or self.publish_from <= at
        return (
            self.state == State.PUBLISHED
            and started
            and self.listed_until is not None
            and at < self.listed_until
        )

    @property
    def is_past(self) -> bool:
        return self.state == State.PUBLISHED and not self.is_listed()

    @property
    def known_on(self) -> date:
        """The day it was made known: as announced, else as added to this portal."""
        return self.announced_on or timezone.localdate(self.published_at or clock.now())

    def last_day(self) -> date:
        """The last day that the entry is about; its listing days count from there."""
        return self.known_on

    def searchable(self) -> Iterable[str]:
        """The texts by which residents may find it."""
        return ()

    def listing_end(self, last_day: date) -> datetime:
        """When an entry about days up to `last_day` stops being current: the time set by the
        office, else the midnight after the province's listing days."""
        days = self.scope.listing_days if self.scope else NATIONAL_LISTING_DAYS
        midnight = datetime.combine(
            last_day + timedelta(days=days + 1), time(), timezone.get_default_timezone()
        )
        return self.expires_at or midnight

    def derive(self) -> None:
        self.listed_until = self.listing_end(self.last_day())
        self.search_text = fold(" ".join(filter(None, self.searchable())))


class NationwideEntry(Entry):
    """An entry that may also be said to the whole country."""

    province: Any = models.ForeignKey(
        settings.PUBLISHER_MODEL,
        verbose_name=_("province"),
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        null=True,
        blank=True,
        help_text=_("The province that publishes it; empty for the whole country."),
    )

    class Meta(Entry.Meta):
        abstract = True


def publishable_models() -> list[type[Publishable]]:
    """Every kind of thing that this portal publishes."""
    return [model for model in apps.get_models() if issubclass(model, Publishable)]


def entry_models() -> list[type[Entry]]:
    """Every kind of thing that stands on a province's pages."""
    return [model for model in apps.get_models() if issubclass(model, Entry)]
