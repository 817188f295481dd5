"""Waiting for what must come."""

import time
from collections.abc import Callable

# Seconds. Much else goes on where tests run, and who waits longer is not told less.
PATIENCE = 60.0


def wait_until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "it never came to that"
        time.sleep(0.1)
