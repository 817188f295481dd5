"""Small spellings for long columns, which compression then makes smaller still."""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)


def deltas(numbers: Iterable[int | None]) -> list[int | None]:
    """Each number as its distance from the last one that is known; None stays None."""
    told: list[int | None] = []
    last = 0
    for number in numbers:
        told.append(None if number is None else number - last)
        last = last if number is None else number
    return told


class Table(Generic[Value]):
    """Values that repeat: each is said once, and called by its number elsewhere."""

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self._numbers: dict[Value, int] = {}
        for value in values:
            self.number(value)

    def number(self, value: Value) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[Value]:
        return list(self._numbers)
