"""The portal behind nginx as operators run it: how fresh, how long, and for whom."""

import gzip
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from django.core.management.base import CommandError
from django.db.models import F

from locations.imports.sheets import MAX_BYTES
from locations.models import Province
from portal import clock
from portal.environment import BASE_DIR
from portal.publishing.models.content_version import ContentVersion
from tests import factories, workers
from tests.alerts.cap.keys import key_and_certificate
from tests.browser import PHONE, wait_until
from tests.deploy.nginx import (
    Answer,
    Echo,
    Nginx,
    ask,
    configuration,
    nginx,
    wait_for_port,
)
from tests.kept_pages import at_once
from tests.ports import free_port
from tests.web.test_every_answer import ALWAYS

# With the browser, and with what keeps both cores busy, one after the other.
pytestmark = pytest.mark.xdist_group("browser")
stored = pytest.mark.django_db(transaction=True)

# Seconds after which nobody may be shown what was withdrawn.
SEEN_WITHIN = 2.0
CODINGS = {"br": brotli.decompress, "gzip": gzip.decompress}


class Portal:
    """The portal behind nginx, with its one process of Python."""

    nginx: Nginx

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.port = int(environment["PORT"])
        self.base_url = environment["PUBLIC_BASE_URL"]

    def start(self) -> None:
        if self.process:
            return
        options = ["--interface=wsgi", "--host=127.0.0.1", f"--port={self.port}"]
        log = self.folder / "portal.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "granian", "portal.wsgi:application", *options],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for_port(self.port, self.process, log)

    def kill(self) -> None:
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the static files, collected as for residents."""
    folder = tmp_path_factory.mktemp("data")
    folder.chmod(0o755)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"],
        cwd=BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings", "DATA_DIR": str(folder)},
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def python(
    data: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker
) -> Iterator[Portal]:
    with django_db_blocker.unblock():
        environment = workers.server_environment(data)
    portal = Portal(tmp_path_factory.mktemp("python"), environment)
    yield portal
    portal.kill()


@pytest.fixture
def portal(python: Portal, data: Path, tmp_path: Path) -> Iterator[Portal]:
    python.start()
    folder = tmp_path / "nginx"
    static = str(data / "static")
    conf = configuration(folder, python.base_url, python.port, static=static)
    with nginx(folder, int(python.base_url.rpartition(":")[2]), conf) as python.nginx:
        yield python


@pytest.fixture
def province(hai_phong: Province) -> Province:
    """Its version is one that it has in no other test, whose pages the portal may still know."""
    ContentVersion.objects.update(number=F("number") + time.time_ns() // 1000 % 10**9)
    return hai_phong


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.stop()


@pytest.fixture
def before_echo(echo: Echo, tmp_path: Path) -> Iterator[Nginx]:
    port, folder = free_port(), tmp_path / "nginx"
    conf = configuration(folder, f"http://localhost:{port}", echo.port)
    with nginx(folder, port, conf) as running:
        yield running


def text_of(answer: Answer) -> str:
    coding = answer.headers.get("Content-Encoding", "")
    return CODINGS.get(coding, bytes)(answer.body).decode()


def early_in_a_second() -> None:
    """So that what follows happens within it."""
    time.sleep(1 - time.time() % 1)


# --- how fresh


def seconds_until(portal: Portal, path: str, *, shows: str = "", hides: str = "") -> float:
    """Until all readers, who ask all the time, see a change that was made just now."""
    began = time.monotonic()
    while time.monotonic() - began < 10:
        asked = time.monotonic()
        page = text_of(portal.nginx.ask(path, Accept_Encoding="br"))
        if shows in page and not (hides and hides in page):
            return asked - began
        time.sleep(0.01)
    raise AssertionError("it is never seen")


@stored
def test_a_change_is_seen_by_all_within_two_seconds(portal, province):
    place = factories.location(province, name="Chợ Hàng mới")
    assert "Chợ Hàng mới" in text_of(portal.nginx.ask("/hai-phong/"))
    for name in ("Chợ An Dương", "Chợ Cầu Rào"):
        factories.correct(place, name=name)
        assert seconds_until(portal, "/hai-phong/", shows=name) < SEEN_WITHIN
    row = 'class="row location"'
    assert row in text_of(portal.nginx.ask("/hai-phong/"))
    factories.withdraw(place)
    assert seconds_until(portal, "/hai-phong/", hides=row) < SEEN_WITHIN
    statuses = [words[-1] for words in portal.nginx.log()]
    # The portal was asked about once a second; the others had the page from nginx.
    assert statuses.count("HIT") > len(statuses) / 2


@stored
def test_who_comes_first_after_a_while_gets_no_page_of_a_while_ago(portal, province):
    portal.nginx.ask("/hai-phong/")
    place = factories.location(province, name="Chợ Đổ")
    time.sleep(SEEN_WITHIN)
    assert "Chợ Đổ" in portal.nginx.ask("/hai-phong/").text
    factories.withdraw(place)
    time.sleep(SEEN_WITHIN)
    assert 'class="row location"' not in portal.nginx.ask("/hai-phong/").text


# --- readable without the portal


@stored
def test_pages_and_files_are_there_when_no_python_runs(portal, province, browser):
    notice = factories.notice(
        province, title="Tránh chợ Hàng", expires_at=clock.now() + timedelta(seconds=7)
    )
    factories.notice(province, title="Đeo khẩu trang")
    page = portal.nginx.ask("/hai-phong/")
    assert notice.title in page.text
    css = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    context = browser.new_context(viewport=PHONE, service_workers="block")
    tab = context.new_page()
    tab.goto(f"{portal.base_url}/hai-phong/")
    assert tab.locator(".over").count() == 0
    assert not tab.locator("#saved").is_visible()

    portal.kill()
    for _ in range(3):
        stale = portal.nginx.ask("/hai-phong/", Accept_Encoding="identity")
        assert (stale.status, notice.title in stale.text) == (200, True)
    assert portal.nginx.ask(css).status == 200

    # What has ended since marks itself, and the page says of when it is, with and without scripts.
    while clock.now() < notice.listed_until + timedelta(seconds=0.5):
        time.sleep(0.1)
    tab.goto(f"{portal.base_url}/hai-phong/")
    wait_until(tab, "document.querySelectorAll('.over').length > 0")
    assert notice.title in tab.locator(".over").first.inner_text()
    assert tab.locator("#saved").inner_text().startswith("Tính đến")
    assert tab.get_by_text("Đeo khẩu trang").first.is_visible()
    context.close()
    assert "Tính đến <time" in stale.text.partition('<footer class="bottom">')[2]

    # What was never read cannot be shown, and that is said.
    away = portal.nginx.ask("/hai-phong/thong-bao/")
    assert (away.status, away.headers["Retry-After"]) == (503, "5")
    assert "Chưa xem được trang này" in away.text and "cannot be shown" in away.text
    assert "no-store" in away.headers["Cache-Control"]
    assert portal.nginx.ask("/healthz").status == 503

    factories.correct(notice, expires_at=clock.now() + timedelta(days=1), title="Chợ mở lại")
    portal.start()
    assert seconds_until(portal, "/hai-phong/", shows="Chợ mở lại") < SEEN_WITHIN
    assert portal.nginx.ask("/healthz").status == 200


def test_how_long_that_goes_on_is_said_by_the_portal(before_echo, echo):
    echo.says = {"Cache-Control": "public, s-maxage=1, stale-if-error=3", "X-Made-At": "1616720400"}
    echo.says_until_now = True
    fresh = before_echo.ask("/trang/")
    assert "Server-Timing" not in fresh.headers
    assert "X-Made-At" not in fresh.headers
    echo.stop()
    time.sleep(1.1)
    stale = before_echo.ask("/trang/")
    assert stale.body == fresh.body
    timing = stale.headers["Server-Timing"]
    assert timing.startswith("made;dur=1616720400, now;dur=")
    assert abs(float(timing.rpartition("=")[2]) - time.time()) < 5
    time.sleep(4)
    assert before_echo.ask("/trang/").status == 503


def test_a_portal_that_only_has_errors_is_not_believed(before_echo, echo):
    echo.says = {"Cache-Control": "public, s-maxage=1, stale-if-error=3"}
    echo.says_until_now = True
    fresh = before_echo.ask("/trang/")
    echo.status = 500
    time.sleep(1.1)
    assert before_echo.ask("/trang/").body == fresh.body
    assert before_echo.ask("/khong-co/").status == 500
    echo.status = 404
    assert before_echo.ask("/trang/").status == 404


def test_one_asks_while_the_others_wait(before_echo, echo):
    echo.says_until_now, echo.takes = True, 0.3
    early_in_a_second()
    answers = at_once([lambda: before_echo.ask("/trang/").body] * 10)
    assert len(set(answers)) == len(echo.asked) == 1


# --- what is kept


def test_only_what_the_portal_speaks_for_is_kept(before_echo, echo):
    for headers in (
        {},
        {"Cache-Control": "public, max-age=600"},
        {"Cache-Control": "public, s-maxage=600"},
        {"X-Accel-Expires": "0"},
        {"Cache-Control": "no-store", "X-Accel-Expires": "0"},
    ):
        echo.says = headers
        assert before_echo.ask("/trang/").body != before_echo.ask("/trang/").body
    echo.says = {"Set-Cookie": "session=1"}
    echo.says_until_now = True
    assert before_echo.ask("/trang/").body != before_echo.ask("/trang/").body
    assert before_echo.kept == []


@stored
def test_strings_that_tell_readers_apart_are_no_other_page(portal, province):
    early_in_a_second()
    portal.nginx.ask("/hai-phong/")
    for number in range(5):
        portal.nginx.ask(f"/hai-phong/?fbclid=Iw{number}&utm_source=zalo")
    assert len(portal.nginx.kept) == 1
    # What is not in nginx's list is known to the portal.
    for number in range(5):
        assert portal.nginx.ask(f"/hai-phong/?bust={number}").status == 200
        assert portal.nginx.ask(f"/tim-kiem/?q=cho{number}").status == 200
    assert len(portal.nginx.kept) == 1
    portal.nginx.ask("/hai-phong/dia-diem/?status=all")
    assert len(portal.nginx.kept) == 2
    # Neither who asked, nor for what, is in the log.
    words = [words[2] for words in portal.nginx.log()]
    assert set(words) == {"/hai-phong/", "/tim-kiem/", "/hai-phong/dia-diem/"}


def test_no_reader_is_named_when_no_portal_answers(tmp_path):
    """nginx's own errors would say who asked, and for which link."""
    port, nobody = free_port(), free_port()
    folder = tmp_path / "nginx"
    conf = configuration(folder, f"http://localhost:{port}", nobody)
    with nginx(folder, port, conf) as alone:
        assert alone.ask("/theo-doi/huy/Xq3-k_9Vd7aY2mB8nL5pR1tW4zC6hJ0s/?q=cho").status == 503
        logged = alone.log()
    assert [words[1:4] for words in logged] == [["GET", "/theo-doi/huy/.../", "503"]]
    errors = (folder / "error.log").read_text()
    assert not [line for line in errors.splitlines() if "client:" in line or "127.0.0.1" in line]


