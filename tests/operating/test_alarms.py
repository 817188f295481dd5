"""Each alarm is raised by its cause and by nothing else, with the exit status of its level."""

import json
import shutil
import socket
import ssl
import threading
from collections import namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from prometheus_client.parser import text_string_to_metric_families

from alerts.models import Delivery, Dispatch, Subscription, ZaloConnection
from locations.models import ExposureLocation
from portal import clock
from portal.environment import SigningPair
from portal.operating import alarms
from portal.operating.alarms import machine
from portal.publishing.models import LedgerHead, Revision
from portal.web.page_cache.as_of import last_good
from portal.web.page_cache.page import Page
from tests import factories
from tests.delivery.conftest import subscriber
from tests.operating.commands import backup

pytestmark = pytest.mark.django_db

ALL = set(alarms.CHECKS)


def check(*only, url="http://localhost:9", **options):
    """Exit status, and what was found by the checks `only`: level and text."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "check_portal", "--json", url=url, without=ALL - set(only), stdout=out, **options
        )
    said = json.loads(out.getvalue())
    found = [(one["level"], one["text"]) for one in said["found"]]
    assert {one["check"] for one in said["found"]} == set(only)
    assert said["level"] == ("ok", "warning", "critical")[ended.value.code]
    return ended.value.code, found


def test_what_is_well_is_said_in_lines_with_status_0(hai_phong):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_portal", without=["readers"], stdout=out)
    assert ended.value.code == 0
    lines = out.getvalue().splitlines()
    assert lines[0] == "PORTAL OK"
    assert {line.split()[1].rstrip(":") for line in lines[1:]} == ALL - {"readers"}
    assert all(line.startswith("OK ") for line in lines[1:])


def test_the_worst_comes_first_and_names_what_is_bad(hai_phong, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    Revision.objects.update(reason="khác")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_portal", without=["readers"], stdout=out)
    assert ended.value.code == 2
    lines = out.getvalue().splitlines()
    assert lines[0] == "PORTAL CRITICAL: ledger, backup"
    assert [line.split()[0] for line in lines[1:3]] == ["CRITICAL", "CRITICAL"]


def test_prometheus_reads_the_worst_level_of_each_check(hai_phong, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path  # in which there is none
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_portal", "--prometheus", without=["readers"], stdout=out)
    assert ended.value.code == 2
    read = {
        sample.labels.get("check"): sample.value
        for family in text_string_to_metric_families(out.getvalue())
        for sample in family.samples
        if sample.name == "portal_check_level"
    }
    assert read == dict.fromkeys(ALL - {"readers"}, 0) | {"backup": 2}


def test_a_check_that_breaks_is_an_alarm_itself(monkeypatch):
    def broken(options):
        raise RuntimeError("no such luck")

    monkeypatch.setitem(alarms.CHECKS, "disk", broken)
    assert check("disk") == (2, [("critical", "it cannot be checked: RuntimeError: no such luck")])


# --- the machine


def test_a_database_that_does_not_answer(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "cursor", refuse)
    found = [("critical", "it cannot be checked: connection refused")]
    assert check("database") == (2, found)
    assert check("deliveries") == (2, found)


def test_a_pending_migration():
    MigrationRecorder.Migration.objects.filter(app="alerts", name="0005_delivery_counts").delete()
    status, [(_level, text)] = check("migrations")
    assert status == 2
    assert text == "1 are pending, first alerts.0005_delivery_counts; run manage.py prepare"


@pytest.mark.parametrize(
    ("free", "status"),
    [(machine.LITTLE_FREE_BYTES + 1, 0), (machine.LITTLE_FREE_BYTES, 1), (200 * 1024**2, 2)],
)
def test_a_disk_that_fills(free, status, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: usage(free, 0, free))
    assert check("disk")[0] == status


# --- what residents get


@contextmanager
def serving(
    pages: dict[str, tuple[int, dict[str, str], bytes]], secured: ssl.SSLContext | None = None
) -> Iterator[str]:
    """A server that gives these pages, by their path: status, headers and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = pages[self.path]
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    origin = f"http://127.0.0.1:{server.server_port}"
    if secured:
        server.socket = secured.wrap_socket(server.socket, server_side=True)
        origin = f"https://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield origin
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def pages(hai_phong, client):
    """The home page and that of a province with a notice in force for an hour, as they are now."""
    factories.notice(hai_phong, expires_at=clock.now() + timedelta(hours=1))
    given = {path: client.get(path) for path in ("/", "/hai-phong/")}
    return {path: (page.status_code, {}, page.content) for path, page in given.items()}


def test_pages_of_now_are_well(pages):
    assert b"data-listed-until" in pages["/hai-phong/"][2]
    with serving(pages) as url:
        assert check("readers", url=url) == (
            0, [("ok", "2 pages come, and nothing on them has ended")],
        )  # fmt: skip


