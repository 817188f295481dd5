"""The nginx of the operator, on ports of its own, before a portal or before a server that only says
what it was asked."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings

from tests.processes import descendants

# As Debian's own, without what is for its services.
AROUND = """
{user}
{env}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
include /etc/nginx/modules-enabled/*.conf;
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    types_hash_max_size 2048;
    sendfile on;
    gzip on;
    {temporary}
    include {folder}/portal.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    port: int,
    path: str,
    method: str = "GET",
    body: bytes | None = None,
    source: str = "127.0.0.1",
    **headers: str,
) -> Answer:
    """`headers` with underscores: Accept_Encoding="br"; `source` is the address that asks."""
    connection = http.client.HTTPConnection(
        "localhost", port, timeout=30, source_address=(source, 0)
    )
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=given)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            gone = process.poll() is not None or time.monotonic() > until
            assert not gone, log.read_text() if log.exists() else "nothing was logged"
            time.sleep(0.05)


def configuration(
    folder: Path, base_url: str, *servers: int, static: str = "/nowhere", **more: str
) -> str:
    """What `manage.py nginx_conf` writes for portals at the ports `servers`; to run in `folder`."""
    logs = {"log": f"{folder}/access.log", "errors": f"{folder}/error.log"}
    options = {"cache": f"{folder}/cache", **logs, **more}
    written = StringIO()
    with override_settings(PUBLIC_BASE_URL=base_url, STATIC_ROOT=static):
        call_command(
            "nginx_conf",
            "--ipv4-only",
            "--brotli",
            *(f"--server=127.0.0.1:{port}" for port in servers),
            *(f"--{name}={value}" for name, value in options.items()),
            stdout=written,
        )
    return written.getvalue()


class Nginx:
    def __init__(self, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.folder, self.port, self.process = folder, port, process

    def ask(self, path: str, *args: str, **more: str) -> Answer:
        return ask(self.port, path, *args, **more)

    @property
    def kept(self) -> list[Path]:
        """The files of the pages that it keeps."""
        return [path for path in (self.folder / "cache").rglob("*") if path.is_file()]

    def reload(self) -> None:
        """As `systemctl reload nginx`: other processes take its place."""
        before = descendants(self.process.pid)
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 20
        while set(before) & set(descendants(self.process.pid)):
            assert time.monotonic() < until
            time.sleep(0.05)

    def log(self) -> list[list[str]]:
        """What was logged, in words."""
        log = self.folder / "access.log"
        log.rename(log.with_suffix(".read"))
        self.process.send_signal(signal.SIGUSR1)  # opens it anew, with all that waits written
        until = time.monotonic() + 5
        while not log.exists() and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.1)
        return [line.split() for line in log.with_suffix(".read").read_text().splitlines()]


@contextmanager
def nginx(
    folder: Path, port: int, conf: str, *, under: Sequence[str] = (), **variables: str
) -> Iterator[Nginx]:
    """With `conf` in its http block, in a new `folder`, answering at `port`; run `under` another
    program, such as taskset, with `variables` in its environment."""
    folder.mkdir()
    folder.chmod(0o755)
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "portal.conf").write_text(conf)
    main = folder / "nginx.conf"
    # It forgets its environment but for what is named.
    env = " ".join(f"env {name};" for name in variables)
    main.write_text(AROUND.format(folder=folder, user=user, env=env, temporary=temporary))
    # Debian's /usr/sbin is not on everybody's path.
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen(
        [*under, program, "-c", main, "-e", folder / "error.log"],
        env=os.environ | variables,
        stderr=subprocess.PIPE,
    )
    try:
        wait_for_port(port, process, folder / "error.log")
        yield Nginx(folder, port, process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


class Echo(ThreadingHTTPServer):
    """Answers with what it was asked, and with the headers it is told to say."""

    daemon_threads = True
    request_queue_size = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), EchoHandler)
        self.asked: list[dict[str, str]] = []
        self.status = 200
        self.says: dict[str, str] = {}
        self.takes = 0.0
        self.says_until_now = False
        threading.Thread(target=self.serve_forever, args=[0.02], daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class EchoHandler(BaseHTTPRequestHandler):
    server: Echo
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        heard = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append({"path": self.path, **heard})
        number = len(self.server.asked)
        time.sleep(self.server.takes)
        body = json.dumps({"number": number, "path": self.path, **heard}).encode()
        self.send_response(self.server.status)
        for name, value in self.server.says.items():
            self.send_header(name, value)
        if self.server.says_until_now:
            self.send_header("X-Accel-Expires", f"@{int(time.time())}")
        self.send_header("Content-Length", str(len(body)))
        # One request a connection, and said so: a server that is gone is gone at once.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass
