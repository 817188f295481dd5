"""All servers in turn, so that what else the machine does meets each of them alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.spike.load import Load, loaded
from bench.spike.servers import memory, processor_time


@dataclass
class Contender:
    """One of those that are measured, at `url`; the first of `pids` answers there, if need be with
    the help of the others. It is set against the one named `of`."""

    name: str
    url: str
    of: str
    headers: tuple[str, ...] = ()
    script: str = "plain"
    pids: Sequence[int] = ()
    loads: list[Load] = field(default_factory=list)
    # Answers for each second of processor time, round by round.
    works: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    @property
    def rate(self) -> float:
        return median(load.rate for load in self.loads)

    @property
    def work(self) -> float:
        return median(self.works)

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
        before = processor_time(*self.pids)
        load = loaded(self.url, seconds, *self.headers, script=self.script)
        used = processor_time(*self.pids) - before
        self.loads.append(load)
        self.works.append(load.rate * seconds / used)


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
            contender.megabytes = memory(contender.pids[0])

    def ratio(self, name: str, of: str = "") -> float:
        """That by work: on a quiet machine both are the same, and on a busy one it is wrk that
        cannot go faster, so that by the clock all servers look alike."""
        return self.by_work(name, of)

    def by_clock(self, name: str, of: str = "") -> float:
        """Of the answers a second, round by round: the median."""
        one, other = self._both(name, of)
        pairs = zip(one.loads, other.loads, strict=True)
        return median(mine.rate / theirs.rate for mine, theirs in pairs)

    def by_work(self, name: str, of: str = "") -> float:
        """Of the answers for a second of the server's processor time."""
        one, other = self._both(name, of)
        return median(mine / theirs for mine, theirs in zip(one.works, other.works, strict=True))

    def _both(self, name: str, of: str) -> tuple[Contender, Contender]:
        one = self.by_name[name]
        return one, self.by_name[of or one.of]

    @property
    def errors(self) -> int:
        return sum(one.errors for one in self.by_name.values())

    @property
    def noise(self) -> tuple[float, float]:
        """The median and the largest spread of all that were measured."""
        spreads = [one.spread for one in self.by_name.values()]
        return median(spreads), max(spreads)
