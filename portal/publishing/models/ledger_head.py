"""The end of the ledger, and the lock that approvals queue at."""

from django.db import models

# What stands before the first record.
GENESIS = "0" * 64


class LedgerHead(models.Model):
    """One row: the number and hash of the last record. See `portal.publishing.ledger`."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="ledgerhead_is_one_row", condition=models.Q(pk=1))
        ]

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"
