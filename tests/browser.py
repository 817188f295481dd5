"""A real browser for the tests: Chromium, watched for errors and for requests to other hosts."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests.waiting import PATIENCE

# What Chromium would otherwise do by itself on the network, and what it cannot do as root.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=PATIENCE * 1000)
NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE = {"width": 360, "height": 740}
SMALL_PHONE = {"width": 320, "height": 568}
DESKTOP = {"width": 1280, "height": 800}
# What Playwright itself says on the console of a visitor without service workers.
WORKER_BLOCKED = "Service Worker registration blocked by Playwright"


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the system, without a window."""
    executable = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


def wait_until(
    page: Page, expression: str, argument: Any = None, *, seconds: float = PATIENCE
) -> None:
    """As Playwright's `wait_for_function`, which the Content-Security-Policy of a page stops when
    what is waited for has not happened at once: it evaluates in the page."""
    until = time.monotonic() + seconds
    while not page.evaluate(expression, argument):
        assert time.monotonic() < until, f"never: {expression}"
        page.wait_for_timeout(50)


class Visitor:
    """Somebody with a browser of a given size, at the portal that listens at `base`."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._failed)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and message.text != WORKER_BLOCKED:
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.base).netloc:
            self.faults.append(f"foreign: {request.url}")

    def _failed(self, request: Request) -> None:
        # A picture further down, on the way while the next page is opened already.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def open(self, address: str, *, status: int = 200) -> Page:
        response = self.page.goto(self.base + address, wait_until="load")
        assert response is not None
        assert response.status == status, address
        return self.page

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def picture(self) -> Image.Image:
        """The whole page as it is seen."""
        return Image.open(BytesIO(self.page.screenshot(full_page=True)))


@contextmanager
def visitor(
    browser: Browser,
    base: str,
    size: dict[str, int],
    *,
    touch: bool = False,
    service_workers: bool = False,
) -> Iterator[Visitor]:
    """Without service workers unless they are tested: they answer behind the test's back."""
    context = browser.new_context(
        viewport=size,
        has_touch=touch,
        is_mobile=touch,
        service_workers="allow" if service_workers else "block",
    )
    context.set_default_timeout(PATIENCE * 1000)
    try:
        yield Visitor(context, base)
    finally:
        context.close()
