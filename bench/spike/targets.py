"""What is to be reached, and the limit that the run fails at.

A target that is missed is explained in misses.md, under a heading that is its name: what was tried
and why it is as it is. The run fails where an explanation is missing, and where a figure is worse
than its limit, which is near what was reached so far: such a run shows that something broke.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EXPLANATIONS = Path(__file__).resolve().parent / "misses.md"


@dataclass(frozen=True)
class Target:
    """`limit`: as far as it may be missed; the aim itself unless said."""

    name: str
    measured: float
    aim: float
    limit: float | None = None
    is_least: bool = True
    unit: str = ""

    @property
    def is_met(self) -> bool:
        return self._holds(self.aim)

    @property
    def is_within_limit(self) -> bool:
        return self._holds(self.aim if self.limit is None else self.limit)

    def _holds(self, bound: float) -> bool:
        return self.measured >= bound if self.is_least else self.measured <= bound

    @property
    def row(self) -> tuple[str, str, str, str]:
        sign = "≥" if self.is_least else "≤"
        verdict = "met" if self.is_met else "**missed**"
        if not self.is_within_limit:
            verdict += f" (limit {sign} {self.limit or self.aim:g})"
        aim = f"{sign} {self.aim:g}{self.unit}"
        return self.name, aim, f"{shown(self.measured)}{self.unit}", verdict


def at_least(name: str, measured: float, aim: float, limit: float | None = None) -> Target:
    return Target(name, measured, aim, limit)


def at_most(
    name: str, measured: float, aim: float, unit: str = "", limit: float | None = None
) -> Target:
    return Target(name, measured, aim, limit, is_least=False, unit=unit)


def explanations() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", EXPLANATIONS.read_text(), flags=re.MULTILINE)
    return {name.strip(): text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def complaints(targets: list[Target]) -> Iterator[str]:
    """Why the run fails; nothing if it does not."""
    explained = explanations()
    for target in targets:
        if not target.is_within_limit:
            yield f"{target.name}: {shown(target.measured)}{target.unit} is past the limit"
        elif not target.is_met and target.name not in explained:
            yield f"{target.name}: missed, and {EXPLANATIONS.name} does not say why"
    for name in explained.keys() - {target.name for target in targets}:
        yield f"{EXPLANATIONS.name} explains what is no target: {name}"


def shown(number: float) -> str:
    """As many digits as mean something."""
    for bound, digits in ((1, 3), (10, 2), (100, 1)):
        if abs(number) < bound:
            return f"{number:.{digits}f}"
    return f"{number:,.0f}"
