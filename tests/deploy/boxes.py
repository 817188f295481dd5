"""Two boxes of the portal as docs/several-boxes.md sets them up, all on this machine: a primary of
PostgreSQL and a replica that streams from it, Redis, two portals, and nginx before them. Started by
the scripts and from the configuration in deploy/, and stopped or killed one by one."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from portal.environment import BASE_DIR
from tests.deploy.nginx import Nginx, ask, configuration, nginx, wait_for_port
from tests.deploy.officers import Officers
from tests.ports import free_port
from tests.processes import descendants

PASSWORD = "only-here-and-only-now"
SECRET = "for-two-boxes-only-0123456789-0123456789-0123456789"
PROVINCE = "/hai-phong/"
# Seconds after which granian does not take a worker that dies again for one that cannot run.
BETWEEN_KILLS = 7.0
# Not waiting for the disk is all in which the servers differ from those of operators; what the
# replica is asked is in its log.
OPTIONS = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "unix_socket_directories="]
LOGGED = ["-c", "log_statement=all"]


def programs() -> Path | None:
    """The folder of PostgreSQL's programs: Debian has one for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[4])
    initdb = str(found[-1]) if found else shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def redis_server() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def missing() -> list[str]:
    """The packages without which there are no two boxes."""
    there = {
        "postgresql": programs(),
        "redis-server": redis_server(),
        "nginx-light": shutil.which("nginx") or Path("/usr/sbin/nginx").exists(),
    }
    return [package for package, found in there.items() if not found]


