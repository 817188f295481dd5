"""deploy/venv: what a fresh machine may lack is said in one line each."""

import shutil
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pip
import pytest

from portal.environment import BASE_DIR
from tests.deploy.conftest import Run

TOOLS = ("cat", "cmp", "cp", "dirname", "flock", "grep", "rm", "sh", "tail", "touch")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that needs no package, with the portal's script."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(BASE_DIR / "deploy" / "venv", tmp_path / "deploy")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "requirements-dev.txt").write_text("# nothing either\n")
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH with the usual tools and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    return folder


def add_python(programs: Path, script: str, name: str = "python3") -> None:
    path = programs / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def python(programs: Path) -> None:
    """A Python that makes virtual environments fast: without unpacking pip, which is borrowed."""
    site_packages = Path(pip.__file__).parent.parent
    borrow = f"echo {site_packages} > $(echo .venv/lib/*/site-packages)/pip.pth"
    make_venv = f"{sys.executable} -m venv --without-pip .venv && {borrow}"
    add_python(programs, f'if [ "$1" = -m ]; then {make_venv}; else exec {sys.executable} "$@"; fi')


def test_a_machine_without_python(project: Path, programs: Path, run: Run) -> None:
    failed = run(["deploy/venv"], cwd=project, PATH=str(programs))
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("portal: Python 3.11, 3.12 or 3.13 is needed, found: none;")
    assert failed.stderr.count("\n") == 1


def test_a_python_that_is_too_old(project: Path, programs: Path, run: Run) -> None:
    add_python(programs, '[ "$1" = --version ] && echo "Python 3.9.2"')
    failed = run(["deploy/venv"], cwd=project, PATH=str(programs))
    assert failed.returncode == 1
    assert "is needed, found: Python 3.9.2;" in failed.stderr
    assert failed.stderr.count("\n") == 1
    assert not (project / ".venv").exists()


def test_a_python_without_the_venv_package(project: Path, programs: Path, run: Run) -> None:
    add_python(programs, f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {sys.executable} "$@"')
    failed = run(["deploy/venv"], cwd=project, PATH=str(programs))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert failed.returncode == 1
    assert failed.stderr == (
        f"portal: Python {version} cannot make virtual environments here;"
        f" to mend it: apt-get install python{version}-venv\n"
    )


def test_the_first_python_that_is_complete_is_taken(
    project: Path, programs: Path, python: None, run: Run
) -> None:
    incomplete = f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {sys.executable} "$@"'
    add_python(programs, incomplete, name="python3.13")
    built = run(["deploy/venv"], cwd=project, PATH=str(programs))
    assert built.returncode == 0, built.stderr
    assert (project / ".venv/bin/python").exists()


def test_no_network(project: Path, programs: Path, python: None, run: Run, free_port: int) -> None:
    (project / "requirements.txt").write_text("a-package-from-the-index\n")
    failed = run(
        ["deploy/venv"],
        cwd=project,
        PIP_CONFIG_FILE="/dev/null",
        PIP_INDEX_URL=f"http://127.0.0.1:{free_port}/simple",
        PIP_NO_CACHE_DIR="1",
        PATH=str(programs),
    )
    assert failed.returncode == 1
    assert failed.stderr == (
        "portal: cannot download the packages in requirements.txt:"
        " no network, or the package index does not answer\n"
    )


def test_built_once_until_the_requirements_change(
    project: Path, programs: Path, python: None, run: Run
) -> None:
    def build(*arguments: str) -> CompletedProcess[str]:
        return run(["deploy/venv", *arguments], cwd=project, PATH=str(programs))

    first = build()
    assert (first.returncode, first.stderr) == (0, "")
    assert "Building .venv" in first.stdout
    assert build().stdout == ""

    with_tests = build("dev")
    assert (with_tests.returncode, with_tests.stdout) == (0, "")
    assert (project / ".venv/requirements-dev.txt").exists()

    (project / "requirements.txt").write_text("# still nothing\n")
    assert "Building .venv" in build().stdout
    assert not (project / ".venv/requirements-dev.txt").exists()


@pytest.mark.parametrize("interruption", ["while installing", "before installing"])
def test_an_interrupted_build_is_begun_anew(
    project: Path, programs: Path, python: None, run: Run, interruption: str
) -> None:
    leftover = project / ".venv/leftover"
    leftover.parent.mkdir()
    leftover.touch()
    if interruption == "while installing":
        shutil.copy(project / "requirements.txt", project / ".venv")
        (project / ".venv/unfinished").touch()
    built = run(["deploy/venv"], cwd=project, PATH=str(programs))
    assert "Building .venv" in built.stdout
    assert not leftover.exists()
    assert not (project / ".venv/unfinished").exists()
