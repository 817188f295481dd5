"""What a printed code leads to."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from locations.models import Province
from portal.publishing.models import Code


@dataclass(frozen=True, slots=True)
class Found:
    """An allocated code and what it leads to: `target` is None while that is not public."""

    code: str
    target: Any
    to_follow: bool = False

    @property
    def address(self) -> str:
        """The path of the page, in the active language; always one of this portal."""
        if self.to_follow:
            return reverse("follow", args=[self.target.slug])
        return self.target.get_absolute_url()


def find(code: str, *, with_exercises: bool = False) -> Found | None:
    """What `code`, in any case, leads to; None if it was never allocated.

    The page of an exercise answers at its own address, but nothing leads to it unless
    `with_exercises`.
    """
    allocated = Code.objects.select_related("target_type").filter(value=code.upper()).first()
    if allocated is None:
        return None
    if allocated.purpose == "follow":
        provinces = Province.objects.public().filter(follow_code=allocated.value)
        return Found(allocated.value, provinces.first(), to_follow=True)
    model: Any = allocated.target_type.model_class()
    if not hasattr(model, "get_absolute_url"):
        return Found(allocated.value, None)
    rows = model.objects.all()
    rows = rows.reachable() if with_exercises and hasattr(rows, "reachable") else rows.public()
    if hasattr(rows, "for_lists"):
        rows = rows.for_lists()
    return Found(allocated.value, rows.filter(code=allocated.value).first())
