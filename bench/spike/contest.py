"""All servers in turn, so that what else the machine does meets each of them alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from bench.spike.load import Load, loaded

KNOWN = "If-None-Match: *"


@dataclass
class Contender:
    """One of those that are measured, at `url`; it is set against the one named `of`."""

    name: str
    url: str
    of: str
    headers: tuple[str, ...] = ()
    script: str = "plain"
    memory: Callable[[], float] | None = None
    loads: list[Load] = field(default_factory=list)
    megabytes: float | None = None

    @property
    def rate(self) -> float:
        return median(load.rate for load in self.loads)

    @property
    def p50(self) -> float:
        return median(load.p50 for load in self.loads)

    @property
    def p99(self) -> float:
        return median(load.p99 for load in self.loads)

    @property
    def bytes(self) -> float:
        return median(load.bytes for load in self.loads)

    @property
    def errors(self) -> int:
        return sum(load.errors for load in self.loads)

    @property
    def spread(self) -> float:
        """How far its rounds lie apart, as a part of their median."""
        rates = [load.rate for load in self.loads]
        return (max(rates) - min(rates)) / self.rate if self.rate else 0.0

    def measure(self, seconds: int) -> None:
        self.loads.append(loaded(self.url, seconds, *self.headers, script=self.script))


class Contest:
    def __init__(self, contenders: list[Contender]) -> None:
        self.by_name = {one.name: one for one in contenders}

    def run(self, rounds: int, seconds: int, say: Callable[[str], None]) -> None:
        for contender in self.by_name.values():
            loaded(contender.url, 1, *contender.headers)  # a kept page is kept from now on
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for contender in self.by_name.values():
                contender.measure(seconds)
        for contender in self.by_name.values():
            if contender.memory:
                contender.megabytes = contender.memory()

    def ratio(self, name: str, of: str = "") -> float:
        """Of the answers a second, round by round: the median."""
        one = self.by_name[name]
        other = self.by_name[of or one.of]
        return median(
            mine.rate / theirs.rate for mine, theirs in zip(one.loads, other.loads, strict=True)
        )

    @property
    def errors(self) -> int:
        return sum(one.errors for one in self.by_name.values())

    @property
    def noise(self) -> tuple[float, float]:
        """The median and the largest spread of all that were measured."""
        spreads = [one.spread for one in self.by_name.values()]
        return median(spreads), max(spreads)
