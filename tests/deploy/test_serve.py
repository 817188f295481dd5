"""`make serve`: from a fresh clone to a portal that answers, and its refusals in one line each."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen
from uuid import uuid4

import psycopg2
import pytest
from django.db import connection
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.conftest import Run

# One after the other in one process: each keeps both cores busy.
pytestmark = pytest.mark.xdist_group("serve")

Serve = Callable[..., "Portal"]


class Portal:
    """A running `make serve`."""

    def __init__(self, tree: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            ["make", "serve"],
            cwd=tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.tree = tree
        self.lines: list[str] = []

    def wait_until_ready(self) -> str:
        return self.wait_for("^Ready: .*").group()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """What fits in the next line that it says and that has such a thing."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if found := re.search(pattern, line.rstrip()):
                return found
        raise AssertionError(f"ended without {pattern}:\n" + "\n".join(self.lines))

    @property
    def workers(self) -> list[int]:
        """The processes that send to its subscribers."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                is_ours = process.joinpath("cwd").readlink() == self.tree
                if is_ours and b"run_worker" in process.joinpath("cmdline").read_bytes():
                    found.append(int(process.name))
        return found

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)  # as Ctrl-C on a terminal does
        self.process.communicate(timeout=20)


@pytest.fixture
def serve(built_tree: Path, environment: dict[str, str]) -> Iterator[Serve]:
    started = []

    def serve(**variables: str) -> Portal:
        started.append(Portal(built_tree, environment | variables))
        return started[-1]

    yield serve
    for portal in started:
        portal.stop()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where a served portal keeps its data: on PostgreSQL if that is what the tests run on."""
    folder = {"DATA_DIR": str(tmp_path / "elsewhere")}
    if connection.vendor == "sqlite":
        yield folder
        assert (tmp_path / "elsewhere/portal.sqlite3").exists()
        return
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    name = f"served_{uuid4().hex}"
    with closing(psycopg2.connect(f"{server}/postgres")) as link:
        link.autocommit = True
        link.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield folder | {"DATABASE_URL": f"{server}/{name}"}
        finally:
            link.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_serves_the_story_and_keeps_it(
    serve: Serve,
    built_tree: Path,
    installation: dict[str, str],
    free_port: int,
    environment: dict[str, str],
) -> None:
    variables = installation | {"PORT": str(free_port)}
    home = f"http://localhost:{free_port}/"

    first = serve(**variables)
    ready = first.wait_until_ready()
    addresses = [home, f"{home}hai-phong/", f"{home}admin/"]
    assert [word for word in ready.split() if word.startswith("http")] == addresses
    for address in addresses:
        with urlopen(address, timeout=10) as page:
            assert page.status == 200
    assert any("DEMO=1 CLOCK_START=2021-03-26T08:00:00+07:00" in line for line in first.lines)
    first.stop()
    assert not answers(free_port)

    change = "from locations.models import Province as P; P.objects.update(office='Một tên khác')"
    in_demo = environment | variables | {"DEMO": "1"}
    subprocess.run(
        [".venv/bin/python", "manage.py", "shell", "-c", change],
        cwd=built_tree,
        env=in_demo,
        check=True,
        capture_output=True,
    )
    began = time.monotonic()
    second = serve(**variables)
    second.wait_until_ready()
    assert time.monotonic() - began < 30
    accounts = [line for line in first.lines if line.startswith("  ")]
    assert accounts
    assert [line for line in second.lines if line.startswith("  ")] == accounts
    with urlopen(f"{home}hai-phong/", timeout=10) as page:
        assert "Một tên khác" in page.read().decode()
    second.stop()


def test_a_resident_of_a_demonstration_gets_the_letter_whatever_becomes_of_the_worker(
    serve: Serve, installation: dict[str, str], free_port: int
) -> None:
    portal = serve(**installation, PORT=str(free_port))
    portal.wait_until_ready()
    home = f"http://localhost:{free_port}"

    def confirm(address: str) -> None:
        form = urlencode({"address": address, "language": "vi", "minimum": "information"})
        with urlopen(f"{home}/hai-phong/theo-doi/email/", form.encode(), timeout=10) as asked:
            assert asked.url == f"{home}/hai-phong/theo-doi/email/da-gui/"
        link = portal.wait_for(rf"^{home}/theo-doi/xac-nhan/[-\w]+/$").group()
        with urlopen(link, b"", timeout=10) as page:
            assert "Bạn đã đăng ký" in page.read().decode()

    confirm("first@example.com")
    (worker,) = portal.workers
    os.kill(worker, signal.SIGKILL)
    confirm("second@example.com")
    assert portal.workers not in ([], [worker])
    portal.stop()
    assert portal.workers == []


def test_the_worker_may_be_a_service_of_its_own(
    serve: Serve, installation: dict[str, str], free_port: int
) -> None:
    portal = serve(**installation, PORT=str(free_port), DELIVERY_WORKER="0")
    portal.wait_until_ready()
    time.sleep(2)
    assert portal.workers == []


def test_what_the_server_counts_is_for_prometheus_on_a_port_of_its_own(
    serve: Serve, installation: dict[str, str], free_port: int
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        metrics = other.getsockname()[1]
    variables = installation | {"METRICS_PORT": str(metrics), "DELIVERY_WORKER": "0"}
    portal = serve(**variables, PORT=str(free_port))
    portal.wait_until_ready()
    with urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as counted:
        families = list(text_string_to_metric_families(counted.read().decode()))
    assert any(family.name.startswith("granian_") for family in families)
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"http://localhost:{free_port}/metrics", timeout=10)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def test_a_port_in_use(built_tree: Path, run: Run, busy_port: int) -> None:
    failed = run(["deploy/serve"], cwd=built_tree, PORT=str(busy_port))
    assert failed.returncode == 1
    assert failed.stderr == (
        f"CommandError: port {busy_port} is in use; stop what uses it or choose another with PORT\n"
    )


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none(built_tree: Path, run: Run, port: str) -> None:
    failed = run(["deploy/serve"], cwd=built_tree, PORT=port)
    assert failed.returncode == 1
    assert failed.stderr == f"CommandError: PORT must be a number from 1 to 65535, not '{port}'\n"


def test_outside_a_demonstration_nothing_is_made_up(built_tree: Path, run: Run) -> None:
    failed = run(["deploy/serve"], cwd=built_tree, DEMO="0")
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("portal: SECRET_KEY is not set;")
    assert failed.stderr.count("\n") == 1


def test_a_database_that_does_not_answer(built_tree: Path, run: Run, free_port: int) -> None:
    url = f"postgres://portal:secret@127.0.0.1:{free_port}/portal"
    failed = run(["deploy/serve"], cwd=built_tree, DATABASE_URL=url, PORT=str(free_port))
    assert failed.returncode == 1
    assert failed.stderr.startswith("CommandError: the database cannot be used: ")
    assert failed.stderr.count("\n") == 1
    assert "secret" not in failed.stderr
