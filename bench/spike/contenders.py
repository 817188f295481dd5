"""Who takes part: nginx with the page as a file, the portal, and its peers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from bench.spike import nginx, peers
from bench.spike.contest import Contender
from bench.spike.load import BROWSER
from bench.spike.portal import Portal
from bench.spike.servers import Server, Site, granian, gunicorn

SHOWN = 50  # of all rows, on the portal's page
FILE, FILE_304 = "nginx, the file", "nginx, the file, 304"
PROXY, PROXY_304 = "nginx as in deploy/, portal", "nginx as in deploy/, portal, 304"
KEPT, KEPT_304 = "granian, portal", "granian, portal, 304"
STRINGS = "granian, portal, each time another ?fbclid="
UNCACHED = "granian, portal, nothing kept"
WAGTAIL = ("granian, Wagtail", "granian, Wagtail, 50 rows", "gunicorn, Wagtail")

# Everybody has the page already.
KNOWN = "If-None-Match: *"


@contextmanager
def at_work(
    portal: Portal, path: str, back: Server, front: nginx.Front, scratch: Path
) -> Iterator[list[Contender]]:
    """All of them, at work."""
    page = scratch / "files" / "page.html.br"
    with ExitStack() as running:

        def at(name: str, server: Server, **more: str) -> Contender:
            return Contender(name, server.url, FILE, pids=[server.pid], **more)

        def on_nginx(name: str, url: str, *behind: int) -> Contender:
            return Contender(name, url, FILE, pids=[front.pid, *behind])

        def on_granian(name: str, site: Site) -> Contender:
            return at(f"granian, {name}", running.enter_context(granian(site)))

        def on_gunicorn(name: str, site: Site) -> Contender:
            return at(f"gunicorn, {name}", running.enter_context(gunicorn(site)))

        django, wagtail = peers.site("stock_django"), peers.site("wagtail_site")
        of_django = running.enter_context(granian(django))
        yield [
            on_nginx("nginx, the file, open_file_cache", front.opened),
            on_nginx(FILE, front.static),
            on_nginx("nginx, the file, open_file_cache, headers of the page", front.disk),
            on_nginx(PROXY, front.proxy, back.pid),
            on_nginx("nginx, portal asked each time", front.passing, back.pid),
            on_granian("the bytes and nothing else", peers.bare(page, path)),
            at(KEPT, back),
            on_gunicorn("portal", portal.site(path, PYTHONPATH=str(peers.GUNICORN))),
            at("granian, stock Django", of_django),
            on_gunicorn("stock Django", django),
            on_granian("Wagtail", wagtail),
            on_granian(f"Wagtail, {SHOWN} rows", peers.site("wagtail_site", shown=SHOWN)),
            on_gunicorn("Wagtail", wagtail),
            at(STRINGS, back, script="campaign"),
            at("granian, stock Django, each time another ?fbclid=", of_django, script="campaign"),
            on_granian("portal, nothing kept", portal.site(path, cached=False)),
            on_granian(
                f"stock Django, {SHOWN} rows, nothing kept",
                peers.site("stock_django", cached=False, shown=SHOWN),
            ),
            on_granian("stock Django, nothing kept", peers.site("stock_django", cached=False)),
            on_granian("Wagtail, nothing kept", peers.site("wagtail_site", cached=False)),
            *(
                replace(one, name=name, of=FILE_304, headers=(BROWSER, KNOWN))
                for name, one in (
                    (FILE_304, on_nginx(FILE, front.static)),
                    (PROXY_304, on_nginx(PROXY, front.proxy, back.pid)),
                    (KEPT_304, at(KEPT, back)),
                )
            ),
        ]
