"""One nginx on the core of the servers: the page as a file, and the operators' configuration before
the portal, with its cache and without."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import brotli

from bench.spike.machine import on_server_core
from bench.spike.portal import Portal
from bench.spike.servers import url
from tests.deploy.nginx import free_port, nginx

# Whose name ends a location's: the module looks for page.html.br beside it.
PAGE = "/page.html"
FILES = """
tcp_nopush on;
server {{
    listen {plain};
    access_log off;
    root {files};
    gzip_static on;
    brotli_static on;
}}
server {{
    listen {open};
    access_log off;
    root {files};
    gzip_static on;
    brotli_static on;
    open_file_cache max=1000 inactive=60s;
    open_file_cache_valid 60s;
}}
"""


@dataclass(frozen=True)
class Front:
    """Its addresses: of the file, of the file with open_file_cache, of the portal's page through
    the cache of nginx, and of the page for which nginx asks the portal every time."""

    static: str
    opened: str
    proxy: str
    passing: str


@contextmanager
def before(portal: Portal, back: int, path: str, page: bytes, scratch: Path) -> Iterator[Front]:
    """`page`: the HTML at `path` of the portal at the port `back`."""
    folder, files = scratch / "nginx", scratch / "files"
    files.mkdir()
    files.chmod(0o755)
    name = PAGE.removeprefix("/")
    (files / name).write_bytes(page)
    (files / f"{name}.br").write_bytes(brotli.compress(page, mode=brotli.MODE_TEXT, quality=5))
    (files / f"{name}.gz").write_bytes(gzip.compress(page, compresslevel=6))
    plain, opened, passing = free_port(), free_port(), free_port()
    conf = portal.nginx_conf(folder / "cache", back)
    conf += FILES.format(plain=plain, open=opened, files=files) + without_cache(
        conf, portal.port, passing
    )
    with nginx(folder, portal.port, conf, under=on_server_core()):
        yield Front(url(plain, PAGE), url(opened, PAGE), url(portal.port, path), url(passing, path))


def without_cache(conf: str, port: int, other: int) -> str:
    """The server of the portal once more, at another port."""
    server = conf[conf.rindex("\nserver {") :]
    return server.replace(f"listen {port}", f"listen {other}").replace(
        "proxy_cache portal;", "proxy_cache off;"
    )
