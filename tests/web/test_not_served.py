"""What lies beside the portal on its machine is nobody's to read, and nothing echoes a request."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.web.test_headers import refuse

pytestmark = pytest.mark.django_db
INSTALLATION = [
    "/.env", "/.git/config", "/.git/HEAD", "/manage.py", "/portal/settings.py", "/requirements.txt",
    "/data/portal.sqlite3", "/media/", "/imports/", "/docs/asvs.md",
]  # fmt: skip
AROUND = [
    "/static/", "/static/css/", "/static/../manage.py", "/static/%2e%2e/manage.py",
    "/static/..%2f..%2fmanage.py", "/static//etc/passwd", "/static/css/../../.env",
]  # fmt: skip


@pytest.fixture(scope="module")
def static_files(django_db_setup):
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.mark.parametrize("address", INSTALLATION + AROUND)
def test_nothing_of_the_installation_is_served_and_no_folder_is_listed(
    address, client, static_files
):
    answer = client.get(address, follow=True)
    assert answer.status_code == 404
    assert not answer.streaming
    for words in ("SECRET_KEY", "[core]", "root:", "django==", "portal.css"):
        assert words not in answer.content.decode().replace("/static/css/portal.css", "")


@pytest.mark.parametrize("address", ["/", "/hai-phong/", "/admin/", "/api/v1/", "/healthz", "/Q/X"])
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG"])
def test_no_method_echoes_a_request(method, address, client, hai_phong):
    answer = client.generic(method, address, "body-of-it", HTTP_X_SECRET="header-of-it")
    assert answer.headers.get("Content-Type") != "message/http"
    assert b"body-of-it" not in answer.content
    assert b"header-of-it" not in answer.content


def test_a_monitor_learns_no_more_than_it_needs(client):
    """Which of its parts fails, in one word; no version, path or message of a library."""
    healthy = {"status": "ok", "database": "ok", "migrations": "ok", "disk": "ok"}
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == healthy
    with connection.execute_wrapper(refuse):
        ill = client.get("/readyz")
    assert ill.status_code == 503
    assert ill.json() == healthy | dict.fromkeys(("database", "migrations"), "failed") | {
        "status": "unavailable"
    }
    for address in ("/metrics", "/debug/", "/__debug__/", "/server-status", "/nginx_status"):
        assert client.get(address, follow=True).status_code == 404
