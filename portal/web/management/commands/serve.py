"""Serves the portal: prepares it, starts the server and says when it is ready."""

import errno
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.environment import env
from portal.web.alive import answers
from portal.web.beside import run_beside

SECONDS_TO_START = 60
THIS_MACHINE = "127.0.0.1"


class Command(BaseCommand):
    help = (
        "Prepare the portal (see `prepare`) and serve it on LISTEN:PORT (127.0.0.1:8000) with"
        " WORKERS processes (1) until interrupted, with the worker that sends to subscribers beside"
        " it (unless DELIVERY_WORKER=0), and what the server counts for Prometheus on METRICS_PORT,"
        " for this machine only. Prints one line when it is ready."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        listen = env.str("LISTEN", default="127.0.0.1")
        port = whole_number("PORT", default=8000, highest=65535)
        workers = whole_number("WORKERS", default=1, highest=64)
        metrics = whole_number("METRICS_PORT", highest=65535)
        refuse_port_in_use(listen, port)
        if metrics:
            refuse_port_in_use(THIS_MACHINE, metrics, name="METRICS_PORT")
        prepare()
        ready = ready_line()

        server = start_server(listen, port, workers, metrics)
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(stop, lambda *_: server.terminate())
        if wait_until_ready(server, listen, port):
            self.stdout.write(ready)
            self.stdout.flush()
            if settings.DELIVERY_WORKER:
                sys.exit(run_beside(server, [sys.executable, sys.argv[0], "run_worker"]))
        sys.exit(server.wait())


def whole_number(name: str, *, default: int = 0, highest: int) -> int:
    """From 1 to `highest`; the default may be 0, which stands for none."""
    value = env.str(name, default=str(default))
    if value == str(default):
        return default
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= highest):
        raise CommandError(f"{name} must be a number from 1 to {highest}, not {value!r}")
    return int(value)


def refuse_port_in_use(listen: str, port: int, *, name: str = "PORT") -> None:
    """The server itself would share the port with another process that allows it."""
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((listen, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"port {port} is in use; stop what uses it or choose another with {name}"
            else:
                reason = f"cannot listen on {listen} port {port}: {error.strerror}"
            raise CommandError(reason) from error


def prepare() -> None:
    """In a process of its own: the memory that loading takes is given back before serving."""
    try:
        subprocess.run([sys.executable, sys.argv[0], "prepare"], check=True)
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


def ready_line() -> str:
    home = settings.PUBLIC_BASE_URL
    province = apps.get_model(settings.PUBLISHER_MODEL).objects.order_by("pk").first()
    addresses = [f"home {home}/", f"admin {home}/admin/"]
    if province:
        addresses.insert(1, f"{province} {home}{province.get_absolute_url()}")
    return "Ready: " + "  ".join(addresses)


def start_server(listen: str, port: int, workers: int, metrics: int) -> subprocess.Popen[bytes]:
    """`metrics`: the port of what Prometheus asks; 0: it cannot."""
    options = {
        "interface": "wsgi",
        "host": listen,
        "port": port,
        "workers": workers,
        # Each thread holds a database connection, and Python runs one at a time.
        "blocking-threads": 8,
        "workers-kill-timeout": 10,
        "log-level": "error",
    }
    if metrics:
        options |= {"metrics-address": THIS_MACHINE, "metrics-port": metrics}
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "portal.wsgi:application"),
            *(f"--{name}={value}" for name, value in options.items()),
            "--respawn-failed-workers",
            *(["--metrics"] if metrics else []),
        ],
        cwd=settings.BASE_DIR,
        # Away from the terminal, whose Ctrl-C would reach the workers too: they can hang if it
        # comes together with the server's own signal to them.
        start_new_session=True,
    )


def wait_until_ready(server: subprocess.Popen[bytes], listen: str, port: int) -> bool:
    """True when the server answers; false if it ended, or was stopped for not answering."""
    give_up_at = time.monotonic() + SECONDS_TO_START
    while server.poll() is None:
        if answers(listen, port, settings.PUBLIC_BASE_URL):
            return True
        if time.monotonic() > give_up_at:
            server.terminate()
            server.wait()
            raise CommandError(f"no good answer on /healthz for {SECONDS_TO_START} seconds")
        time.sleep(0.05)
    return False
