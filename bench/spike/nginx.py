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
from bench.spike.servers import Server, url
from tests.deploy.nginx import Answer, nginx
from tests.ports import free_port

PAGE = "/page.html"
FILE_SERVER = """
server {{
    listen {port};
    access_log off;
    root {files};
    gzip_static on;
    brotli_static on;
    {more}
}}
"""
OPENED = """
    open_file_cache max=1000 inactive=60s;
    open_file_cache_valid 60s;
"""
# What nginx says of a file by itself, or takes out of the portal's answer.
OF_NGINX = {
    "connection", "content-encoding", "content-length", "content-type", "date", "etag",
    "last-modified", "server", "x-accel-expires", "x-made-at",
}  # fmt: skip


@dataclass(frozen=True)
class Front:
    """Its process and its addresses: of the file, of the file with open_file_cache, of that with
    the headers of the page, of the portal's page through the cache of nginx, and of the page for
    which nginx asks the portal every time."""

    pid: int
    static: str
    opened: str
    disk: str
    proxy: str
    passing: str


@contextmanager
def before(portal: Portal, back: Server, page: Answer, scratch: Path) -> Iterator[Front]:
    """`page`: what the server `back` of the portal answers, in no encoding."""
    folder, files = scratch / "nginx", scratch / "files"
    files.mkdir()
    files.chmod(0o755)
    name, html = PAGE.removeprefix("/"), page.body
    (files / name).write_bytes(html)
    (files / f"{name}.br").write_bytes(brotli.compress(html, mode=brotli.MODE_TEXT, quality=5))
    (files / f"{name}.gz").write_bytes(gzip.compress(html, compresslevel=6))
    plain, opened, disk, passing = (free_port() for _ in range(4))
    conf = portal.nginx_conf(folder / "cache", back.port)
    conf += without_cache(conf, portal.port, passing)
    conf += "tcp_nopush on;"  # as Debian has it
    for port, more in ((plain, ""), (opened, OPENED), (disk, OPENED + headers_of(page))):
        conf += FILE_SERVER.format(port=port, files=files, more=more)
    with nginx(folder, portal.port, conf, under=on_server_core()) as server:
        yield Front(
            pid=server.process.pid,
            static=url(plain, PAGE),
            opened=url(opened, PAGE),
            disk=url(disk, PAGE),
            proxy=url(portal.port, back.path),
            passing=url(passing, back.path),
        )


def headers_of(page: Answer) -> str:
    """Those that the portal gives its page, for nginx to add to a file."""
    given = {name: value.replace("'", "") for name, value in page.headers.items()}
    return "\n    ".join(
        f"add_header {name} '{value}';"
        for name, value in given.items()
        if name.lower() not in OF_NGINX
    )


def without_cache(conf: str, port: int, other: int) -> str:
    """The server of the portal once more, at another port."""
    server = conf[conf.rindex("\nserver {") :]
    return server.replace(f"listen {port}", f"listen {other}").replace(
        "proxy_cache portal;", "proxy_cache off;"
    )
