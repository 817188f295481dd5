"""The peers in bench/peers, in an environment of their own under build/peers."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.spike.machine import ROOT
from bench.spike.servers import Server, Site, read

FOLDER = ROOT / "bench" / "peers"
REQUIREMENTS = FOLDER / "requirements.txt"
BUILD = ROOT / "build" / "peers"
PYTHON = BUILD / "env" / "bin" / "python"
# gunicorn alone, to serve the portal by it: in the environment there is also another Django.
GUNICORN = BUILD / "gunicorn"
# Where the pages are.
PATHS = {"stock_django": "/", "wagtail_site": "/hai-phong/"}


def build() -> None:
    """The environment, unless it is there with just these versions. Their databases are in it too,
    because Wagtail's migrations take half a minute."""
    installed = BUILD / REQUIREMENTS.name
    if installed.exists() and installed.read_text() == REQUIREMENTS.read_text():
        return
    sys.stdout.write("Building the peers (once, about a minute) ...\n")
    sys.stdout.flush()
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    run(sys.executable, "-m", "venv", BUILD / "env")
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    run(*pip, "--requirement", REQUIREMENTS)
    GUNICORN.mkdir()
    [packages] = (BUILD / "env" / "lib").glob("python*/site-packages")
    for package in ("gunicorn", "packaging"):
        (GUNICORN / package).symlink_to(packages / package)
    for name in PATHS:
        fill(name, [])
    shutil.copy(REQUIREMENTS, installed)


def run(*command: object, env: dict[str, str] | None = None) -> str:
    words = [str(word) for word in command]
    ran = subprocess.run(
        words, cwd=FOLDER, env=os.environ | (env or {}) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        sys.exit(f"this failed: {' '.join(words)}\n{ran.stderr.strip()[-1000:]}")
    return ran.stdout


def versions() -> dict[str, str]:
    pinned = dict(re.findall(r"^(\S+)==(\S+)", REQUIREMENTS.read_text(), re.MULTILINE))
    return {name: pinned[name] for name in ("django", "wagtail", "granian", "gunicorn")}


def rows_of(portal: Server) -> list[dict[str, str]]:
    """What the portal publishes as open data of the province whose page it serves, in the order of
    that page: the newest first."""
    data: dict[str, Any] = json.loads(read(portal.port, f"{portal.path}dia-diem.json").text)
    rows = [
        {
            "name": row["name"],
            "starts_at": row["starts_at"] or "",
            "ends_at": row["ends_at"] or "",
            "address": row["address"] or "",
            "unit": ", ".join(filter(None, (row["ward"], row["district"]))),
            "action": row["action"] or "",
            "added": row["added"],
        }
        for row in data["rows"]
        if row["status"] == "current"
    ]
    return sorted(rows, key=lambda row: row["added"], reverse=True)


def fill(name: str, rows: list[dict[str, str]]) -> None:
    file = BUILD / "rows.json"
    file.write_text(json.dumps(rows))
    run(PYTHON, "-m", f"{name}.fill", env=environment())


def environment() -> dict[str, str]:
    return {"ROWS": str(BUILD / "rows.json"), "FOLDER": str(BUILD), "PYTHONPATH": ""}


def site(name: str, *, cached: bool = True, shown: int = 0) -> Site:
    """One of PATHS; `shown` rows, or all that there are."""
    env = environment() | {"CACHED": str(int(cached)), "SHOWN": str(shown)}
    return Site(f"{name}.wsgi:application", PATHS[name], env, str(PYTHON), FOLDER)


def bare(page: Path, path: str) -> Site:
    """Answers with the bytes of `page`, whatever it is asked."""
    env = environment() | {"PAGE": str(page)}
    return Site("bare:application", path, env, str(PYTHON), FOLDER)


def codings(page: Path) -> list[dict[str, Any]]:
    """What each coding makes of `page`."""
    return json.loads(run(PYTHON, "codings.py", page))
