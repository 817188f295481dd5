"""How often what residents read has changed."""

from django.db import models

# The scope of what concerns the pages of every province.
EVERYWHERE = ""
# The scope of what no page is about and many name: provinces and administrative units. No slug.
NAMES = "*"


class ContentVersion(models.Model):
    """One row for each province, by its slug, one for what concerns all of them, and one for names.

    Counted on in the transaction that makes the change: `portal.publishing.versions`.
    """

    scope = models.CharField(max_length=50, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.scope or '*'}: {self.number}"
