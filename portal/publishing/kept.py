"""Texts kept in the process, in a bounded number of bytes: those not used for longest give way."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from sys import getsizeof

# What a text takes besides its characters: its key, and its place.
OVERHEAD = 1_000


class Kept:
    """Of many threads. `most_bytes` is of all texts together."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.used = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, keys: Iterable[Hashable]) -> dict[Hashable, str]:
        """Those of the texts under `keys` that are kept."""
        found = {}
        with self._lock:
            for key in keys:
                text = self._texts.get(key)
                if text is not None:
                    self._texts.move_to_end(key)
                    found[key] = text
        return found

    def keep(self, texts: Mapping[Hashable, str]) -> None:
        with self._lock:
            for key, text in texts.items():
                self._drop(key)
                self._texts[key] = text
                self.used += _size(text)
            while self.used > self.most_bytes:
                self._drop(next(iter(self._texts)))

    def clear(self) -> None:
        with self._lock:
            self._texts.clear()
            self.used = 0

    def _drop(self, key: Hashable) -> None:
        if (text := self._texts.pop(key, None)) is not None:
            self.used -= _size(text)


def _size(text: str) -> int:
    return getsizeof(text) + OVERHEAD
