"""Ordinary readers, who ask now and then while others are at their faults."""

import http.client
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

# Seconds between two pages of one reader, and after which a reader has given up.
EVERY, PATIENCE = 0.05, 10.0


@dataclass
class Seen:
    """What became of them."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 pages were there."""
        return statistics.quantiles(self.seconds, n=20)[-1]


@contextmanager
def reading(port: int, paths: Sequence[str], *, source: str = "127.9.9.9") -> Iterator[Seen]:
    """A reader of each of `paths`, again and again until the block is left."""
    seen, over = Seen(), threading.Event()

    def read(path: str) -> None:
        while not over.is_set():
            began = time.monotonic()
            try:
                status = _status(port, path, source)
            except OSError as error:
                status = 0
                seen.wrong.append(f"{path}: {error!r}")
            if status not in (0, 200):
                seen.wrong.append(f"{path}: {status}")
            seen.seconds.append(time.monotonic() - began)
            over.wait(EVERY)

    threads = [threading.Thread(target=read, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _status(port: int, path: str, source: str) -> int:
    link = http.client.HTTPConnection(
        "localhost", port, timeout=PATIENCE, source_address=(source, 0)
    )
    try:
        link.request("GET", path)
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()
