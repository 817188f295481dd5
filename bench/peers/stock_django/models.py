from django.db import models


class Row(models.Model):
    """A place, in the words that its page shows."""

    name = models.TextField()
    starts_at = models.TextField()
    ends_at = models.TextField()
    address = models.TextField()
    unit = models.TextField()
    action = models.TextField()
    added = models.TextField()

    def __str__(self) -> str:
        return self.name
