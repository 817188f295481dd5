"""The portal that is measured, with a database of its own for each question."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from bench.spike.machine import ROOT
from bench.spike.servers import Site

# As .env.example has it.
CACHE_MB = "64"
# Where bench.spike.counted says how often Django was asked.
COUNT = "/django-was-asked"


@dataclass(frozen=True)
class Portal:
    """In `folder`, known to its readers at `port`."""

    folder: Path
    port: int
    database: str = ""

    @property
    def env(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "ALLOWED_HOSTS": "localhost",
            "CLOCK_START": "",
            "DATABASE_URL": self.database or f"sqlite:///{self.folder}/portal.sqlite3",
            "DATA_DIR": str(self.folder),
            "DEMO": "1",
            "LOG_LEVEL": "ERROR",
            "PAGE_CACHE_MB": CACHE_MB,
            "PUBLIC_BASE_URL": f"http://localhost:{self.port}",
        }

    def run(self, *arguments: object) -> str:
        """What a program of Python prints that works on this portal."""
        command = [sys.executable, *map(str, arguments)]
        ran = subprocess.run(
            command, cwd=ROOT, env=os.environ | self.env, stdout=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
        if ran.returncode:
            sys.exit(f"this failed: {' '.join(command)}")
        return ran.stdout

    def fill(self, provinces: int, rows: int) -> list[str]:
        """Makes what is missing; the paths of the provinces' pages."""
        self.folder.mkdir(exist_ok=True)
        return json.loads(self.run("-m", "bench.spike.filling", provinces, rows))

    def site(self, path: str, *, cached: bool = True, **env: str) -> Site:
        more = {} if cached else {"PAGE_CACHE_MB": "0"}
        return Site("portal.wsgi:application", path, self.env | more | env)

    def counted(self, path: str) -> Site:
        return replace(self.site(path), target="bench.spike.counted:application")

    def nginx_conf(self, cache: Path, *ports: int) -> str:
        """The operators' configuration before portals at `ports`."""
        servers = [f"--server=127.0.0.1:{port}" for port in ports]
        return self.run(
            "manage.py", "nginx_conf", "--ipv4-only", "--brotli", "--log=off",
            f"--errors={cache.parent}/error.log", f"--cache={cache}",
            *servers,
        )  # fmt: skip
