"""The image of deploy/Dockerfile, as far as it can be judged without building one: what would break
a build, a start or a stop, and what must never be in it."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from portal.environment import BASE_DIR
from portal.web.management.commands import prepare
from portal.web.release import SOURCES

DEPLOY = BASE_DIR / "deploy"
# Which Python each release of Debian brings.
PYTHONS = {"bookworm": (3, 11), "trixie": (3, 13)}
SECRET = re.compile("KEY|PASSWORD|SECRET|DATABASE_URL|EMAIL_URL|CACHE_URL|DEMO")


def instructions() -> list[tuple[str, str]]:
    """Every instruction with what it is told, on one line each."""
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    told = [line.split(maxsplit=1) for line in text.replace("\\\n", " ").splitlines() if line]
    return [(name, rest) for name, rest in told]


def stage(number: int) -> list[tuple[str, str]]:
    """The instructions of one FROM; -1 is what is run."""
    stages: list[list[tuple[str, str]]] = []
    for name, told in instructions():
        if name == "FROM":
            stages.append([])
        if stages:
            stages[-1].append((name, told))
    return stages[number]


def only(name: str, number: int = -1) -> str:
    (told,) = [told for found, told in stage(number) if found == name]
    return told


def variables() -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in only("ENV").split())


def copied() -> list[str]:
    """What is taken from the folder of the project."""
    told = [told for name, told in instructions() if name == "COPY" and "--from" not in told]
    return [source for line in told for source in line.split()[:-1]]


def is_sent(path: str) -> bool:
    """Whether the builder is given it: the last line of .dockerignore that fits decides."""
    sent = True
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        parents = [path, *map(str, Path(path).parents)][:-1]
        if any(fnmatch(one, pattern.removeprefix("**/")) or one == pattern for one in parents):
            sent = line.startswith("!")
    return sent


def test_all_that_is_copied_is_there_and_sent():
    assert copied()
    for source in copied():
        assert (BASE_DIR / source).exists(), source
        assert is_sent(source), source


def test_all_that_makes_a_release_is_copied():
    assert set(SOURCES) | {"manage.py"} <= set(copied())


@pytest.mark.parametrize(
    "path", [".env", ".git/config", "data/portal.sqlite3", "portal/__pycache__/a.pyc", "tests/run"]
)
def test_nothing_secret_or_needless_is_sent(path):
    assert not is_sent(path)


def test_no_secret_is_in_it():
    named = [told for name, told in instructions() if name == "ARG"]
    assert not [name for name in (*variables(), *named) if SECRET.search(name)]


def test_packages_are_installed_by_their_hashes():
    installing = [told for name, told in instructions() if name == "RUN" and " pip" in told]
    assert len(installing) == 1
    fetching, _venv, from_disk, checked = installing[0].split("&&")
    assert "--require-hashes" in fetching and "--requirement requirements.txt" in fetching
    assert "--no-build-isolation" in fetching, "what builds a package has no hash"
    assert "--no-index" in from_disk
    assert checked.split()[-1] == "check", "nothing that a package asks for may be missing"


def test_its_python_is_one_that_the_portal_supports():
    (base,) = [told for name, told in instructions() if name == "ARG" and told.startswith("BASE=")]
    release = base.removeprefix("BASE=debian:").removesuffix("-slim")
    least, most = re.findall(r"\((3), (\d+)\)", (DEPLOY / "venv").read_text())
    assert tuple(map(int, least)) <= PYTHONS[release] <= tuple(map(int, most))


def test_it_runs_as_nobody_in_particular():
    """By number, from which Kubernetes sees that it is not root."""
    user, group = only("USER").split(":")
    assert int(user) >= 1000 and int(group) >= 1000
    assert f"groupadd --gid {group} " in only("RUN") and f"useradd --uid {user} " in only("RUN")
    given = [told for name, told in stage(-1) if name == "COPY" and "--chown" in told]
    assert [told.split()[-1] for told in given] == [variables()["STATIC_DIR"]]


def test_signals_reach_it():
    """No shell stands between."""
    entry, arguments = json.loads(only("ENTRYPOINT")), json.loads(only("CMD"))
    assert entry == ["tini", "--", "python", "manage.py"]
    assert " tini " in only("RUN")
    assert arguments[0] in get_commands()


def test_what_it_writes_is_in_volumes_and_what_it_serves_is_not_hidden_by_them():
    volumes = [variables()["DATA_DIR"], variables()["BACKUP_DIR"]]
    assert only("VOLUME").split() == volumes
    made_at_build = re.search(r"STATIC_DIR=(\S+)", " ".join(told for _, told in stage(0)))
    assert made_at_build and made_at_build[1] == variables()["STATIC_DIR"]
    assert not any(made_at_build[1].startswith(volume) for volume in volumes)


@contextmanager
def answering(status: int) -> Iterator[tuple[int, dict[str, str]]]:
    asked: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.update(self.headers, path=self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


def healthy(port: int) -> bool:
    """What its check of health says."""
    command = json.loads(only("HEALTHCHECK").partition("CMD")[2])
    assert command[0] == "python"
    done = subprocess.run(
        [sys.executable, *command[1:]],
        cwd=BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "PUBLIC_BASE_URL": "https://portal.test",
            "DEMO": "1",
            "LISTEN": variables()["LISTEN"],
            "PORT": str(port),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode in (0, 1)) and not done.stderr, done.stderr
    return done.returncode == 0


def test_its_health_is_asked_as_readers_ask():
    with answering(200) as (port, asked):
        assert healthy(port)
    assert asked["path"] == "/healthz"
    assert asked["Host"] == "portal.test" and asked["X-Forwarded-Proto"] == "https"


def test_it_is_not_healthy_when_nobody_or_an_error_answers(free_port):
    assert not healthy(free_port)
    with answering(500) as (port, _asked):
        assert not healthy(port)


@pytest.fixture
def collected(settings, tmp_path, monkeypatch) -> tuple[Path, list[str]]:
    """A folder of static files that have been collected, and what is called from then on."""
    source = tmp_path / "static"
    source.mkdir()
    (source / "a.css").write_text("a {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "collected"
    prepare.collect_static_files()
    calls: list[str] = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **_: calls.append(name))
    return source / "a.css", calls


def test_static_files_of_the_image_are_not_collected_again(collected):
    """A copy into an image, or out of one, changes their times."""
    file, calls = collected
    os.utime(file, (0, 0))
    prepare.collect_static_files()
    assert calls == []


def test_static_files_of_another_release_are_collected(collected):
    file, calls = collected
    file.write_text("b {}")
    os.utime(file, (0, 0))
    prepare.collect_static_files()
    assert calls == ["collectstatic"]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_what_the_composition_builds_is_there(compose):
    targets = {told.partition(" AS ")[2] for name, told in instructions() if name == "FROM"}
    building = {name: one["build"] for name, one in compose["services"].items() if "build" in one}
    assert set(building) == {"portal", "nginx"}
    for build in building.values():
        context = (DEPLOY / build["context"]).resolve()
        assert context == BASE_DIR
        assert (context / build["dockerfile"]).is_file()
        assert build.get("target", "") in targets
    images = {one["image"] for one in compose["services"].values()}
    assert images == {"portal", "portal-nginx", "postgres:17-trixie"}


def test_only_nginx_is_reached_from_outside(compose):
    """They share the network of the machine."""
    services = compose["services"]
    assert all(one["network_mode"] == "host" and "ports" not in one for one in services.values())
    for name in ("portal", "worker"):
        assert services[name]["environment"]["LISTEN"] == "127.0.0.1"
    assert "listen_addresses=127.0.0.1" in services["database"]["command"]


@pytest.mark.parametrize("name", ["portal", "worker"])
def test_containers_of_the_portal_may_do_little(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True and service["tmpfs"] == "/tmp"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    mounted = {volume.split(":")[1] for volume in service["volumes"]}
    assert mounted == {variables()[name] for name in ("DATA_DIR", "STATIC_DIR", "BACKUP_DIR")}
    command = service.get("command", json.loads(only("CMD")))
    assert command[0] in get_commands()
    assert set(service["environment"]) <= {"LISTEN", "TRUSTED_PROXIES", "DELIVERY_WORKER"}
