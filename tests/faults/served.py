"""The portal as it is served, `manage.py serve` behind nginx, with what the demonstration shows."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg2
from django.db import connection

from portal.environment import BASE_DIR
from tests import smtp, workers
from tests.deploy.nginx import Nginx, configuration, nginx
from tests.faults.slow import wait_until
from tests.ports import free_port

# Enough for files that are not written in one go.
LOCATIONS = 600
# How long nginx waits, in `deploy/nginx.conf.template`; in a short run it waits for less.
SHORTER = {"10s": "2s", "20s": "3s"}
TIMEOUTS = ("client_header_timeout", "client_body_timeout", "send_timeout")


@dataclass
class Served:
    """`port`: of the server itself, without nginx. `timeouts`: of nginx, in seconds."""

    port: int
    nginx: Nginx
    mail: smtp.Server
    timeouts: dict[str, int]
    database_url: str
    log: Path

    def recipients(self) -> list[str]:
        """The address of each letter that was sent."""
        return [address for address, _id in self.mail.messages()]

    def log_text(self) -> str:
        files = [self.log, self.nginx.folder / "access.log", self.nginx.folder / "error.log"]
        return "".join(file.read_text() for file in files)

    def database_text(self) -> str:
        """All that the database holds, and of SQLite even what it has deleted."""
        if self.database_url.startswith("sqlite"):
            file = Path(self.database_url.removeprefix("sqlite:///"))
            files = [file, file.with_name(f"{file.name}-wal")]
            return "".join(file.read_bytes().decode("latin-1") for file in files)
        with closing(psycopg2.connect(self.database_url)) as link, link.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            rows: list[str] = []
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT row_to_json(it)::text FROM "{table}" it')
                rows += [row for (row,) in cursor.fetchall()]
            return "\n".join(rows)

    def memory(self) -> float:
        """Megabytes of all of the server's processes."""
        return sum(map(workers.memory, self._processes()))

    def _processes(self) -> list[int]:
        mark = f"--port={self.port}".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if mark in path.read_bytes().split(b"\0"):
                    found.append(int(path.parent.name))
            except OSError:
                pass  # it has ended
        return found


@contextmanager
def served(folder: Path, *, shorter: bool) -> Iterator[Served]:
    """On a database of its own, of the kind that the tests run on, in a new `folder`."""
    folder.mkdir()
    folder.chmod(0o755)
    port, public = free_port(), free_port()
    with ExitStack() as stack:
        mail = stack.enter_context(smtp.running(folder, port=free_port(), keep=True))
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "ALLOWED_HOSTS": "localhost",
            "CLOCK_START": "2021-03-26T08:00:00+07:00",
            "DATABASE_URL": stack.enter_context(_database(folder)),
            "DATA_DIR": str(folder),
            "DEMO": "1",
            "EMAIL_URL": mail.url,
            "LOG_LEVEL": "ERROR",
            "PORT": str(port),
            "PUBLIC_BASE_URL": f"http://localhost:{public}",
            "TRUSTED_PROXIES": "1",
        }
        stack.enter_context(_server(environment, port, folder / "serve.log"))
        load = ("--provinces=3", f"--locations={LOCATIONS}", "--seed=1")
        _command("make_load", *load, environment=environment)
        conf = configuration(
            folder / "nginx", environment["PUBLIC_BASE_URL"], port, static=f"{folder}/static"
        )
        # Or the machine itself would hold for slow readers what nginx has to.
        conf = conf.replace(f"listen {public} default", f"listen {public} sndbuf=16k default", 1)
        timeouts = {}
        for name in TIMEOUTS:
            told = conf.partition(f" {name} ")[2].partition(";")[0]
            waits = SHORTER[told] if shorter else told
            conf = conf.replace(f" {name} {told};", f" {name} {waits};")
            timeouts[name] = int(waits.removesuffix("s"))
        running = stack.enter_context(nginx(folder / "nginx", public, conf))
        log, url = folder / "serve.log", environment["DATABASE_URL"]
        yield Served(port, running, mail, timeouts, url, log)


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder}/portal.sqlite3"
        return
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"abused_{uuid4().hex}"
    with closing(psycopg2.connect(f"{server}/postgres")) as link:
        link.autocommit = True
        link.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield f"{server}/{name}"
        finally:
            link.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def _command(*arguments: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _server(environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=BASE_DIR,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: b"Ready: " in log.read_bytes(), seconds=180, of=log)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
