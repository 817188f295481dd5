"""Whether the server of this machine answers: asked by `serve`, and by the check of a container's
health, `python -m portal.web.alive`, which ends with 0 if it does and with 1 if not."""

import http.client
import sys
from urllib.parse import urlsplit

from portal import environment
from portal.environment import env

SECONDS = 5


def answers(listen: str, port: int, base_url: str) -> bool:
    """Whether /healthz answers, asked as the public address so that host and scheme are right."""
    public = urlsplit(base_url)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen, listen)  # noqa: S104
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
        connection.request("GET", "/healthz", headers=headers)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    listen, port = env.str("LISTEN", default="127.0.0.1"), env.int("PORT", default=8000)
    sys.exit(not answers(listen, port, environment.public_base_url()))
