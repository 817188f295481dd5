"""Officers who publish and correct in a portal that runs: a process with its settings, told what to
do line by line."""

import json
import re
import subprocess
import sys
from typing import Any
from uuid import uuid4

import requests

from portal.environment import BASE_DIR
from portal.publishing.roles import APPROVER


class Refused(Exception):
    """There was no database, or no room, for what officers wanted."""


class Officers:
    """`submit` leaves the approval to the admin of a box; `approve` does all of it by itself, with
    the settings of a box."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.deploy.office"],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard()
        self._approver = self.sign_in(APPROVER)

    def sign_in(self, role: str) -> requests.Session:
        """The browser of an officer of that role."""
        session = requests.Session()
        session.cookies.update(self._told(f"sign_in {role}")["cookies"])
        return session

    def submit(self, name: str) -> int:
        return self._told(f"submit {name}")["revision"]

    def request_withdrawal(self, reason: str) -> int:
        return self._told(f"withdraw {reason}")["revision"]

    def approve(self, name: str) -> float:
        """When it was committed, by the monotonic clock, which all processes share."""
        return self._told(f"approve {name}")["at"]

    def publish(self, name: str) -> float:
        """A new place; when it was committed."""
        return self._told(f"publish {name}")["at"]

    def announce_for(self, seconds: int) -> tuple[str, str]:
        """A notice that is in force for so long: its code, and until when, as pages write it."""
        told = self._told(f"announce {seconds}")
        return told["code"], told["until"]

    def approve_at(self, port: int, revision: int) -> None:
        """In the admin of the box (or nginx) at `port`, as the approver's browser does."""
        address = f"http://localhost:{port}/admin/publishing/revision/{revision}/review/"
        browser = self._approver
        assert browser.get(address, timeout=20).status_code == 200
        given = {"csrfmiddlewaretoken": browser.cookies["csrf"], "understood": "1", "_approve": "1"}
        answer = browser.post(address, given, timeout=20)
        said = re.findall(r'<li class="(\w+)">', answer.text)
        assert answer.status_code == 200 and said == ["success"], answer.text

    def _told(self, line: str) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        told = self._heard()
        if "refused" in told:
            raise Refused(told["refused"])
        return told

    def _heard(self) -> dict[str, Any]:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=20)


def new_name() -> str:
    """Of a place, which no page has shown before."""
    return f"Chợ {uuid4().hex[:8]}"