def test_a_notice_that_has_ended_and_still_stands_there(pages):
    """As a cache that forgot nothing would show it."""
    end = clock.now() + timedelta(hours=1)
    with serving(pages) as url, time_machine.travel(end + timedelta(seconds=5), tick=False):
        assert check("readers", url=url)[0] == 0, "pages may be seconds old on their way"
    with serving(pages) as url, time_machine.travel(end + timedelta(seconds=15), tick=False):
        status, found = check("readers", url=url)
    assert status == 2
    said = [text.partition(" what ended ")[0] for _level, text in found]
    assert said == ["/ shows as in force", "/hai-phong/ shows as in force"]


def test_a_page_that_nginx_shows_because_nobody_answers(pages):
    """With the header that deploy/nginx.conf.template adds then."""
    status, headers, body = pages["/"]
    made = (datetime.now(UTC) - timedelta(minutes=30)).timestamp()
    headers = {"Server-Timing": f"made;dur={made:.3f}, now;dur=1"}
    with serving(pages | {"/": (status, headers, body)}) as url:
        status, [(_level, text)] = check("readers", url=url)
    assert (status, text) == (2, "/ is shown as it was 30 min ago: no portal answers nginx")


def test_a_page_that_the_portal_marks_as_one_of_earlier(pages):
    page = Page("200 OK", [("Content-Type", "text/html")], pages["/hai-phong/"][2], until=1e12)
    marked = last_good(page, "/hai-phong/", has_changed=False)
    with serving(pages | {"/hai-phong/": (200, {}, marked.body)}) as url:
        status, [(_level, text)] = check("readers", url=url)
    assert (status, text.partition(":")[0]) == (2, "/hai-phong/ is shown as it was")


@pytest.mark.parametrize(
    ("trusted", "found"),
    [(True, "2 pages come, and nothing on them has ended"), (False, "certificate verify failed")],
)
def test_pages_come_by_the_certificates_that_this_machine_trusts(
    trusted, found, pages, tmp_path, monkeypatch
):
    """An office may have an authority of its own."""
    key, made = certificate(timedelta(days=60), "localhost")
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "certificate.pem").write_bytes(made)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with serving(pages, context) as url:
        status, [(_level, text)] = check("readers", url=url)
    assert status == (0 if trusted else 2)
    assert found in text


def test_a_page_that_does_not_come(pages):
    with serving(pages | {"/hai-phong/": (503, {}, b"")}) as url:
        assert check("readers", url=url) == (2, [("critical", "/hai-phong/ answers with 503")])
    status, [(_level, text)] = check("readers", url=url)
    assert status == 2
    assert text == f"{url}/ does not answer: [Errno 111] Connection refused"


# --- deliveries


@pytest.mark.parametrize(("minutes", "status"), [(4, 0), (6, 1), (16, 2)])
def test_a_notice_that_stays_in_the_outbox(minutes, status, hai_phong):
    factories.notice(hai_phong)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        found = check("deliveries")
    assert found[0] == status
    if status:
        assert found[1][0][1] == f"1 notices wait in the outbox, the oldest for {minutes} min"


def test_a_notice_under_embargo_is_not_stuck(hai_phong):
    factories.notice(hai_phong, publish_from=clock.now() + timedelta(hours=2))
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert check("deliveries")[0] == 0


@pytest.fixture
def delivery(hai_phong):
    """A message that is to be sent now, of a notice that is handed to the channels."""
    to = subscriber(hai_phong)
    factories.notice(hai_phong)
    dispatch = Dispatch.objects.get()
    Dispatch.objects.update(state=Dispatch.State.DONE)
    return Delivery.objects.create(
        dispatch=dispatch, channel="email", subscription=to, kind=dispatch.kind,
        rank=dispatch.rank, not_before=clock.now(), key="0" * 32,
    )  # fmt: skip


@pytest.mark.parametrize(("minutes", "status"), [(29, 0), (31, 1), (121, 2)])
def test_a_message_that_is_overdue(minutes, status, delivery):
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        found = check("deliveries")
    assert found[0] == status
    if status:
        assert "1 messages wait to be sent" in found[1][0][1]


def test_a_message_that_failed_for_good_is_news_for_a_day(delivery):
    Delivery.objects.update(state=Delivery.State.DEAD, decided_at=clock.now())
    status, [(_level, text)] = check("deliveries")
    assert status == 1
    assert text.startswith("1 messages failed for good")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert check("deliveries")[0] == 0


@pytest.mark.parametrize(("minutes", "status"), [(14, 0), (16, 1), (121, 2)])
def test_a_letter_that_somebody_waits_for(minutes, status, hai_phong):
    subscriber(hai_phong)
    Subscription.objects.update(letter_due_at=clock.now())
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        assert check("deliveries")[0] == status


@pytest.mark.parametrize(("days", "status"), [(15, 0), (13, 1), (-1, 2)])
def test_a_connection_to_zalo_that_ends(days, status, hai_phong):
    ZaloConnection.objects.create(
        province=hai_phong, refresh_expires_at=clock.now() + timedelta(days=days)
    )
    assert check("deliveries")[0] == status


