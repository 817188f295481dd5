import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from portal.environment import BASE_DIR
from tests.ports import free_port

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def environment() -> dict[str, str]:
    """As after signing in on a fresh machine: nothing of the tests' own settings."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(name="free_port")
def a_free_port() -> int:
    return free_port()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A clone of the portal, with no virtual environment yet."""
    clone = tmp_path / "portal"

    def not_in_a_clone(folder: str, names: list[str]) -> set[str]:
        hidden = {name for name in names if name.startswith(".") or name == "__pycache__"}
        return hidden | ({"data", "build", "node_modules"} if Path(folder) == BASE_DIR else set())

    shutil.copytree(BASE_DIR, clone, ignore=not_in_a_clone)
    return clone


@pytest.fixture
def built_tree(tree: Path) -> Path:
    """A clone whose virtual environment is built: it borrows the packages of the running one."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tree / ".venv"], check=True)
    site_packages = Path("lib") / version / "site-packages"
    (tree / ".venv" / site_packages / "borrowed.pth").write_text(f"{sys.prefix}/{site_packages}\n")
    shutil.copy(tree / "requirements.txt", tree / ".venv")
    return tree


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    def run(command: list[str], *, cwd: Path, **variables: str) -> CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run
