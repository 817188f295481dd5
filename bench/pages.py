"""Measures the page cache under load: requests a second of a province page with 300 locations, kept
and not, against the same bytes as a static file of the same server; with a new campaign string in
every address; and while an officer publishes every second: how long after the commit the first
reader sees it, and whether anybody is behind by more than is allowed.

    python bench/pages.py [SECONDS]

All in one run, the server on one core and the load on another: read the ratios, not the numbers.
Needs wrk (apt-get install wrk). Exit 1 if a limit is passed. In a database of its own, which is
removed: SQLite, or an empty one named in BENCH_DATABASE_URL.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LOCATIONS = 300
CONNECTIONS = 32
CHANGES = 20
# Of the static file's requests a second; the kept page in times of the page without the cache.
LEAST_OF_STATIC, LEAST_OF_UNCACHED = 0.3, 50
# Of the plain kept page's, when every address has another campaign string.
LEAST_WITH_STRINGS = 0.5
# Seconds after the commit in which every reader who asks must see it; as in portal.web.page_cache.
BELIEVED = 0.2
BUSTING = """
local number = 0
request = function()
  number = number + 1
  return wrk.format(nil, wrk.path .. "?fbclid=Iw" .. number .. "&utm_source=zalo")
end
"""


class Load(NamedTuple):
    """What wrk says: requests a second, milliseconds, and answers that were errors."""

    rate: float
    p50: float
    p99: float
    errors: int


def main(seconds: int) -> int:
    if shutil.which("wrk") is None:
        sys.exit("bench/pages.py needs wrk to make load; install it: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="pages-") as scratch:
        return measure(Path(scratch), seconds)


def measure(scratch: Path, seconds: int) -> int:
    port = free_port()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CLOCK_START": "",
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{scratch}/portal.sqlite3"),
        "DATA_DIR": str(scratch),
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_divisions", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    path, location = fill()

    files = scratch / "files"
    files.mkdir()
    with served(port, files, "0"):
        plain = load(port, path, seconds)
    with served(port, files, "64") as server:
        page = body_of(port, path)
        (files / "page.br").write_bytes(page)
        static = load(port, "/as-file/page.br", seconds)
        kept = load(port, path, seconds)
        busted = load(port, path, seconds, script=BUSTING, scratch=scratch)
        publishing, waits, late = while_publishing(port, path, location)
        memory = resident(server.pid)

    say(f"Pages on {connection.vendor}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    say(f"  {path} with {LOCATIONS} locations, {len(page):,} bytes in brotli")
    say(f"  {'':<38}{'requests/s':>12}{'to static':>11}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
    for name, one in {
        "the same bytes, static, same server": static,
        "kept": kept,
        "kept, a new ?fbclid= each": busted,
        "kept, publishing every second": publishing,
        "without the cache": plain,
    }.items():
        say(
            f"  {name:<38}{one.rate:>12,.0f}{one.rate / static.rate:>11.3f}"
            f"{one.p50:>9.2f}{one.p99:>9.2f}{one.errors:>8}"
        )
    say(f"  server with all of it: {memory:.0f} MB")
    say(
        f"  from commit to the first reader: p50 {1000 * waits[len(waits) // 2]:.0f} ms,"
        f" longest {1000 * waits[-1]:.0f} ms of {len(waits)};"
        f" behind by more than {1000 * BELIEVED:.0f} ms: {late}"
    )
    limits = {
        f"kept / static ≥ {LEAST_OF_STATIC}": kept.rate / static.rate >= LEAST_OF_STATIC,
        f"kept / without ≥ {LEAST_OF_UNCACHED}": kept.rate / plain.rate >= LEAST_OF_UNCACHED,
        f"strings / kept ≥ {LEAST_WITH_STRINGS}": busted.rate / kept.rate >= LEAST_WITH_STRINGS,
        "nobody behind": late == 0,
        "no errors": not any(one.errors for one in (static, kept, busted, publishing)),
    }
    for name, is_kept in limits.items():
        say(f"  {name:<38}{'kept' if is_kept else 'MISSED'}")
    return int(not all(limits.values()))


def fill() -> tuple[str, Any]:
    """A province with its locations, all of them listed; its path, and one that is at the top."""
    from locations import made_load
    from locations.models import ExposureLocation
    from portal.publishing.demo import APPROVER_OF_ALL, AUTHOR_OF_ALL, ensure_account
    from tests import factories

    made_load.DAYS_BACK = 5  # of those made by default the older half is past
    made = made_load.MadeLoad(ensure_account(AUTHOR_OF_ALL), ensure_account(APPROVER_OF_ALL))
    [province] = made.provinces(1)
    for _done in made.locations([province], LOCATIONS - 1):
        pass
    location = factories.location(province)
    if ExposureLocation.objects.listed().count() != LOCATIONS:
        sys.exit("not all of the locations are listed")
    return province.get_absolute_url(), location


@contextmanager
def served(port: int, files: Path, megabytes: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The server as `manage.py serve` starts it, with one process, on the first core."""
    options = {
        "interface": "wsgi",
        "host": "127.0.0.1",
        "port": port,
        "workers": 1,
        "blocking-threads": 8,
        "log-level": "error",
        "static-path-route": "/as-file",
        "static-path-mount": files,
    }
    server = subprocess.Popen(
        [
            *("taskset", "-c", "0", sys.executable, "-m", "granian", "portal.wsgi:application"),
            *(f"--{name}={value}" for name, value in options.items()),
        ],
        cwd=ROOT,
        env=os.environ | {"PAGE_CACHE_MB": megabytes},
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 30
        while True:
            try:
                body_of(port, "/healthz")
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    sys.exit("the server does not answer")
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        server.wait()


def load(
    port: int,
    path: str,
    seconds: int,
    *,
    script: str = "",
    scratch: Path = ROOT,
    headers: tuple[str, ...] = (),
) -> Load:
    command = ["taskset", "-c", str((os.cpu_count() or 1) - 1), "wrk", "--latency"]
    command += ["-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
    for header in ("Accept-Encoding: br", *headers):
        command += ["-H", header]
    if script:
        (scratch / "load.lua").write_text(script)
        command += ["-s", str(scratch / "load.lua")]
    run = subprocess.run(
        [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
    )

    def milliseconds(percent: int) -> float:
        found: Any = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", run.stdout)
        return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]

    rate: Any = re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)
    errors = re.findall(r"Non-2xx or 3xx responses: (\d+)", run.stdout)
    sockets = re.findall(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", run.stdout)
    broken = sum(map(int, [*errors, *(number for found in sockets for number in found)]))
    return Load(float(rate[1]), milliseconds(50), milliseconds(99), broken)


def while_publishing(port: int, path: str, location: Any) -> tuple[Load, list[float], int]:
    """Under load; how long each change took to be seen, sorted; how many readers were behind."""
    from tests import factories

    measured: list[Load] = []
    loading = threading.Thread(
        target=lambda: measured.append(load(port, path, CHANGES + 2)), daemon=True
    )
    loading.start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    waits, late = [], 0
    for number in range(CHANGES):
        time.sleep(1.0)
        name = f"Chợ đổi tên lần {number} ."
        factories.correct(location, name=name)
        committed = time.monotonic()
        while True:
            began = time.monotonic()
            connection.request("GET", path, headers={"Accept-Encoding": "identity"})
            seen = name.encode() in connection.getresponse().read()
            if seen:
                waits.append(time.monotonic() - committed)
                break
            late += began - committed > BELIEVED
            time.sleep(0.005)
    loading.join()
    return measured[0], sorted(waits), late


def body_of(port: int, path: str) -> bytes:
    return answer_of(port, path).read()


def headers_of(port: int, path: str) -> list[tuple[str, str]]:
    return answer_of(port, path).getheaders()


def answer_of(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept-Encoding": "br"})
    return connection.getresponse()


def resident(pid: int) -> float:
    """Megabytes of the processes of the server."""
    children = subprocess.run(
        ["ps", "-o", "rss=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return sum(map(int, children)) / 1024


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
