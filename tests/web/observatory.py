"""The score that MDN's HTTP Observatory gives an answer, by the rules of its release 1.4.8.

https://github.com/mdn/mdn-http-observatory, src/analyzer/tests and src/grader/charts.js: 100, less
what is wrong, plus extra credit if 90 are left. The Observatory judges the page at the root of a
host that it can reach; here any answer can be judged. Rules about what the portal never has
(scripts of other hosts, CORS for named origins, meta elements instead of headers) are left out:
an answer with one of them is refused instead of scored.
"""

import re
from http.cookies import SimpleCookie

from django.http.response import HttpResponseBase

HALF_A_YEAR = 15_552_000
EXTRA_CREDIT_FROM = 90
INSECURE = {"http:", "https:", "ftp:", "*", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'"}
PRIVATE_REFERRER = {
    "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin",
}  # fmt: skip


def score(response: HttpResponseBase) -> int:
    """The score of an answer that came over HTTPS."""
    modifiers = [
        policy(directives(response)),
        cookies(response.cookies),
        referrer(response.headers.get("Referrer-Policy", "")),
        transport(response.headers.get("Strict-Transport-Security", "")),
        0 if response.headers.get("X-Content-Type-Options") == "nosniff" else -5,
        framing(response),
        resources(response.headers.get("Cross-Origin-Resource-Policy")),
    ]
    left = 100 + sum(modifier for modifier in modifiers if modifier < 0)
    return 100 + sum(modifiers) if left >= EXTRA_CREDIT_FROM else left


def directives(response: HttpResponseBase) -> dict[str, set[str]]:
    parts = response.headers.get("Content-Security-Policy", "").split(";")
    return {words[0]: set(words[1:]) for part in parts if (words := part.split())}


def policy(csp: dict[str, set[str]]) -> int:
    if not csp:
        return -25
    default = csp.get("default-src", {"*"})
    assert not any(INSECURE & csp.get(name, default) for name in ("script-src", "style-src"))
    assert not INSECURE & csp.get("object-src", default)
    assert not any(
        source.startswith(("http:", "ftp:")) for value in csp.values() for source in value
    )
    return 10 if default == {"'none'"} else 5


def cookies(sent: SimpleCookie) -> int:
    kept = {name: cookie for name, cookie in sent.items() if cookie["max-age"] != 0}
    if not kept:
        return 0
    for name, cookie in kept.items():
        assert cookie["secure"], name
        assert cookie["httponly"], name
    return 5 if all(cookie["samesite"] for cookie in kept.values()) else 0


def referrer(value: str) -> int:
    return 5 if value in PRIVATE_REFERRER else -5 if value else 0


def transport(value: str) -> int:
    seconds = re.match(r"max-age=(\d+)", value)
    if seconds is None:
        return -20
    return 0 if int(seconds[1]) >= HALF_A_YEAR else -10


def framing(response: HttpResponseBase) -> int:
    if "frame-ancestors" in directives(response):
        return 5
    return 0 if response.headers.get("X-Frame-Options") in ("DENY", "SAMEORIGIN") else -20


def resources(value: str | None) -> int:
    return {"same-origin": 10, "same-site": 10, "cross-origin": 0, None: 0}.get(value, -5)
