"""Servers of Python, one process each, on the first core."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.spike.load import BROWSER
from bench.spike.machine import ROOT, on_server_core
from tests.deploy.nginx import Answer, ask
from tests.ports import free_port

SECONDS_TO_START = 60
# As many as `manage.py serve` gives granian.
THREADS = 8


@dataclass(frozen=True)
class Site:
    """A WSGI application with its page: `target` is found from `folder` by `python`."""

    target: str
    path: str
    env: dict[str, str]
    python: str = sys.executable
    folder: Path = ROOT

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | self.env | {"PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Server:
    port: int
    path: str
    process: "subprocess.Popen[bytes]"
    cold_start: float

    @property
    def url(self) -> str:
        return url(self.port, self.path)

    def at(self, path: str) -> "Server":
        return replace(self, path=path)

    def ask(self, path: str = "") -> Answer:
        return read(self.port, path or self.path)

    @property
    def pid(self) -> int:
        return self.process.pid


def family(pid: int) -> list[int]:
    """The process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def memory(pid: int) -> float:
    """Megabytes of the largest process of that family, which is the one that answers; what it
    shares with others is divided among them."""
    return max(map(pss, family(pid)))


def processor_time(*pids: int) -> float:
    """Seconds that these families have used."""
    used = [ticks(one) for pid in pids for one in family(pid)]
    return sum(used) / os.sysconf("SC_CLK_TCK")


def ticks(pid: int) -> int:
    try:
        said = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:  # such as nginx's loader of its cache, which ends after a minute
        return 0
    # After the name, which may hold anything: user time and system time are the 14th and 15th.
    words = said.rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def url(port: int, path: str) -> str:
    return f"http://localhost:{port}{path}"


def read(port: int, path: str) -> Answer:
    """As the load asks for it."""
    return ask(port, path, Accept_Encoding=BROWSER.partition(": ")[2])


def pss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return int(kilobytes) / 1024


@contextmanager
def granian(site: Site, port: int = 0) -> Iterator[Server]:
    """As `manage.py serve` starts it."""
    port = port or free_port()
    options = {
        "interface": "wsgi",
        "host": "127.0.0.1",
        "port": port,
        "workers": 1,
        "blocking-threads": THREADS,
        "log-level": "error",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    with _running(site, port, site.python, "-m", "granian", site.target, *flags) as server:
        yield server


@contextmanager
def gunicorn(site: Site) -> Iterator[Server]:
    """With threads, because its other workers close the connection after each answer."""
    port = free_port()
    flags = ["--workers=1", f"--threads={THREADS}", f"--bind=127.0.0.1:{port}"]
    flags += ["--log-level=error", "--keep-alive=30", "--no-control-socket"]
    with _running(site, port, site.python, "-m", "gunicorn", site.target, *flags) as server:
        yield server


@contextmanager
def _running(site: Site, port: int, *command: str) -> Iterator[Server]:
    began = time.monotonic()
    process = subprocess.Popen(
        on_server_core(*command), cwd=site.folder, env=site.environment, start_new_session=True
    )
    try:
        yield Server(
            port, site.path, process, seconds_until_answer(process, port, site.path, began)
        )
    finally:
        process.terminate()
        process.wait()


def seconds_until_answer(
    process: "subprocess.Popen[bytes]", port: int, path: str, began: float
) -> float:
    """From `began` to the first whole answer with the page."""
    while True:
        try:
            answer = read(port, path)
        except OSError:
            answer = None
        took = time.monotonic() - began
        if answer and answer.status == 200:
            return took
        if process.poll() is not None or took > SECONDS_TO_START:
            sys.exit(f"a server does not answer: {process.args!r} {answer}")
        time.sleep(0.01)
