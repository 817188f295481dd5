"""The portal as it is served to residents: its own process, collected files, compressed answers."""

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from portal.environment import BASE_DIR
from tests.conftest import STORY_TIME


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves what `content.make` makes from a copy of the test database; its address."""
    database = folder / "portal.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(database)) as copy:
        connection.connection.backup(copy)
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}
    make = [sys.executable, "manage.py", "shell", "-v0", "-c"]
    subprocess.run(
        [*make, "from tests.audit.content import make; make()"],
        cwd=BASE_DIR,
        env=environment | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = f"http://localhost:{port}"
    environment |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATA_DIR": str(folder),
        "DEMO": "1",
        "CLOCK_START": STORY_TIME.isoformat(),
        "PUBLIC_BASE_URL": base,
        "ALLOWED_HOSTS": "localhost",
        "PORT": str(port),
    }
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert any(line.startswith("Ready:") for line in server.stdout)
        yield base
    finally:
        server.terminate()
        server.wait()
