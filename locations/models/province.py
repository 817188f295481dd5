"""The publisher: a province's page, official accounts, hotlines, support links, listing rule."""

from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from locations.models.division import Division
from portal.publishing.models import Code, Publishable
from portal.publishing.models.publishable import (
    NATIONAL_LISTING_DAYS,
    PublishableQuerySet,
    entry_models,
)
from portal.web.templatetags.portal_web import said

# First parts of addresses that are not a province's; a slug may not take them.
RESERVED_SLUGS = frozenset(
    {
        "admin", "api", "chuyen-bay", "du-lieu", "en", "favicon.ico", "gioi-thieu", "healthz",
        "i18n", "kiem-tra", "media", "ngoai-tuyen", "q", "readyz", "robots.txt", "sitemap.xml",
        "static", "theo-doi", "tim-kiem", "vi", "viet-nam", "xac-minh",
    }
)  # fmt: skip

web_address = URLValidator(schemes=["https", "http"])
phone_number = RegexValidator(
    r"^\+?[0-9][0-9 .]{1,18}[0-9]\Z", _("A phone number: digits, spaces and dots only.")
)


def validate_slug_is_free(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” is an address of the portal itself."), params={"slug": slug}
        )


def validate_follow_address(url: str) -> None:
    """Printed codes lead only to the hosts in `FOLLOW_HOSTS`, and only by https."""
    try:
        parts = urlsplit(url)
        is_ours = parts.scheme == "https" and parts.hostname in settings.FOLLOW_HOSTS
    except ValueError:  # no address at all, such as "https://[::1/"
        is_ours = False
    if not is_ours:
        raise ValidationError(
            _("The address must begin with https:// and be on one of: %(hosts)s."),
            params={"hosts": ", ".join(settings.FOLLOW_HOSTS)},
        )


class ProvinceQuerySet(PublishableQuerySet):
    def with_contacts(self) -> Self:
        return self.select_related("division").prefetch_related("accounts", "hotlines", "links")


class Province(Publishable):
    """A province's health office as a publisher. Its address outlives mergers of provinces."""

    content_fields = (
        "name", "division", "office", "office_en", "listing_days", "listing_rule",
        "listing_rule_en",
    )  # fmt: skip
    content_children = {
        "accounts": ("channel", "name", "url"),
        "hotlines": ("label", "label_en", "number"),
        "links": ("name", "name_en", "leads_to", "leads_to_en", "url"),
    }
    publisher_field = "pk"

    slug = models.SlugField(
        _("address"),
        unique=True,
        validators=[validate_slug_is_free],
        help_text=_("The first part of its pages' addresses; permanent."),
    )
    name = models.CharField(_("name"), max_length=100)
    division = models.ForeignKey(
        Division,
        verbose_name=_("administrative unit"),
        on_delete=models.PROTECT,
        related_name="publishers",
        limit_choices_to={"level": Division.Level.PROVINCE},
        help_text=_("As it was when the page began; later mergers follow from there."),
    )
    office = models.CharField(_("publishing office"), max_length=200, blank=True)
    office_en = models.CharField(_("publishing office (English)"), max_length=200, blank=True)
    listing_days = models.PositiveSmallIntegerField(
        _("listing days"),
        default=NATIONAL_LISTING_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("Days after the exposure for which a place stays in the current list."),
    )
    listing_rule = models.TextField(
        _("listing rule"), blank=True, help_text=_("What is listed, what is left out, and why.")
    )
    listing_rule_en = models.TextField(_("listing rule (English)"), blank=True)
    follow_code = models.CharField(max_length=12, unique=True, editable=False)

    objects = ProvinceQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["slug"]  # the name folded: Bạc Liêu before Bình Định
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                name="province_listing_days_in_range",
                condition=models.Q(listing_days__range=(1, 365)),
                violation_error_message=_("Listing days must be between 1 and 365."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> "Province":
        return self

    @property
    def issuer(self) -> str:
        """Who speaks, in the language of the page: the office, else its official account."""
        account = next(iter(self.accounts.all()), None)
        return said(self, "office") or (account.name if account else self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.follow_code:
            self.follow_code = Code.objects.allocate(Province, purpose="follow")
        super().save(*args, **kwargs)

    def derive(self) -> None:
        """A new listing rule holds for what is already published as well."""
        before = Province.objects.filter(pk=self.pk).values_list("listing_days", flat=True).first()
        if before is not None and before != self.listing_days:
            shift = timedelta(days=self.listing_days - before)
            for model in entry_models():
                model._default_manager.filter(province=self, expires_at=None).update(
                    listed_until=F("listed_until") + shift
                )

    def get_absolute_url(self) -> str:
        return reverse("province", args=[self.slug])


class OfficialAccount(models.Model):
    """An account by which the office speaks to residents elsewhere, for example on Zalo."""

    class Channel(models.TextChoices):
        ZALO = "zalo", "Zalo"

    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="accounts")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.ZALO)
    name = models.CharField(_("account name"), max_length=120)
    url = models.CharField(
        _("address"),
        max_length=200,
        blank=True,
        validators=[web_address, validate_follow_address],
        help_text=_(
            "The account's own address, such as https://zalo.me/… Empty: residents are told "
            "to search for the name."
        ),
    )

    class Meta:
        verbose_name = _("official account")
        verbose_name_plural = _("official accounts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        return " ".join(filter(None, [self.get_channel_display(), self.name, self.url]))

    @property
    def safe_url(self) -> str:
        """`url` if it may be linked: the allowed hosts can have changed since it was entered."""
        try:
            validate_follow_address(self.url)
        except ValidationError:
            return ""
        return self.url


class HotlineBase(models.Model):
    """A number that residents can call."""

    label = models.CharField(_("who answers"), max_length=120)
    label_en = models.CharField(_("who answers (English)"), max_length=120, blank=True)
    number = models.CharField(_("number"), max_length=20, validators=[phone_number])

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")

    def __str__(self) -> str:
        return f"{self.label}: {self.number}"

    @property
    def in_words(self) -> str:
        return f"{said(self, 'label')}: {self.number}"

    @property
    def dialled(self) -> str:
        """The number as a `tel:` link wants it."""
        return "".join(c for c in self.number if c.isdigit() or c == "+")


class Hotline(HotlineBase):
    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="hotlines")

    class Meta(HotlineBase.Meta):
        abstract = False


class SupportLink(models.Model):
    """A menu item of the official account and what it opens, such as "Hỗ trợ"."""

    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="links")
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80, blank=True)
    leads_to = models.CharField(_("leads to"), max_length=200)
    leads_to_en = models.CharField(_("leads to (English)"), max_length=200, blank=True)
    url = models.CharField(_("address"), max_length=200, blank=True, validators=[web_address])

    class Meta:
        verbose_name = _("support link")
        verbose_name_plural = _("support links")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_words(self) -> str:
        return " ".join(filter(None, [f"{said(self, 'name')}: {said(self, 'leads_to')}", self.url]))
