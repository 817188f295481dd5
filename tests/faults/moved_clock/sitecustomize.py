"""Moves the clock of every Python that is started with this folder in PYTHONPATH, by the seconds
that stand in the file MOVED_CLOCK, while it runs.

What libfaketime does for nginx: in Python 3.11 `time.sleep` fails under it.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

LOOK = 0.1


def follow(file: Path) -> None:
    moved_by, moved = 0.0, None
    while True:
        try:
            told = float(file.read_text())
        except (OSError, ValueError):  # not written, or just being written
            told = moved_by
        if told != moved_by:
            if moved:
                moved.stop()
            moved = time_machine.travel(time.time() + told, tick=True) if told else None
            if moved:
                moved.start()
            moved_by = told
        time.sleep(LOOK)


def begin() -> None:
    threading.Thread(target=follow, args=[Path(os.environ["MOVED_CLOCK"])], daemon=True).start()


begin()
# Threads stay behind when a process is forked.
os.register_at_fork(after_in_child=begin)