class Postgres:
    """A server in `folder`, which belongs to the user that runs it."""

    def __init__(self, folder: Path, name: str, *options: str) -> None:
        self.folder, self.data, self.port = folder, folder / name, free_port()
        self.log = folder / f"{name}.log"
        self.options = [*OPTIONS, *options]
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str | Path, **variables: str) -> None:
        """As the user of the server; PostgreSQL refuses to run as root."""
        path = f"{programs()}:{os.environ['PATH']}"
        done = subprocess.run(
            [*_as_postgres(), *command],
            cwd=self.folder,
            env={"PATH": path, "LANG": "C.UTF-8", **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        command = [f"{programs()}/postgres", "-D", self.data, "-p", str(self.port)]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*_as_postgres(), *command, "-h", "127.0.0.1", *self.options],
                cwd=self.folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + 30
        while True:
            try:
                self.ask("SELECT 1")
                return
            except psycopg2.OperationalError:
                assert self.process.poll() is None and time.monotonic() < until, self.says()
                time.sleep(0.05)

    def stop(self) -> None:
        """At once, as when the power fails."""
        if self.process:
            os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
            self.process.wait(timeout=20)
        self.process = None

    def ask(self, query: str, database: str = "postgres") -> Any:
        link = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="portal", password=PASSWORD, dbname=database
        )
        try:
            link.autocommit = True
            cursor = link.cursor()
            cursor.execute(query)
            return cursor.fetchone() if cursor.description else None
        finally:
            link.close()

    @property
    def url(self) -> str:
        return f"postgres://portal:{PASSWORD}@127.0.0.1:{self.port}/portal"

    def says(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


class Box:
    """One box of the portal: `manage.py serve`, and all that it starts."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.code = BASE_DIR
        self.log = folder / "log"
        self.environment = environment | {"PORT": str(self.port), "DATA_DIR": str(folder)}
        self.process: subprocess.Popen[bytes] | None = None
        self._killed_at = float("-inf")
        folder.mkdir(mode=0o755, exist_ok=True)

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=self.code,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self) -> None:
        until = time.monotonic() + 180
        while "Ready:" not in re.split("--- (?:killed|stopped) ---", self.says())[-1]:
            assert self.process and self.process.poll() is None, self.says()
            assert time.monotonic() < until, self.says()
            time.sleep(0.05)

    def stop(self) -> None:
        """As `systemctl stop` does."""
        if self.process:
            self.process.terminate()
            assert self.process.wait(timeout=20) is not None
        self.process = None
        with self.log.open("a") as log:
            log.write("--- stopped ---\n")

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        assert self.process
        server = descendants(self.process.pid)[:1]
        return descendants(server[0]) if server else []

    def kill_worker(self, *, with_requests: bool = False) -> None:
        """The process that answers, but for those that its server starts instead of it; while
        requests gather in its hands, if so wished."""
        self.wait_for_its_turn()
        worker = self.workers[-1]
        if with_requests:
            os.kill(worker, signal.SIGSTOP)
            time.sleep(0.2)
        os.kill(worker, signal.SIGKILL)
        self._killed_at = time.monotonic()

    def wait_for_its_turn(self) -> None:
        """If one worker dies right after the other, the server ends, for systemd to start anew."""
        time.sleep(max(self._killed_at + BETWEEN_KILLS - time.monotonic(), 0))

    def kill(self) -> None:
        """With everything that runs there, as when the power fails."""
        if not self.process:
            return
        for pid in [self.process.pid, *descendants(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        with self.log.open("a") as log:
            log.write("--- killed ---\n")

    def says(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def ask(self, path: str) -> str:
        answer = ask(self.port, path)
        assert answer.status == 200, self.says()
        return answer.text


class Installation:
    """All of it, running."""

    primary: Postgres
    replica: Postgres
    redis: "subprocess.Popen[bytes]"
    box_a: Box
    box_b: Box
    officers: Officers
    nginx_port: int
    nginx: Nginx
    # Of the pages that nginx keeps: in memory, and not on the disk of the others.
    cache: Path

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder, self.variables = folder, variables
        self.redis_port, self.nginx_port = free_port(), free_port()

    def ask(self, path: str, **headers: str) -> Any:
        """Through nginx."""
        return ask(self.nginx_port, path, **headers)

    def start_redis(self) -> None:
        self.redis = subprocess.Popen(
            [
                *(redis_server() or "", BASE_DIR / "deploy" / "redis.conf"),
                *("--port", str(self.redis_port), "--dir", self.folder),
                *("--logfile", self.folder / "redis.log"),
            ],
        )
        wait_for_port(self.redis_port, self.redis, self.folder / "redis.log")

    def stop_redis(self) -> None:
        self.redis.kill()
        self.redis.wait()

    def mend(self) -> None:
        """Starts again what was stopped or killed."""
        if self.redis.poll() is not None:
            self.start_redis()
        for server in (self.primary, self.replica):
            if not server.process or server.process.poll() is not None:
                server.start()
        for box in self.boxes:
            if not box.process:
                box.start()
                box.wait()

    @property
    def boxes(self) -> list[Box]:
        return [self.box_a, self.box_b]

    def start_databases(self) -> None:
        """The primary and its replica, by the scripts in deploy/."""
        primary = self.primary = Postgres(self.folder, "primary")
        (self.folder / "password").write_text(PASSWORD)
        primary.run(
            *("initdb", "--pgdata", primary.data, "--username", "portal", "--no-sync"),
            *("--pwfile", self.folder / "password", "--auth", "scram-sha-256"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8"),
        )
        primary.start()
        primary.ask("CREATE DATABASE portal")
        for name in ("postgresql-primary", "postgresql-replica"):
            shutil.copy(BASE_DIR / "deploy" / name, self.folder)
            (self.folder / name).chmod(0o755)
        primary.run(
            *(self.folder / "postgresql-primary", "127.0.0.1/32"),
            REPLICATION_PASSWORD="followed",
            PGHOST="127.0.0.1",
            PGPORT=str(primary.port),
            PGUSER="portal",
            PGPASSWORD=PASSWORD,
        )
        replica = self.replica = Postgres(self.folder, "replica", *LOGGED)
        replica.run(
            *(self.folder / "postgresql-replica", "127.0.0.1", str(primary.port)),
            *(replica.data, "box_b"),
            REPLICATION_PASSWORD="followed",
        )
        replica.start()

    def environment(self) -> dict[str, str]:
        """The .env that all boxes have in common."""
        return self.variables | {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "ALLOWED_HOSTS": "localhost,testserver",
            "CACHE_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "CLOCK_START": "",
            "DATABASE_URL": self.primary.url,
            "DELIVERY_WORKER": "0",
            "DEMO": "1",
            "PUBLIC_BASE_URL": f"http://localhost:{self.nginx_port}",
            "REPLICA_LAG_SECONDS": "1",
            "REPLICA_URL": self.replica.url,
            "SECRET_KEY": SECRET,
            "SUBSCRIPTION_KEYS": SECRET,
            "TRUSTED_PROXIES": "1",
        }


@contextmanager
def installation(
    variables: dict[str, str] | None = None,
    of_nginx: dict[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Installation]:
    """In `folder`, or in one of its own. `variables` are in the environment of boxes and officers
    beside their own, `of_nginx` in that of nginx, whose pages are kept elsewhere."""
    folder = folder or Path(tempfile.mkdtemp(prefix="two-boxes-"))
    cache = Path(tempfile.mkdtemp(prefix="nginx-"))
    folder.chmod(0o711)
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(shutil.rmtree, cache, ignore_errors=True)
        running = Installation(folder, variables or {})
        running.cache = cache
        collecting = collect_static_files(folder / "box-a")
        running.start_databases()
        stack.callback(running.primary.stop)
        stack.callback(running.replica.stop)
        running.start_redis()
        stack.callback(running.stop_redis)
        running.box_a, running.box_b = (
            Box(folder / name, running.environment()) for name in ("box-a", "box-b")
        )
        assert collecting.wait() == 0
        shutil.copytree(folder / "box-a" / "static", folder / "box-b" / "static")
        # At the same time, as after a power cut: one of them prepares the database.
        for box in running.boxes:
            box.start()
            stack.callback(box.kill)
        for box in running.boxes:
            box.wait()
        conf = configuration(
            folder / "nginx",
            f"http://localhost:{running.nginx_port}",
            *(running.box_a.port, running.box_b.port),
            static=str(folder / "box-a" / "static"),
            cache=str(cache),
        )
        running.nginx = stack.enter_context(
            nginx(folder / "nginx", running.nginx_port, conf, **of_nginx or {})
        )
        running.officers = Officers(running.box_a.environment)
        stack.callback(running.officers.stop)
        yield running


def collect_static_files(folder: Path) -> "subprocess.Popen[bytes]":
    """For a box in `folder`: the longest part of its first start, while the databases are made."""
    folder.mkdir(mode=0o755)
    code = "from portal.web.management.commands import prepare; prepare.collect_static_files()"
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "DEMO": "1", "DATA_DIR": str(folder)},
    )


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
