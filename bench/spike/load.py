"""Load by wrk: one thread on the last core, as many requests as are answered."""

import subprocess
from pathlib import Path
from typing import NamedTuple

from bench.spike.machine import LOAD_CORE, ROOT

CONNECTIONS = 32
SCRIPTS = Path(__file__).resolve().parent / "wrk"
BROWSER = "Accept-Encoding: br, gzip"


class Load(NamedTuple):
    """Answers a second, milliseconds, bytes of an answer with its headers, and answers that were
    errors or none."""

    rate: float
    p50: float
    p99: float
    bytes: float
    errors: int


def loaded(
    url: str,
    seconds: int,
    *headers: str,
    script: str = "plain",
    connections: int = CONNECTIONS,
) -> Load:
    """`script`: which of those in wrk/ says what is asked for."""
    options = [
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "-s",
        str(SCRIPTS / f"{script}.lua"),
    ]
    for header in headers or [BROWSER]:
        options += ["-H", header]
    ran = subprocess.run(
        ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", *options, url],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    words = ran.stdout.rpartition("SAID ")[2].split()
    requests, microseconds, sent, p50, p99, errors = map(int, words)
    if not requests:
        return Load(0.0, 0.0, 0.0, 0.0, errors)
    return Load(requests / microseconds * 1e6, p50 / 1000, p99 / 1000, sent / requests, errors)
