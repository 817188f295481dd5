"""Permanent short codes: the last part of an entry's address and of every printed QR code."""

import secrets

from django.contrib.contenttypes.models import ContentType
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Letters and digits that nobody confuses in print; all are in QR's alphanumeric set.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
# Not in the alphabet: a code that begins with it belongs to an exercise, and to nothing else ever.
EXERCISE_MARK = "0"


class CodeManager(models.Manager["Code"]):
    def allocate(
        self, model: type[models.Model], *, purpose: str = "", exercise: bool = False
    ) -> str:
        """A code that was never used before and never will be again, for one object of `model`."""
        mark = EXERCISE_MARK if exercise else ""
        while True:
            value = mark + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            code, created = self.get_or_create(
                value=value,
                defaults={
                    "target_type": ContentType.objects.get_for_model(model),
                    "purpose": purpose,
                },
            )
            if created:
                return code.value

    def allocate_many(self, model: type[models.Model], count: int) -> list[str]:
        """`count` new codes at once, for bulk loads."""
        target_type = ContentType.objects.get_for_model(model)
        fresh: set[str] = set()
        while len(fresh) < count:
            wanted = {
                "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
                for _ in range(count - len(fresh))
            } - fresh
            taken: set[str] = set()
            for batch in _batches(sorted(wanted), 500):
                taken.update(self.filter(pk__in=batch).values_list("value", flat=True))
            fresh |= wanted - taken
        self.bulk_create(
            (Code(value=value, target_type=target_type) for value in sorted(fresh)),
            batch_size=300,
        )
        return sorted(fresh)


def _batches(values: list[str], size: int) -> list[list[str]]:
    return [values[i : i + size] for i in range(0, len(values), size)]


class Code(models.Model):
    """One allocated code and the kind of thing it leads to; rows are never deleted."""

    value = models.CharField(
        _("code"),
        max_length=12,
        primary_key=True,
        validators=[RegexValidator(rf"^{EXERCISE_MARK}?[{ALPHABET}]+$")],
    )
    target_type = models.ForeignKey(ContentType, on_delete=models.PROTECT)
    # Empty: the object's own page. A province also has a code to follow its official account.
    purpose = models.CharField(max_length=20, blank=True)

    objects = CodeManager()

    class Meta:
        verbose_name = _("short address")
        verbose_name_plural = _("short addresses")

    def __str__(self) -> str:
        return self.value
