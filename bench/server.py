"""Measures how close a spike of readers comes to the speed of a static file: requests a second of a
province page with 300 locations, in brotli,

    static     the same bytes as a file, pre-compressed, from nginx: the reference
    disk       that file with the headers of the page: what pages written to disk could reach
    proxy      deploy/nginx.conf.template before the portal, which asks it once a second
    passing    the same nginx without its cache, so that every request reaches the page cache
    granian    the portal's page cache itself, one process
    uncached   Django for every request

and the same for answers of 304. Then how long after a commit the first reader behind nginx sees it
while wrk reads.

    python bench/server.py [SECONDS [ROUNDS]]

Each in turn, in ROUNDS rounds (3), medians; all servers on one core and the load on another: read
the ratios, not the numbers. Needs wrk and nginx (apt-get install wrk nginx-light). Exit 1 if a
limit is passed. In a database of its own, which is removed: SQLite, or an empty one named in
BENCH_DATABASE_URL.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import brotli
import pages
from pages import Load, body_of, free_port, say, served

# Of the static file's requests a second. What "proxy" lacks to "disk" is that nginx reads and
# parses the headers of the stored page anew for every answer.
LEAST = {"proxy": 0.6, "granian": 0.25, "proxy, 304": 0.5}
CHANGES = 12
# Seconds. It is made of the rest of nginx's second, of those for which a version is believed, and
# of the rendering, during which others have the last page for one second more.
SEEN_WITHIN = 2.0

AROUND = """
{user}
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
    tcp_nopush on;
    keepalive_requests 1000000;
    {temporary}
    include {folder}/portal.conf;
    server {{
        listen {reference};
        access_log off;
        default_type text/html;
        location / {{
            root {folder};
            gzip_static on;
            open_file_cache max=1000 inactive=60s;
            add_header Content-Encoding br;
        }}
        location /disk/ {{
            alias {folder}/;
            open_file_cache max=1000 inactive=60s;
            {headers}
        }}
    }}
}}
"""
# What nginx says of a file by itself, or takes out of the portal's answer.
OF_NGINX = {
    "connection", "content-length", "content-type", "date", "etag", "last-modified", "server",
    "x-accel-expires", "x-made-at",
}  # fmt: skip
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def main(seconds: int, rounds: int) -> int:
    for program in ("wrk", "nginx"):
        if shutil.which(program) is None:
            sys.exit(f"bench/server.py needs {program}: apt-get install wrk nginx-light")
    with tempfile.TemporaryDirectory(prefix="server-") as scratch:
        Path(scratch).chmod(0o755)
        return measure(Path(scratch), seconds, rounds)


def measure(scratch: Path, seconds: int, rounds: int) -> int:
    began_with = os.getloadavg()[0]
    front, reference, passing, back = (free_port() for _ in range(4))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CLOCK_START": "",
        "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{scratch}/portal.sqlite3"),
        "DATA_DIR": str(scratch),
        "DEMO": "1",
        "LOG_LEVEL": "ERROR",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{front}",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_divisions", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    path, location = pages.fill()
    files = scratch / "files"
    files.mkdir()

    loads: dict[str, list[Load]] = {}

    def measured(name: str, port: int, at: str, *headers: str) -> None:
        loads.setdefault(name, []).append(load(port, at, seconds, *headers))

    with served(back, files, "0"):
        plain = load(back, path, seconds)
    with served(back, files, "64"), nginx(scratch, front, reference, passing, back, path) as folder:
        page = body_of(front, path)
        (folder / "page.html").write_bytes(page)
        for _round in range(rounds):
            measured("static", reference, "/page.html")
            measured("disk", reference, "/disk/page.html")
            measured("proxy", front, path)
            measured("passing", passing, path)
            measured("granian", back, path)
            measured("static, 304", reference, "/page.html", "If-Modified-Since: " + http_date())
            # A page has another tag after a minute, and the load goes on.
            measured("proxy, 304", front, path, "If-None-Match: *")
            measured("granian, 304", back, path, "If-None-Match: *")
        waits, errors = while_publishing(front, path, location)

    say(
        f"Servers on {connection.vendor}, {os.cpu_count()} cores, load of the machine before"
        f" {began_with:.1f}, after {os.getloadavg()[0]:.1f}; {rounds} rounds of {seconds} s"
    )
    say(f"  {path} with {pages.LOCATIONS} locations, {len(page):,} bytes in brotli")
    say(f"  {'':<16}{'requests/s':>12}{'to static':>11}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
    ratios = {}
    for name, every in {**loads, "uncached": [plain]}.items():
        rate = statistics.median(one.rate for one in every)
        base = statistics.median(
            one.rate for one in loads["static, 304" if name.endswith("304") else "static"]
        )
        ratios[name] = rate / base
        say(
            f"  {name:<16}{rate:>12,.0f}{rate / base:>11.4f}"
            f"{statistics.median(one.p50 for one in every):>9.2f}"
            f"{statistics.median(one.p99 for one in every):>9.2f}"
            f"{sum(one.errors for one in every):>8}"
        )
    median, longest = (1000 * waits[place] for place in (len(waits) // 2, -1))
    say(
        f"  behind nginx, from commit to the first reader under load: p50 {median:.0f} ms,"
        f" longest {longest:.0f} ms of {len(waits)}; errors {errors}"
    )
    limits = {f"{name} ≥ {least}": ratios[name] >= least for name, least in LEAST.items()}
    limits[f"seen within {SEEN_WITHIN} s"] = waits[-1] <= SEEN_WITHIN
    limits["no errors"] = not errors + sum(one.errors for every in loads.values() for one in every)
    for name, is_kept in limits.items():
        say(f"  {name:<38}{'kept' if is_kept else 'MISSED'}")
    return int(not all(limits.values()))


@contextmanager
def nginx(
    scratch: Path, front: int, reference: int, passing: int, back: int, path: str
) -> Iterator[Path]:
    """On the core of the portal: the configuration of operators, once more without its cache, and
    files as they lie. Yields the folder of those files."""
    from django.core.management import call_command

    folder = scratch / "nginx"
    folder.mkdir()
    headers = [
        (name, value.replace("'", ""))
        for name, value in pages.headers_of(back, path)
        if name.lower() not in OF_NGINX
    ]
    written = StringIO()
    call_command(
        "nginx_conf",
        "--ipv4-only",
        f"--server=127.0.0.1:{back}",
        f"--cache={folder}/cache",
        "--log=off",
        stdout=written,
    )
    conf = written.getvalue()
    server = conf[conf.rindex("\nserver {") :]
    without = server.replace(f"listen {front}", f"listen {passing}").replace(
        "proxy_cache portal;", "proxy_cache off;"
    )
    (folder / "portal.conf").write_text(conf + without)
    (folder / "nginx.conf").write_text(
        AROUND.format(
            folder=folder,
            reference=reference,
            headers=" ".join(f"add_header {name} '{value}';" for name, value in headers),
            user="user root;" if os.getuid() == 0 else "",
            temporary=" ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY),
        )
    )
    log = folder / "error.log"
    process = subprocess.Popen(
        ["taskset", "-c", "0", "nginx", "-c", folder / "nginx.conf", "-e", log]
    )
    try:
        until = time.monotonic() + 10
        while True:
            try:
                body_of(front, "/healthz")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"nginx does not answer: {log.read_text()}")
                time.sleep(0.1)
        yield folder
    finally:
        process.terminate()
        process.wait()


def load(port: int, path: str, seconds: int, *headers: str) -> Load:
    """That of bench/pages.py, with more headers."""
    return pages.load(port, path, seconds, headers=headers)


def http_date() -> str:
    from django.utils.http import http_date

    return http_date(time.time() + 3600)


def while_publishing(port: int, path: str, location: Any) -> tuple[list[float], int]:
    """Seconds from each change to the first reader who has it, sorted, and errors of the load."""
    from tests import factories

    measured: list[Load] = []
    loading = threading.Thread(
        target=lambda: measured.append(load(port, path, 2 * CHANGES)), daemon=True
    )
    loading.start()
    waits = []
    for number in range(CHANGES):
        # At another moment of the second each time.
        time.sleep(1.0 + number / CHANGES)
        name = f"Chợ đổi tên lần {number} ."
        factories.correct(location, name=name)
        committed = time.monotonic()
        # The copy that the load reads, and none of its own.
        while name.encode() not in brotli.decompress(body_of(port, path)):
            time.sleep(0.005)
        waits.append(time.monotonic() - committed)
    loading.join()
    return sorted(waits), measured[0].errors


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(given[0] if given else 5, given[1] if len(given) > 1 else 3))
