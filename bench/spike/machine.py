"""The machine: its cores, what is installed, and how busy it is."""

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER_CORE, LOAD_CORE = 0, (os.cpu_count() or 1) - 1
PROGRAMS = {"wrk": "wrk", "nginx": "nginx-light"}


def refuse_without_programs() -> None:
    # Debian's /usr/sbin is not on everybody's path.
    os.environ["PATH"] += ":/usr/sbin"
    missing = [package for name, package in PROGRAMS.items() if shutil.which(name) is None]
    if missing:
        sys.exit(f"portal: the measurement needs {' '.join(missing)}: apt-get install them")


def on_server_core(*command: object) -> list[str]:
    """`command`, kept to the core of the servers."""
    return ["taskset", "-c", str(SERVER_CORE), *map(str, command)]


def busy() -> str:
    """The load averages of one, five and fifteen minutes."""
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


def described() -> dict[str, str]:
    return {
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "memory": f"{memory() / 1024**3:.0f} GB",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "nginx": said("nginx", "-v").rpartition("/")[2],
        "wrk": said("wrk", "-v").split("[")[0].removeprefix("wrk").strip(),
        **{name: version(name) for name in ("granian", "Django", "brotli")},
        "code": commit(),
    }


def processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def commit() -> str:
    changed = said("git", "status", "--porcelain", "--", ".", ":!bench/results.md", ":!bench/*.svg")
    return said("git", "rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")


def said(*command: str) -> str:
    """What a program says of itself, on whichever of its outputs."""
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return (ran.stdout + ran.stderr).strip()
