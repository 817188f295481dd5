"""What a request says of its host reaches no answer, and nobody who asks after it."""

import http.client
import logging
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests import factories
from tests.deploy.nginx import Nginx, configuration, nginx
from tests.faults.hostile import EVIL, PATHS, Request
from tests.faults.server import Server
from tests.faults.test_bad_requests import answer
from tests.kept_pages import cache_in_front

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
PAGES = [path for path in PATHS if "{}" not in path]
SAID = (
    "X-Forwarded-Host", "X-Host", "X-Forwarded-Server", "X-HTTP-Host-Override", "Forwarded",
    "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Path", "X-Original-Host",
    "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Scheme", "X-Forwarded-For", "X-Real-IP",
    "True-Client-IP", "Origin", "Referer", "Via", "X-Script-Name", "Script-Name", "X-WAP-Profile",
    "Accept-Language", "Cookie", "User-Agent", "X-HTTP-Method-Override", "From", "Accept",
)  # fmt: skip
VALUES = (
    EVIL, f"{EVIL}:443", f"https://{EVIL}/", f"//{EVIL}/", f"testserver, {EVIL}", f"/{EVIL}",
    f"{EVIL}, testserver", f"host={EVIL};proto=https", f"testserver@{EVIL}", f"443/{EVIL}",
    f'"><script src=//{EVIL}>', f"{EVIL}\t", f"sessionid={EVIL}", f"for=1.2.3.4;host={EVIL}",
)  # fmt: skip
HOSTS = (
    EVIL, f"{EVIL}:80", f"testserver:{EVIL}", f"testserver@{EVIL}", f"{EVIL}#testserver",
    f"testserver.{EVIL}", f"testserver/{EVIL}", f"testserver, {EVIL}", f"{EVIL} testserver",
)  # fmt: skip
# What is of the moment and of no request.
OF_THE_MOMENT = {
    "date",
    "x-made-at",
    "age",
    "x-accel-expires",
    "expires",
    "server-timing",
    "connection",
}


def poison(chance: random.Random, hosts: tuple[str, ...] = HOSTS) -> dict[str, str]:
    """Headers with the name of somebody else's host in them."""
    headers = {name: chance.choice(VALUES) for name in chance.sample(SAID, chance.randrange(1, 5))}
    if chance.random() < 0.2:
        headers["Host"] = chance.choice(hosts)
    return headers


def is_named(headers: Any, body: bytes) -> bool:
    return EVIL in str(headers) or EVIL.encode() in body


def test_poisoned_hosts(hai_phong, story_time, times, tell, caplog):
    """Each page is asked for with a poisoned request first, and then by somebody else."""
    caplog.set_level(logging.CRITICAL)
    factories.location(hai_phong)
    chance = random.Random(20210326)
    wrong = []
    codes: Counter[int] = Counter()
    count = times(80, 1_200)
    # Each answer as it is when nobody has poisoned anything.
    clean = {page: of_the_page(*asked(cache_in_front(), page, {})) for page in PAGES}
    for number in range(count):
        page = PAGES[number % len(PAGES)]
        cache.clear()
        application = cache_in_front()
        headers = poison(chance)
        code, given, body = asked(application, page, headers)
        codes[code] += 1
        after = of_the_page(*asked(application, page, {}))
        if code >= 500 or is_named(given, body):
            wrong.append(f"{code}: {page} {headers}")
        if after != clean[page]:
            wrong.append(f"kept for others: {page} {headers}")
    assert not wrong, "\n".join(wrong[:20])
    tell(
        "requests that name another host",
        injected=count,
        observed=f"{codes[200]} answered as ever, {codes[400]} refused, 0 named it or kept it",
        lost=len(wrong),
    )


def asked(application: Any, page: str, headers: dict[str, str]) -> tuple[int, Any, bytes]:
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return answer(application, Request("GET", page, "", b"", named))


def of_the_page(code: int, headers: Any, body: bytes) -> tuple[int, dict[str, str], int]:
    """What must be the same whoever asked before; a page of staff has a token of its own."""
    given = {name.lower(): value for name, value in headers}
    own = {"set-cookie", "content-security-policy", *OF_THE_MOMENT}
    kept = {name: value for name, value in given.items() if name not in own}
    return code, kept, len(body)


@pytest.fixture
def front(server: Server, tmp_path: Path) -> Iterator[Nginx]:
    """The nginx of the operator in front of the server."""
    portal, folder = server.portal, tmp_path / "nginx"
    static = f"{portal.environment['DATA_DIR']}/static"
    conf = configuration(folder, portal.base_url, portal.port, static=static)
    with nginx(folder, int(portal.base_url.rpartition(":")[2]), conf) as running:
        yield running


def test_poisoned_hosts_through_nginx(hai_phong, front, times, tell):
    factories.location(hai_phong)
    chance = random.Random(20210326)
    wrong: list[str] = []
    codes: Counter[int] = Counter()
    count = times(60, 300)
    for number in range(count):
        page = PAGES[number % len(PAGES)]
        if number % len(PAGES) == 0:
            for kept in front.kept:
                kept.unlink()
        headers = poison(chance, tuple(host.replace("testserver", "localhost") for host in HOSTS))
        for sent in (headers, {}):
            code, given, body = through(front.port, page, sent)
            codes[code] += 1
            if code >= 500 or is_named(given, body):
                wrong.append(f"{code}: {page} {headers} {'' if sent else 'asked again'}")
    files = [kept for kept in front.kept if EVIL.encode() in kept.read_bytes()]
    assert front.kept, "nginx kept nothing"
    assert not wrong and not files, "\n".join(wrong[:20])
    tell(
        "requests through nginx that name another host",
        injected=count,
        observed=f"{codes[421]} for another host refused, {len(front.kept)} pages kept, 0 name it",
        lost=len(wrong) + len(files),
    )


def through(port: int, page: str, headers: dict[str, str]) -> tuple[int, list, bytes]:
    """Sent as it stands; two hosts if one is forged, as only an attacker sends them."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    connection.putrequest("GET", page, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.getheaders(), body