def test_the_path_and_what_the_portal_is_asked_are_the_same_thing(before_echo, echo):
    """Two ways to write what nginx takes for one address must not share a copy."""
    echo.says_until_now = True
    paths = ["/a/", "/a//", "/b/../a/", "/%61/", "/a/?", "/a/?x=1&fbclid=1", "/a/?utm_id=1"]
    early_in_a_second()
    heard = {path: before_echo.ask(path).text for path in paths}
    assert {path: json.loads(text)["path"] for path, text in heard.items()} == {
        **{path: path for path in paths},
        "/a/?utm_id=1": "/a/",
    }


@stored
def test_staff_pages_are_kept_by_nobody(portal):
    for _ in range(2):
        page = portal.nginx.ask("/admin/login/", Accept_Encoding="gzip, br")
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        assert "Content-Encoding" not in page.headers, "its token could be guessed (BREACH)"
        assert page.headers["Set-Cookie"]
    assert portal.nginx.kept == []


@stored
def test_each_browser_gets_the_best_it_takes(portal):
    path = "/xac-minh/"
    expected = portal.nginx.ask(path, Accept_Encoding="identity").text
    for accepted, coding in {
        "gzip, deflate, br, zstd": "br",
        "br": "br",
        "GZIP;q=0.5, br;q=0": "gzip",
        "gzip;q=0.0": None,
        "deflate": None,
    }.items():
        for _ in range(2):
            answer = portal.nginx.ask(path, Accept_Encoding=accepted)
            assert answer.headers["Content-Encoding"] == coding, accepted
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert expected.partition("data-now")[0] in text_of(answer)
        tag = answer.headers["ETag"]
        known = portal.nginx.ask(path, Accept_Encoding=accepted, If_None_Match=tag)
        assert (known.status, known.body) == (304, b"") or known.headers["ETag"] != tag
    head = portal.nginx.ask(path, "HEAD", Accept_Encoding="br")
    assert (head.status, head.body) == (200, b"")
    assert len(portal.nginx.kept) == 3


