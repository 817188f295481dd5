"""Clients that are slow on purpose, many at once, each at an address of this machine's loopback.

All of 127.0.0.0/8 is this machine, so that a server is asked from as many addresses as are wanted.
"""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# Seconds between two bytes of who drips.
EVERY = 1.0
# Of what the machine itself holds for a reader, in bytes: the least that it allows.
BUFFER = 2048


@dataclass(frozen=True)
class Slow:
    """One client: it sends `begins`, then a byte of `drips` now and then (none: it is silent), and
    takes `takes` bytes at a time of what is answered (0: nothing)."""

    kind: str
    address: str
    begins: bytes
    drips: bytes = b""
    takes: int = 4096


def headers(host: str, address: str) -> Slow:
    return Slow("slow headers", address, f"GET / HTTP/1.1\r\nHost: {host}\r\nX-A: ".encode(), b"a")


def body(host: str, address: str, path: str, *, drips: bool) -> Slow:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10000\r\n\r\na".encode()
    kind = "slow bodies" if drips else "silent bodies"
    return Slow(kind, address, head, b"a" if drips else b"")


def reader(host: str, address: str, path: str, *, takes: int) -> Slow:
    head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    return Slow("slow readers" if takes else "silent readers", address, head, takes=takes)


@dataclass
class Held:
    """What became of the clients, by kind."""

    opened: Counter[str] = field(default_factory=Counter)
    # Seconds after which each was turned away or cut off, and by which status if there was one.
    ended: dict[str, list[float]] = field(default_factory=dict)
    statuses: dict[str, Counter[int]] = field(default_factory=dict)

    def __str__(self) -> str:
        ended = {kind: (len(after), max(after)) for kind, after in self.ended.items()}
        return f"{dict(self.opened)}, ended (how many, the last after): {ended}, {self.statuses}"

    def still(self, kind: str) -> int:
        return self.opened[kind] - len(self.ended.get(kind, []))


@contextmanager
def held(port: int, clients: Sequence[Slow]) -> Iterator[Held]:
    """The `clients` at work on the server at `port`, until the block is left."""
    found, over = Held(), threading.Event()

    async def all_of_them() -> None:
        tasks = [asyncio.create_task(_run(port, client, found)) for client in clients]
        while not over.is_set():
            await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=[all_of_them()], daemon=True)
    thread.start()
    try:
        wait_until(lambda: sum(found.opened.values()) == len(clients), seconds=30)
        yield found
    finally:
        over.set()
        thread.join(timeout=20)


def wait_until(is_so: Callable[[], bool], *, seconds: float, of: object = "") -> None:
    """`of`: what is shown if it does not come to that."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"it does not come to that: {of}"
        time.sleep(0.05)


async def _run(port: int, client: Slow, found: Held) -> None:
    loop = asyncio.get_running_loop()
    link = socket.socket()
    link.setblocking(False)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    link.bind((client.address, 0))
    try:
        await loop.sock_connect(link, ("127.0.0.1", port))
        await loop.sock_sendall(link, client.begins)
        found.opened[client.kind] += 1
        began = time.monotonic()
        with suppress(OSError):  # it was cut off
            await _drip(loop, link, client, found)
        found.ended.setdefault(client.kind, []).append(time.monotonic() - began)
    finally:
        link.close()


async def _drip(
    loop: asyncio.AbstractEventLoop, link: socket.socket, client: Slow, found: Held
) -> None:
    """Until it is turned away or cut off."""
    is_first = True
    while True:
        await asyncio.sleep(EVERY)
        if client.drips:
            await loop.sock_sendall(link, client.drips)
        if not client.takes:
            # Of who reads nothing it shows only in an error that he was cut off.
            if link.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return
            continue
        try:
            part = link.recv(client.takes)
        except BlockingIOError:
            continue
        if not part:
            return
        if is_first:
            status = int(part.split(b" ", 2)[1])
            found.statuses.setdefault(client.kind, Counter())[status] += 1
            if status != 200:
                return
        is_first = False
