"""Workers as an operator runs them, in processes of their own, on the database of the test."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent


def environment(*, email_url: str, **more: str) -> dict[str, str]:
    """What such a worker is told: the settings of this process, with a real mail server."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ALLOWED_HOSTS": "testserver",
        "CLOCK_START": "",
        "DATABASE_URL": _database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "DEMO": "1",
        "EMAIL_URL": email_url,
        "PUBLIC_BASE_URL": settings.PUBLIC_BASE_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "SUBSCRIPTION_KEYS": ",".join(settings.SUBSCRIPTION_KEYS),
        **more,
    }


def server_environment(data: Path) -> dict[str, str]:
    """What a server of such tests is told: on ports that are free, its files in `data`, behind one
    proxy."""
    return environment(
        email_url="memorymail://",
        DATA_DIR=str(data),
        ALLOWED_HOSTS="localhost",
        PORT=str(free_port()),
        PUBLIC_BASE_URL=f"http://localhost:{free_port()}",
        TRUSTED_PROXIES="1",
        LOG_LEVEL="ERROR",
    )


def start(*arguments: str, email_url: str, log: Path, **more: str) -> "subprocess.Popen[bytes]":
    """`manage.py run_worker` with these arguments; what it says is added to `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "run_worker", *arguments],
            cwd=ROOT,
            env=environment(email_url=email_url, **more),
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def memory(pid: int) -> float:
    """Megabytes that the process holds now; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"]), quote(database["PASSWORD"])
    return f"postgres://{user}:{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
