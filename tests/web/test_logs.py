"""Logs are lines that a machine reads; they hold no key to anything, and nobody forges one."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils.log import configure_logging


@pytest.fixture
def console(capsys):
    """The logs as the operator reads them."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    handler = logging.getLogger().handlers[-1]
    lines: list[str] = []
    handler.emit = lambda record: lines.append(handler.format(record))
    yield lines
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


def messages(console: list[str]) -> list[str]:
    return [json.loads(line)["message"] for line in console]


@pytest.mark.parametrize(
    "address",
    [
        "/theo-doi/thay-doi/Xq3-k_9Vd7aY2mB8nL5pR1tW4zC6hJ0s/",
        "/en/theo-doi/huy/Xq3-k_9Vd7aY2mB8nL5pR1tW4zC6hJ0s/",
        "/admin/invitation/MTI/c8x1q2-0f9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c/",
    ],
)
def test_a_token_in_an_address_is_hidden(address, console):
    token = max(address.split("/"), key=len)
    logging.getLogger("django.request").warning("%s: %s", "Unprocessable Entity", address)
    assert messages(console) == [f"Unprocessable Entity: {address.replace(token, '…')}"]


def test_an_ordinary_address_stays_readable(console):
    logging.getLogger("django.request").warning("%s: %s", "Not Found", "/ba-ria-vung-tau/dia-diem/")
    assert messages(console) == ["Not Found: /ba-ria-vung-tau/dia-diem/"]


def test_a_line_says_when_how_grave_and_who_speaks(console):
    logging.getLogger("alerts.delivery").error("Không gửi được %d tin", 3)
    (line,) = console
    event = json.loads(line)
    at = datetime.fromisoformat(event.pop("at"))
    assert at.utcoffset() == timedelta(hours=7)
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=10)
    assert event == {
        "level": "ERROR",
        "logger": "alerts.delivery",
        "message": "Không gửi được 3 tin",
    }
    assert "Không gửi được" in line


FORGED = [
    "\n", "\r\n", "\x1b[2J", "\x00", "\x85", "\u2028", "\x9b31m", "\u202e", '"}\n{"level": "OK"}',
]  # fmt: skip


@pytest.mark.parametrize("sign", FORGED)
def test_nobody_forges_a_line(sign, console):
    logging.getLogger("django.request").warning("Not Found: %s", f"/a{sign}b")
    (line,) = console
    assert line.isprintable()
    assert messages(console) == [f"Not Found: /a{sign}b"]


def test_an_error_of_ours_is_logged_with_its_trace(console, client, hai_phong):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database went away")

    client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        assert client.get("/hai-phong/").status_code == 500
    (event,) = [json.loads(line) for line in console if "went away" in line]
    assert event["level"] == "ERROR"
    assert event["traceback"].rstrip().endswith("the database went away")
    assert all(line.isprintable() for line in console)


@pytest.mark.django_db
def test_attempts_to_get_around_are_logged(console, client, author):
    """A foreign host, a form of another site, a page beyond one's role, a request too often."""
    client.get("/", HTTP_HOST="evil.example")
    client.handler.enforce_csrf_checks = True
    client.post("/admin/login/", {"username": "author", "password": "x"})
    client.handler.enforce_csrf_checks = False
    client.force_login(author)
    client.get("/admin/publishing/officer/")
    client.post("/hai-phong/")
    said = messages(console)
    for words in (
        "Invalid HTTP_HOST header: 'evil.example'",
        "Forbidden (CSRF cookie not set.): /admin/login/",
        f"Officer {author.pk} was refused: GET /admin/publishing/officer/",
        "Method Not Allowed",
    ):
        assert any(line.startswith(words) for line in said), (words, said)
    assert author.username not in str(said)


@pytest.mark.django_db
def test_what_is_asked_too_often_is_logged_without_the_address(console, client, hai_phong):
    form = {"address": "a@example.com", "minimum": "info", "language": "vi"}
    for _number in range(31):
        answer = client.post("/hai-phong/theo-doi/email/", form, REMOTE_ADDR="198.51.100.9")
    assert answer.status_code == 429
    assert "Too Many Requests: /hai-phong/theo-doi/email/" in messages(console)
    assert "198.51.100.9" not in str(console) and "a@example.com" not in str(console)


def test_logs_go_to_one_place():
    """Standard error, which systemd keeps; nothing is written to a file or sent anywhere."""
    (handler,) = settings.LOGGING["handlers"].values()
    assert handler["class"] == "logging.StreamHandler"
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    names = [None, *logging.root.manager.loggerDict]
    handlers = {one for name in names for one in logging.getLogger(name).handlers}
    writing = {type(one) for one in handlers if isinstance(one, logging.StreamHandler)}
    assert not any(issubclass(kind, logging.FileHandler) for kind in writing)
    assert not settings.ADMINS and not settings.MANAGERS
