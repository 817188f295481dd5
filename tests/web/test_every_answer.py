"""The exact headers of every kind of answer behind HTTPS, and what MDN's Observatory gives them."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.http.response import HttpResponseBase

from portal.publishing.roles import APPROVER
from tests import factories
from tests.conftest import StaffClient
from tests.web.observatory import directives, score

LEAST = 120
ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), "
    "display-capture=(), fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = {name: {"'none'"} for name in ("default-src", "base-uri", "frame-ancestors")} | {
    f"{name}-src": {"'self'"}
    for name in ("connect", "font", "img", "manifest", "script", "style", "worker")
}
POLICY["form-action"] = {"'self'"}
PUBLIC = {"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"}
OPEN = {"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "cross-origin"}
STAFF = {
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Answer = Callable[[StaffClient], HttpResponseBase]


def get(address: str, **headers: str) -> Answer:
    return lambda client: client.get(address, secure=True, **headers)


def post(address: str, **fields: str) -> Answer:
    return lambda client: client.post(address, fields, secure=True)


def again(address: str) -> Answer:
    """Asked for a second time, by somebody who still has it."""

    def ask(client: StaffClient) -> HttpResponseBase:
        first = client.get(address, secure=True)
        return client.get(address, secure=True, HTTP_IF_NONE_MATCH=first.headers["ETag"])

    return ask


def without_database(client: StaffClient) -> HttpResponseBase:
    client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        return client.get("/hai-phong/", secure=True)


def refuse(execute, sql, params, many, context):
    raise OperationalError("the database went away")


def too_often(client: StaffClient) -> HttpResponseBase:
    form = {"address": "a@example.com", "minimum": "info", "language": "vi"}
    for _number in range(31):
        answer = client.post("/hai-phong/theo-doi/email/", form, secure=True)
    return answer


# By kind: how it comes about, the status, and the headers besides those that are always there.
ANSWERS: dict[str, tuple[Answer, int, dict[str, str]]] = {
    "page": (get("/hai-phong/"), 200, PUBLIC),
    "page in English": (get("/en/hai-phong/"), 200, PUBLIC),
    "form": (get("/hai-phong/theo-doi/email/"), 200, PUBLIC),
    "slash missing": (get("/hai-phong"), 301, PUBLIC),
    "to HTTPS": (lambda client: client.get("/hai-phong/"), 301, PUBLIC),
    "data kept already": (again("/du-lieu/dia-diem.json"), 304, OPEN),
    "of another host": (get("/hai-phong/", HTTP_HOST="evil.example"), 400, PUBLIC),
    "not for posting": (post("/hai-phong/"), 405, PUBLIC),
    "nothing there": (get("/khong-co/"), 404, PUBLIC),
    "short address of nothing": (get("/Q/222222"), 404, PUBLIC),
    "too often": (too_often, 429, PUBLIC),
    "our own fault": (without_database, 500, PUBLIC),
    "static": (get("/static/css/portal.css"), 200, PUBLIC),
    "no such static file": (get("/static/css/none.css"), 404, PUBLIC),
    "service worker": (get("/sw.js"), 200, PUBLIC),
    "QR code": (get("/hai-phong/theo-doi.svg"), 200, PUBLIC),
    "poster": (get("/hai-phong/ap-phich.pdf"), 200, PUBLIC),
    "feed": (get("/hai-phong/feed.atom"), 200, PUBLIC),
    "open data": (get("/du-lieu/dia-diem.json"), 200, OPEN),
    "API": (get("/api/v1/changes"), 200, OPEN),
    "nothing there in the API": (get("/api/v1/locations/XXXXXX"), 404, OPEN),
    "health": (get("/healthz"), 200, PUBLIC),
    "sign in": (get("/admin/login/"), 200, STAFF),
    "wrong password": (post("/admin/login/", username="nobody", password="no"), 200, STAFF),
    "to sign in": (get("/admin/locations/exposurelocation/"), 302, STAFF),
}
# The same of an officer who is signed in.
OFFICERS: dict[str, tuple[Answer, int, dict[str, str]]] = {
    "index": (get("/admin/"), 200, STAFF),
    "download": (get("/admin/locations/exposurelocation/import/template.xlsx"), 200, STAFF),
    "list": (get("/admin/locations/exposurelocation/"), 200, STAFF),
    "nothing there": (get("/admin/khong-co/"), 404, STAFF),
    "refused": (get("/admin/publishing/officer/"), 403, STAFF),
    "audit trail": (get("/admin/publishing/revision/"), 200, STAFF),
    "signing out": (
        post("/admin/logout/"),
        200,
        STAFF | {"Clear-Site-Data": '"cache", "cookies", "storage"'},
    ),
}


@pytest.fixture
def https(settings, django_db_setup) -> None:
    """The settings that an https:// PUBLIC_BASE_URL brings, and static files as in production."""
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def check(answer: Answer, status: int, headers: dict[str, str], client: StaffClient) -> None:
    response = answer(client)
    assert response.status_code == status
    expected = ALWAYS | headers
    if not response.wsgi_request.is_secure():  # where browsers would not believe it
        expected = {name: expected[name] for name in expected if "Transport" not in name}
        assert response.headers["Location"].startswith("https://")
    else:
        assert score(response) >= LEAST
    assert directives(response) == POLICY
    check_type(response)
    assert {name: response.headers.get(name) for name in expected} == expected


def check_type(response: HttpResponseBase) -> None:
    """What is text says in which letters it is written; what has no content has no type to say."""
    body = b"".join(response) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    is_xml = kind.partition(";")[0].endswith(("/xml", "+xml"))
    # A picture says it within, if at all: XML without a declaration is UTF-8.
    if body and kind != "image/svg+xml" and (is_xml or kind.startswith("text/")):
        assert kind.lower().replace('"', "").endswith("; charset=utf-8"), kind
        body.decode()
    assert kind or not body


@pytest.mark.parametrize(("answer", "status", "headers"), ANSWERS.values(), ids=ANSWERS)
def test_what_visitors_get(answer, status, headers, https, client, hai_phong):
    check(answer, status, headers, client)


@pytest.mark.parametrize(("answer", "status", "headers"), OFFICERS.values(), ids=OFFICERS)
def test_what_officers_get(answer, status, headers, https, client, hai_phong):
    client.force_login(factories.officer("approver", APPROVER, hai_phong))
    check(answer, status, headers, client)
