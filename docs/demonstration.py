"""A fresh demonstration and a browser to take pictures of it with."""

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
APPROVER = "duyet-hai-phong"


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


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_OPTIONS
        )
        yield browser
        browser.close()


def give_password(page: Page, base: str, printed: str, username: str) -> None:
    """Signs in as far as the password goes."""
    password = re.search(rf"^\s*{username}\s+(\S+)", printed, re.MULTILINE)
    if password is None:
        sys.exit("the demonstration printed no accounts")
    page.goto(f"{base}/admin/login/?next=/admin/")
    page.fill("#id_username", username)
    page.fill("#id_password", password[1])
    page.click("#login-form [type=submit]")


def give_code(page: Page) -> None:
    """Gives the code that a demonstration shows in place of a phone."""
    page.fill("#id_code", page.inner_text(".demo-code strong"))
    page.click("#login-form [type=submit]")


def sign_in(page: Page, base: str, printed: str, username: str) -> None:
    give_password(page, base, printed, username)
    if page.locator(".demo-code").count():
        give_code(page)
    page.wait_for_selector("#user-tools")
