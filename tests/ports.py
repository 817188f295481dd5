"""Ports of this machine."""

import random
import socket

# Below those that the machine takes for its own connections (Linux: from 32768), of which one may
# be taken between being asked for here and a server's start.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """One that nobody listened on a moment ago."""
    while True:
        port = random.SystemRandom().randrange(FIRST, LAST)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