@stored
def test_static_files_are_compressed_beforehand_and_kept_for_ever(portal, data):
    css = next((data / "static" / "css").glob("portal.????????????.css"))
    for coding in CODINGS:
        answer = portal.nginx.ask(f"/static/css/{css.name}", Accept_Encoding=coding)
        assert answer.headers["Content-Encoding"] == coding
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert text_of(answer) == css.read_text()
    plain = portal.nginx.ask("/static/css/portal.css")
    assert plain.headers["Cache-Control"] == "public, max-age=60"
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    assert portal.nginx.ask("/static/../secret-key").status in (400, 404)
    assert portal.nginx.ask("/static/%2e%2e/secret-key").status in (400, 404)


# --- who asks, and what he sends


def test_what_readers_say_of_themselves_is_not_believed(before_echo, echo):
    forged = {
        "X_Forwarded_For": "1.2.3.4",
        "X_Forwarded_Proto": "https",
        "Forwarded": "for=1.2.3.4",
    }
    answer = before_echo.ask("/", X_Forwarded_Host="evil.example", **forged)
    heard = json.loads(answer.text)
    assert heard["x-forwarded-for"] == "127.0.0.1"
    assert heard["x-forwarded-proto"] == "http"
    assert heard["host"] == f"localhost:{before_echo.port}"
    assert not {"forwarded", "x-forwarded-host"} & heard.keys()
    assert before_echo.ask("/", Host="evil.example").status == 421
    assert len(echo.asked) == 1


