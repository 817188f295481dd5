"""A real SMTP server in a process of its own, which keeps what it has accepted.

    python -m tests.smtp PORT FILE [FOLDER]

writes a line of recipient and Message-ID into FILE before it answers that it has accepted a
message, and the whole message into FOLDER if one is given.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

ROOT = Path(__file__).resolve().parent.parent
MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE)


class Keep:
    def __init__(self, file: Path, folder: Path | None) -> None:
        self.file = file.open("ab", buffering=0)
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = MESSAGE_ID.search(envelope.content)
        key = found.group(1) if found else b"-"
        for address in envelope.rcpt_tos:
            self.file.write(b"%s %s\n" % (address.encode(), key))
        if self.folder:
            (self.folder / f"{self.count:06}.eml").write_bytes(envelope.content)
        self.count += 1
        return "250 2.0.0 accepted"


async def serve(port: int, file: Path, folder: Path | None) -> None:
    keep = Keep(file, folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keep, hostname="mail.test"), "127.0.0.1", port)
    await server.serve_forever()


class Server:
    """What the server at `port` has accepted so far."""

    def __init__(self, port: int, file: Path, folder: Path | None) -> None:
        self.port, self.file, self.folder = port, file, folder

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def accepted(self) -> int:
        with self.file.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))

    def messages(self) -> list[tuple[str, str]]:
        """Recipient and Message-ID of each, in the order in which they came."""
        return [tuple(line.split(" ", 1)) for line in self.file.read_text().splitlines()]

    def contents(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.iterdir())] if self.folder else []


@contextmanager
def running(scratch: Path, *, port: int, keep: bool = False) -> Iterator[Server]:
    file, folder = scratch / "accepted", scratch / "mail" if keep else None
    file.touch()
    if folder:
        folder.mkdir()
    arguments = [str(port), str(file), *([str(folder)] if folder else [])]
    process = subprocess.Popen([sys.executable, "-m", "tests.smtp", *arguments], cwd=ROOT)
    try:
        _wait(port)
        yield Server(port, file, folder)
    finally:
        process.kill()
        process.wait()


def _wait(port: int) -> None:
    import socket

    give_up = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    port, file, *folder = sys.argv[1:]
    asyncio.run(serve(int(port), Path(file), Path(folder[0]) if folder else None))
