"""Security headers on whatever the portal answers."""

import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from portal.environment import BASE_DIR

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers older than frame-ancestors
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# By what answers: the address and the status that is expected.
PUBLIC = {
    "home": ("/", 200),
    "English": ("/en/", 200),
    "province": ("/hai-phong/", 200),
    "list": ("/hai-phong/dia-diem/?q=x&from=31/02/2021", 200),
    "nothing there": ("/khong-co/", 404),
    "nothing there in English": ("/en/khong-co/", 404),
    "slash missing": ("/hai-phong", 301),
    "short address": ("/Q/222222", 404),
    "sitemap": ("/sitemap.xml", 200),
    "feed": ("/hai-phong/feed.atom", 200),
    "on open data": ("/du-lieu/", 200),
    "by e-mail": ("/hai-phong/theo-doi/email/", 200),
    "robots": ("/robots.txt", 200),
    "health": ("/healthz", 200),
    "QR code": ("/hai-phong/theo-doi.svg", 200),
    "poster": ("/hai-phong/ap-phich.png", 200),
    "static": ("/static/css/portal.css", 200),
}
STAFF = {
    "sign in": ("/admin/login/", 200),
    "to sign in": ("/admin/", 302),
    "English": ("/en/admin/login/", 200),
    "nothing there": ("/admin/khong-co/", 302),
}
NOWHERE = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:"}


@pytest.fixture(scope="module")
def static_files(django_db_setup):
    """Static files collected and served as in production."""
    call_command("collectstatic", interactive=False, verbosity=0)


def directives(response) -> dict[str, list[str]]:
    policy = response.headers["Content-Security-Policy"]
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def check(response) -> None:
    assert {name: response.headers[name] for name in SAFE} == SAFE
    policy = directives(response)
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    for name, sources in policy.items():
        assert set(sources) <= {"'none'", "'self'"}, name
        assert not NOWHERE & set(sources), name
    refused = response.headers["Permissions-Policy"]
    for feature in ("geolocation", "camera", "microphone", "payment", "browsing-topics"):
        assert f"{feature}=()" in refused
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


@pytest.mark.parametrize(("address", "status"), PUBLIC.values(), ids=PUBLIC)
def test_every_public_answer_is_safe(address, status, client, hai_phong, static_files):
    response = client.get(address)
    assert response.status_code == status
    check(response)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize(("address", "status"), STAFF.values(), ids=STAFF)
def test_every_answer_to_staff_is_safe_and_kept_nowhere(address, status, client, hai_phong):
    response = client.get(address)
    assert response.status_code == status
    check(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/admin/", "/admin/locations/exposurelocation/add/"])
def test_the_pages_of_an_officer_are_kept_nowhere(address, client, author):
    client.force_login(author)
    response = client.get(address)
    assert response.status_code == 200
    check(response)
    assert response.headers["Cache-Control"] == "no-store"


def test_an_error_of_ours_is_safe_too(client, hai_phong):
    """The database is away for a moment."""
    client.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        response = client.get("/hai-phong/")
    assert response.status_code == 500
    check(response)
    assert "Traceback" not in response.content.decode()


def refuse(execute, sql, params, many, context):
    raise OperationalError("the database went away")


def test_no_page_has_a_script_or_style_of_its_own(client, hai_phong, location):
    """Which the policy would refuse, silently for residents."""
    addresses = ["/", "/en/", "/hai-phong/", "/hai-phong/dia-diem/", location.get_absolute_url()]
    for address in addresses:
        page = client.get(address).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        scripts = page.split("<script")[1:]
        assert all(s.startswith((' type="application/ld+json"', ' src="/static/')) for s in scripts)


def test_behind_https_cookies_are_bound_to_the_host_and_browsers_stay_with_https(tmp_path):
    """In a process of its own, because the settings are read once."""
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 31536000, s.SECURE_SSL_REDIRECT)"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings", "DEMO": "0", "CLOCK_START": "",
        "PUBLIC_BASE_URL": "https://portal.test", "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "q8vLx2mN4pR6tY9wZ3bC5dF7gH1jK0aSeUiOnP-_q8vLx2mN4p",
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=environment, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "True", "True"]
