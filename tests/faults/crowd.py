"""Readers who ask all the time, through nginx, and look closely at every answer."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from django.utils import timezone

from tests.deploy.nginx import Answer, ask

# Seconds after an approval, or after the end of a listing, in which every reader sees it.
SEEN_WITHIN = 2.0
# Between two questions of one reader, in seconds.
PAUSE = 0.02
MARK = re.compile(r"Chợ M(\d{5})")
# What a page tells of the past: from what to what something was corrected.
TOLD_OF_THE_PAST = re.compile(r"<(del|ins)>.*?</\1>", re.DOTALL)
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def marked(number: int) -> str:
    """The name of the place after its correction `number`; it stands in several parts of a page."""
    return f"Chợ M{number:05d}"


def marks_in(text: str) -> set[int]:
    return {int(number) for number in MARK.findall(TOLD_OF_THE_PAST.sub("", text))}


@dataclass(frozen=True)
class Ending:
    """A place whose listing ends at a moment of the machine's clock."""

    code: str
    at: datetime
    # As pages write that moment.
    written: str

    def is_current_in(self, path: str, text: str) -> bool:
        if path.endswith((".csv", ".json")):
            lines = (line for line in text.splitlines() if self.code in line)
            return any("current" in line for line in lines)
        return f'data-listed-until="{self.written}"' in text


@dataclass
class Seen:
    """What the readers were answered. Lists hold what must not be, in words."""

    requests: int = 0
    # Pages with “tính đến” at their head: from a box that asks no database, or from nginx.
    as_of: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    unstyled: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def wrong(self) -> list[str]:
        return [*self.errors, *self.mixed, *self.late, *self.expired, *self.unstyled]

    def __str__(self) -> str:
        return (
            f"{self.requests} answers, {len(self.errors)} 5xx, {len(self.mixed)} mixed,"
            f" {len(self.late)} late, {len(self.expired)} expired"
        )


class Crowd:
    """Asks for `paths` at the port of nginx until it is told to stop."""

    def __init__(self, port: int, paths: Sequence[str], *, readers: int = 3) -> None:
        self.port, self.paths = port, paths
        self.seen = Seen()
        self.ending: Ending | None = None
        # Seconds by which the clock of the machine is before ours.
        self.ahead = 0.0
        # Pages that name every place.
        self.lists: Sequence[str] = ()
        # The corrections that were acknowledged: when, by the monotonic clock, and which.
        self._acknowledged: list[tuple[float, int]] = []
        # New places in the same way, and their names.
        self._published: list[tuple[float, str]] = []
        self._turns = count()
        self._writing = threading.Lock()
        self._styled: set[str] = set()
        self._is_enough = threading.Event()
        self._threads = [threading.Thread(target=self._read, daemon=True) for _ in range(readers)]

    def acknowledge(self, number: int, at: float) -> None:
        self._acknowledged.append((at, number))

    def expect(self, name: str, at: float) -> None:
        self._published.append((at, name))

    def _read(self) -> None:
        while not self._is_enough.is_set():
            path = self.paths[next(self._turns) % len(self.paths)]
            self.ask(path)
            time.sleep(PAUSE)

    def ask(self, path: str) -> None:
        began, began_at = time.monotonic(), time.time() + self.ahead
        try:
            answer = ask(self.port, path)
        except OSError as error:
            self._note(self.seen.errors, path, repr(error))
            return
        took = time.monotonic() - began
        with self._writing:
            self.seen.requests += 1
            self.seen.slowest = max(self.seen.slowest, took)
        if answer.status != 200:
            self._note(self.seen.errors, path, str(answer.status))
        else:
            self._look_at(path, answer, began, began_at)

    def _look_at(self, path: str, answer: Answer, began: float, began_at: float) -> None:
        text = answer.text
        is_as_of = self._is_as_of(answer, text)
        marks = marks_in(text)
        if len(marks) > 1:
            self._note(self.seen.mixed, path, f"shows {sorted(marks)}")
        due = max((n for at, n in self._acknowledged if at + SEEN_WITHIN < began), default=0)
        if not is_as_of and marks and max(marks) < due:
            self._note(self.seen.late, path, f"shows {max(marks)}, and {due} is public")
        if path in self.lists and not is_as_of:
            for at, name in self._published:
                if at + SEEN_WITHIN < began and name not in text:
                    self._note(self.seen.late, path, f"does not show {name}")
        ending = self.ending
        if (
            ending
            and not is_as_of
            and began_at > ending.at.timestamp() + SEEN_WITHIN
            and ending.is_current_in(path, text)
        ):
            self._note(self.seen.expired, path, f"shows {ending.code} as current")
        self._look_at_static_files_of(path, text)

    def _is_as_of(self, answer: Answer, text: str) -> bool:
        by_box = 'class="banner last-good"' in text
        by_nginx = "Server-Timing" in answer.headers
        with self._writing:
            self.seen.as_of["box"] += by_box
            self.seen.as_of["nginx"] += by_nginx
        return by_box or by_nginx

    def _look_at_static_files_of(self, path: str, text: str) -> None:
        for address in set(STATIC.findall(text)) - self._styled:
            self._styled.add(address)
            if (status := ask(self.port, address).status) != 200:
                self._note(self.seen.unstyled, path, f"names {address}, which is a {status}")

    def _note(self, what: list[str], path: str, text: str) -> None:
        with self._writing:
            what.append(f"{timezone.localtime():%H:%M:%S.%f} {path}: {text}")


@contextmanager
def reading(crowd: Crowd) -> Iterator[Seen]:
    """`crowd` reads while this lasts; each page was asked for once before."""
    for path in crowd.paths:
        crowd.ask(path)
    for thread in crowd._threads:
        thread.start()
    try:
        yield crowd.seen
    finally:
        crowd._is_enough.set()
        for thread in crowd._threads:
            thread.join(timeout=60)
