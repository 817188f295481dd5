"""The portal in a process of its own, as operators run it, on the database of the test."""

import http.client
import re
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from tests import factories
from tests.deploy.test_nginx import Portal


class Server:
    """Started by `start`; its processes are those of the server and no other."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def peak(self) -> float:
        """Megabytes that any of its processes has held at most."""
        assert self.portal.process is not None
        return max(_peak(pid) for pid in _family(self.portal.process.pid))

    def officer(self, who: Any) -> "Officer":
        """A browser in which that officer is signed in."""
        client = Client()
        client.force_login(who)
        factories.mark_verified(client, who)
        return Officer(self.portal.port, client.cookies[settings.SESSION_COOKIE_NAME].value)


@dataclass(frozen=True)
class Officer:
    port: int
    session: str

    def upload(self, path: str, data: bytes, name: str, **fields: Any) -> tuple[int, str]:
        """Sends a form with a file in it."""
        token, mark = _get_new_csrf_string(), uuid.uuid4().hex
        fields["csrfmiddlewaretoken"] = token
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + head.encode() + data + f"\r\n--{mark}--\r\n".encode()
        cookies = (
            f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={token}"
        )
        connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "Cookie": cookies}
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        page = response.read().decode()
        connection.close()
        return response.status, page


def _family(pid: int) -> list[int]:
    """A process and those that it has started."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    parents = {int(one): int(parent) for one, parent in map(str.split, listed.splitlines())}
    return [pid, *(one for one, parent in parents.items() if parent == pid)]


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return int(found[1]) / 1024
