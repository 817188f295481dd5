"""The portal as it is served, which also says at COUNT how often Django was asked."""

from collections.abc import Iterable
from typing import Any

from bench.spike.portal import COUNT
from portal.wsgi import application

asked = 0
django: Any = application.application


def counting(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    global asked
    if environ["PATH_INFO"] == COUNT:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (str(asked).encode(),)
    asked += 1
    return django(environ, start_response)


application.application = counting
