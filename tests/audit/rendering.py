"""Every page of the catalogues as it is answered, and a browser tab to show them in."""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.contrib.staticfiles import finders
from django.db import transaction
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route

from tests.audit import public_pages, staff_pages
from tests.audit.content import make
from tests.audit.kinds import PREFIXES, Reader
from tests.conftest import STORY_TIME

HOST = "http://testserver"
# What a page shows that is no static file: codes to scan, and texts for the admin's scripts.
SHOWN = re.compile(r"""\bsrc="(/(?!static/)[^"]+)\"""")


@dataclass(frozen=True)
class File:
    """What is answered at the path of no page."""

    path: str
    content_type: str
    body: bytes
    templates: frozenset[str]


@dataclass(frozen=True)
class Rendered:
    """A page as it was answered, with the files that it shows."""

    name: str
    language: str
    is_staff: bool
    path: str
    query: str
    status: int
    html: str
    headers: dict[str, str]
    templates: frozenset[str]
    files: dict[str, File]

    def __str__(self) -> str:
        return f"{'staff' if self.is_staff else 'public'}, {self.language}: {self.name}"


def render_all() -> tuple[list[Rendered], list[File]]:
    """All pages in both languages, and all files. The database is as before when it is done."""
    with transaction.atomic():
        content = make()
        with time_machine.travel(STORY_TIME, tick=False):
            pages = [
                _rendered(name, kind, Reader(content, language), is_staff=is_staff)
                for is_staff, catalogue in ((False, public_pages), (True, staff_pages))
                for language in PREFIXES
                for name, kind in catalogue.PAGES.items()
            ]
            reader = Reader(content, "vi")
            files = [_file(kind(reader), kind.status) for kind in public_pages.FILES.values()]
        transaction.set_rollback(True)
    return pages, files


def _rendered(name: str, kind: Any, reader: Reader, *, is_staff: bool) -> Rendered:
    with transaction.atomic():
        response = kind(reader)
        assert response.status_code == kind.status, f"{name}: {response.status_code}"
        html = _body(response).decode()
        files = [_file(response.client.get(path)) for path in set(SHOWN.findall(html))]
        transaction.set_rollback(True)  # what one page needed is not there for the next
    return Rendered(
        name=name,
        language=reader.language,
        is_staff=is_staff,
        path=response.request["PATH_INFO"],
        query=response.request["QUERY_STRING"],
        status=response.status_code,
        html=html,
        headers=dict(response.headers),
        templates=_templates(response),
        files={file.path: file for file in files},
    )


def _file(response: Any, status: int = 200) -> File:
    path = response.request["PATH_INFO"]
    assert response.status_code == status, f"{path}: {response.status_code}"
    content_type = response.headers["Content-Type"]
    return File(path, content_type, _body(response), _templates(response))


def _body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def _templates(response: Any) -> frozenset[str]:
    return frozenset(template.name for template in response.templates if template.name)


class Stage:
    """A tab in which rendered pages are shown with their own headers, as if they were answered."""

    def __init__(self, tab: Tab, files: list[File]) -> None:
        self.tab = tab
        self.files = {file.path: file for file in files}
        self.page: Rendered | None = None
        tab.route("**/*", self._answer)

    def show(self, page: Rendered) -> Tab:
        self.page = page
        self.tab.goto(f"{HOST}{page.path}?{page.query}", wait_until="load")
        return self.tab

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        assert self.page is not None
        if route.request.is_navigation_request():
            route.fulfill(headers=self.page.headers, body=self.page.html)
        elif file := self.page.files.get(path) or self.files.get(path.removeprefix("/en")):
            route.fulfill(content_type=file.content_type, body=file.body)
        elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            route.fulfill(content_type=kind, body=Path(found).read_bytes())
        else:
            route.fulfill(status=404)