SECOND = "GET /admin/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
CUT_IN_TWO_WAYS = {
    "length and chunks": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
    "a list of lengths": "Content-Length: 0, 5\r\n\r\n",
    "a signed length": "Content-Length: +0\r\n\r\n",
    "a length in words": "Content-Length: 0x5\r\n\r\n",
    "a coding that is none": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two codings": "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": "Transfer-Encoding: chunked\r\n\r\nz\r\n\r\n",
}


@pytest.mark.parametrize("rest", CUT_IN_TWO_WAYS.values(), ids=CUT_IN_TWO_WAYS)
def test_a_request_that_could_be_cut_in_two_ways_is_refused(rest, before_echo, echo):
    """Else a second request could hide in the first one, and its answer be kept for others."""
    request = f"POST /a/ HTTP/1.1\r\nHost: localhost:{before_echo.port}\r\n{rest}{SECOND}"
    with socket.create_connection(("localhost", before_echo.port), timeout=10) as link:
        link.sendall(request.encode())
        said = b""
        while part := link.recv(4096):
            said += part
    assert said.split()[1] in (b"400", b"501"), said
    assert said.count(b"HTTP/1.1 ") == 1
    assert not echo.asked


@stored
def test_files_that_are_too_large_are_refused_in_words(portal):
    for path, size in {
        "/hai-phong/theo-doi/email/": 300_000,
        "/admin/": MAX_BYTES + 4 * 2**20,
    }.items():
        answer = portal.nginx.ask(path, "POST", b"x" * size)
        assert answer.status == 413
        assert "Tệp này quá lớn" in answer.text and "too large" in answer.text
    # Of what is a little too large the portal itself says what is wrong.
    assert portal.nginx.ask("/admin/", "POST", b"x" * (MAX_BYTES + 2**20)).status in (302, 403)


def test_who_posts_all_the_time_is_told_to_wait(before_echo):
    path = "/hai-phong/theo-doi/email/"
    answers = at_once([lambda: before_echo.ask(path, "POST", b"x")] * 150)
    # Many phones of one network share an address.
    assert [answer.status for answer in answers].count(200) >= 50
    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert "gửi quá nhiều" in refused[0].text and refused[0].headers["Retry-After"] == "10"
    assert before_echo.ask("/").status == 200


