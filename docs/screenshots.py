"""Remakes the pictures in docs/images from a fresh demonstration (`make screenshots`)."""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STORY_BEGINS = "2021-03-26T08:00:00+07:00"
AUTHOR = "soan-hai-phong"


@dataclass(frozen=True)
class Picture:
    """One page as one reader sees it; `height` None is the whole page."""

    name: str
    path: str
    width: int = 1280
    height: int | None = 900
    dark: bool = False


PICTURES = (
    Picture("home", "/"),
    Picture("home-phone", "/", width=360, height=740),
    Picture("province", "/hai-phong/"),
    Picture("province-phone", "/hai-phong/", width=360, height=740),
    Picture("province-phone-dark", "/hai-phong/", width=360, height=740, dark=True),
    Picture("province-phone-english", "/en/hai-phong/", width=360, height=740),
    Picture("locations", "/hai-phong/dia-diem/"),
    Picture("follow", "/hai-phong/theo-doi/"),
)
STAFF_PICTURES = (
    Picture("admin", "/admin/"),
    Picture("admin-location", "/admin/locations/exposurelocation/1/change/"),
)


@contextmanager
def demonstration() -> Iterator[tuple[str, str]]:
    """A demonstration on a free port: its address, and what it printed before it was ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DEMO": "1",
            "CLOCK_START": STORY_BEGINS,
            "DATA_DIR": folder,
            "PORT": str(port),
        }
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        printed = ""
        for line in server.stdout or ():
            printed += line
            if line.startswith("Ready:"):
                break
        try:
            yield f"http://localhost:{port}", printed
        finally:
            server.terminate()
            server.wait()


def sign_in(page: Page, base: str, printed: str) -> None:
    password = re.search(rf"^\s*{AUTHOR}\s+(\S+)", printed, re.MULTILINE)
    if password is None:
        sys.exit("the demonstration printed no accounts")
    page.goto(f"{base}/admin/login/?next=/admin/")
    page.fill("#id_username", AUTHOR)
    page.fill("#id_password", password[1])
    page.click("[type=submit]")


def take(browser: Browser, base: str, picture: Picture, printed: str = "") -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height or 800},
        color_scheme="dark" if picture.dark else "light",
        timezone_id="Asia/Ho_Chi_Minh",
        is_mobile=picture.width < 600,
        has_touch=picture.width < 600,
    )
    page = context.new_page()
    if printed:
        sign_in(page, base, printed)
    response = page.goto(base + picture.path, wait_until="networkidle")
    if response is None or not response.ok:
        sys.exit(f"{picture.path} does not answer as it should")
    page.screenshot(path=IMAGES / f"{picture.name}.png", full_page=picture.height is None)
    context.close()


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with demonstration() as (base, printed), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_OPTIONS
        )
        for picture in PICTURES:
            take(browser, base, picture)
        for picture in STAFF_PICTURES:
            take(browser, base, picture, printed)
        browser.close()
    sys.stdout.write(f"{len(PICTURES) + len(STAFF_PICTURES)} pictures in {IMAGES}\n")


if __name__ == "__main__":
    main()