# --- the ledger


def test_a_ledger_that_was_tampered_with(location):
    assert check("ledger")[0] == 0
    Revision.objects.filter(sequence=1).update(reason="khác")
    status, [(_level, text)] = check("ledger")
    assert status == 2
    assert text.startswith("record 1 (")


def test_a_public_row_that_nobody_approved(location):
    ExposureLocation.objects.update(name="Chợ khác")
    status, [(_level, text)] = check("ledger")
    assert status == 2
    assert "approved is 'Chợ Sắt'" in text


def test_the_end_of_the_ledger_is_looked_at_however_little_time_there_is(location, monkeypatch):
    """So little that the first page of records is over it."""
    monkeypatch.setattr("portal.publishing.verification.PAGE", 1)
    times = iter(range(0, 1000, 60))
    monkeypatch.setattr("portal.operating.alarms.ledger.time.monotonic", lambda: next(times))
    status, [(_level, text)] = check("ledger", ledger_seconds=20)
    assert (status, text.partition(" in ")[0]) == (0, "its end, and 1 of 4 rows")
    LedgerHead.objects.update(sequence=99)
    status, [(_level, text)] = check("ledger", ledger_seconds=20)
    assert status == 2
    assert text.startswith("record 99: it was the last")


# --- backups


@pytest.mark.parametrize(("hours", "status"), [(25, 0), (27, 1), (53, 2)])
@pytest.mark.django_db(transaction=True)
def test_a_backup_that_is_old(hours, status, location, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    made = backup(settings.BACKUP_DIR)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
        found = check("backup")
    assert found[0] == status
    assert found[1][0][1] == f"the newest, {made.name}, is {hours} h old" or hours == 53


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_has_lost_something(location, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    made = backup(settings.BACKUP_DIR)
    (file,) = made.glob("database.*")
    with file.open("ab") as opened:
        opened.write(b"more")
    assert check("backup") == (2, [("critical", f"{file} is missing or was changed")])
    file.unlink()
    assert check("backup") == (2, [("critical", f"{file} is missing or was changed")])
    shutil.rmtree(made)
    assert check("backup") == (2, [("critical", f"there is none in {settings.BACKUP_DIR}")])


def test_backups_that_nobody_looks_for(settings):
    settings.DEMO = False
    assert check("backup")[0] == 1


# --- certificates


def certificate(left: timedelta, host: str = "localhost") -> tuple[bytes, bytes]:
    """A key and a certificate that signs itself, both in PEM, with so much time left."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + left)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(pem)


@contextmanager
def tls(folder, left: timedelta, host: str = "localhost") -> Iterator[str]:
    """The address of a server with such a certificate, which lies in `folder`."""
    key, made = certificate(left, host)
    (folder / "key.pem").write_bytes(key)
    (folder / "certificate.pem").write_bytes(made)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    listening = socket.create_server(("127.0.0.1", 0))

    def answer():
        with listening:
            opened, _address = listening.accept()
            try:
                with context.wrap_socket(opened, server_side=True) as secure:
                    secure.recv(1)
            except OSError:
                opened.close()

    threading.Thread(target=answer, daemon=True).start()
    yield f"https://localhost:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    ("left", "status"),
    [(timedelta(days=20), 0), (timedelta(days=13), 1), (timedelta(days=4), 2)],
)
def test_a_certificate_near_its_end(left, status, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with tls(tmp_path, left) as url:
        found = check("certificates", url=url)
    assert found[0] == status
    assert found[1][0][1].startswith("that of localhost holds for ")


@pytest.mark.parametrize(
    ("left", "host", "said"),
    [
        (timedelta(days=-1), "localhost", "certificate has expired"),
        (timedelta(days=60), "elsewhere", "Hostname mismatch"),
    ],
)
def test_a_certificate_that_no_browser_takes(left, host, said, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    with tls(tmp_path, left, host) as url:
        status, [(_level, text)] = check("certificates", url=url)
    assert status == 2
    assert said in text


def test_a_certificate_that_nobody_knows(tmp_path):
    with tls(tmp_path, timedelta(days=60)) as url:
        status, [(_level, text)] = check("certificates", url=url)
    assert status == 2
    assert "self-signed certificate" in text


def test_a_host_that_does_not_answer():
    status, [(_level, text)] = check("certificates", url="https://localhost:9")
    assert status == 2
    assert "localhost port 9 does not answer" in text


@pytest.mark.parametrize(("days", "status"), [(20, 0), (13, 1), (4, 2), (-1, 2)])
def test_the_certificate_of_cap_messages_near_its_end(days, status, settings):
    settings.CAP_SIGNING = SigningPair(*certificate(timedelta(days=days)))
    found = check("certificates")
    assert found[0] == status
    assert any(text.startswith("CAP_CERTIFICATE ") for _level, text in found[1])