def test_a_box_that_dies_is_not_noticed(echo, tmp_path):
    other = Echo()
    port, folder = free_port(), tmp_path / "nginx"
    conf = configuration(folder, f"http://localhost:{port}", echo.port, other.port)
    with nginx(folder, port, conf) as running:
        assert {running.ask("/").status for _ in range(4)} == {200}
        assert echo.asked and other.asked
        other.stop()
        assert {running.ask("/").status for _ in range(8)} == {200}


def test_tls(echo, tmp_path):
    pair = {"key": tmp_path / "key.pem", "certificate": tmp_path / "certificate.pem"}
    for path, content in zip(pair.values(), key_and_certificate(), strict=True):
        path.write_bytes(content)
    port, plain, folder = free_port(), free_port(), tmp_path / "nginx"
    said = {name: str(path) for name, path in pair.items()} | {"log": "off"}
    conf = configuration(folder, f"https://localhost:{port}", echo.port, **said)
    with nginx(folder, port, conf.replace("listen 80;", f"listen {plain};")):
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        trusting.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("localhost", port)) as link:
            secure = trusting.wrap_socket(link, server_hostname="localhost")
            assert secure.selected_alpn_protocol() == "h2"
            assert secure.version() == "TLSv1.3"
        with socket.create_connection(("localhost", port)) as link, pytest.raises(ssl.SSLError):
            trusting.wrap_socket(link, server_hostname="elsewhere.test")
        check_ciphers(port)
        for path in ("/api/v1/locations?limit=1", "/hai-phong/dia-diem.csv", "/feed.atom"):
            refused = ask(plain, path)
            assert (refused.status, refused.headers["Location"]) == (403, None)
            assert f"https://localhost:{port}{path.partition('?')[0]}" in refused.text
        there = ask(plain, "/hai-phong/?status=all")
        assert there.status == 301
        assert there.headers["Location"] == f"https://localhost:{port}/hai-phong/?status=all"


def check_ciphers(port: int) -> None:
    """Of TLS 1.2 only what keeps its secrets if the key is stolen later; nothing older."""
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("localhost", port)) as link:
        name, version, bits = old.wrap_socket(link, server_hostname="localhost").cipher()
    assert version == "TLSv1.2" and bits >= 128
    assert name.startswith("ECDHE-") and ("GCM" in name or "CHACHA20" in name)
    for weak in ("AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"):
        old.set_ciphers(f"{weak}:@SECLEVEL=0")
        with socket.create_connection(("localhost", port)) as link, pytest.raises(ssl.SSLError):
            old.wrap_socket(link, server_hostname="localhost")
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("localhost", port)) as link, pytest.raises(ssl.SSLError):
        old.wrap_socket(link, server_hostname="localhost")


def test_what_it_says_itself_is_as_safe_as_what_the_portal_says(tmp_path):
    """Nobody answers behind it: a page of its own, and a static file, over TLS."""
    pair = {"key": tmp_path / "key.pem", "certificate": tmp_path / "certificate.pem"}
    for path, content in zip(pair.values(), key_and_certificate(), strict=True):
        path.write_bytes(content)
    static = tmp_path / "static"
    static.mkdir()
    (static / "file.css").write_text("body {}")
    port, plain, folder = free_port(), free_port(), tmp_path / "nginx"
    said = {name: str(path) for name, path in pair.items()} | {"log": "off"}
    conf = configuration(
        folder, f"https://localhost:{port}", free_port(), static=str(static), **said
    )
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    tmp_path.chmod(0o755)
    with nginx(folder, port, conf.replace("listen 80;", f"listen {plain};")):
        for path, status in {"/hai-phong/": 503, "/static/file.css": 200, "/static/": 403}.items():
            link = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=10)
            link.request("GET", path)
            answer = link.getresponse()
            answer.read()
            assert answer.status == status
            assert (
                answer.headers["Strict-Transport-Security"] == ALWAYS["Strict-Transport-Security"]
            )
            assert answer.headers["Server"] == "nginx"
            if status != 403:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                policy = answer.headers["Content-Security-Policy"]
                assert policy.startswith("default-src 'none'")
                assert "frame-ancestors 'none'" in policy and "unsafe" not in policy


def test_what_nginx_would_misread_is_refused(tmp_path):
    with pytest.raises(CommandError, match="nginx would not take cache"):
        configuration(tmp_path, "http://localhost", 8000, cache="/var/x; load_module evil")
