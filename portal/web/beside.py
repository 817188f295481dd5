"""A process that runs beside the server: started and stopped with it, and again when it ends."""

import subprocess
import time
from collections.abc import Sequence

# Seconds between two starts at least, so that what cannot run does not keep the machine busy.
BETWEEN_STARTS = 5.0
# Seconds that it has to end when it is asked to; then it is killed.
SECONDS_TO_END = 10
LOOK = 0.5


def run_beside(server: "subprocess.Popen[bytes]", command: Sequence[str]) -> int:
    """Keeps `command` running until `server` ends; returns the exit status of the server."""
    process = None
    started_at = float("-inf")
    try:
        while True:
            now = time.monotonic()
            if (process is None or process.poll() is not None) and (
                now - started_at >= BETWEEN_STARTS
            ):
                started_at = now
                # Away from the terminal, as the server is: Ctrl-C comes to it through us.
                process = subprocess.Popen(command, start_new_session=True)
            try:
                return server.wait(timeout=LOOK)
            except subprocess.TimeoutExpired:
                continue
    finally:
        if process is not None:
            end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
