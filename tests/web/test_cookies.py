"""Every cookie, as browsers get it behind HTTPS: bound to the host, and closed to scripts."""

import pytest

from portal.publishing.roles import ADMINISTRATOR, AUTHOR
from tests import factories

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"


@pytest.fixture
def behind_https(settings) -> None:
    """What an https:// PUBLIC_BASE_URL brings; that it does is shown in test_headers.py."""
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def test_every_cookie_is_bound_to_the_host_and_closed_to_scripts(behind_https, client, author):
    client.get(LOGIN, secure=True)
    data = {"username": "author", "password": factories.PASSWORD}
    client.post(LOGIN, data, secure=True)
    assert set(client.cookies) == {"__Host-session", "__Host-csrf"}
    for cookie in client.cookies.values():
        assert cookie["secure"] and cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert cookie["path"] == "/" and not cookie["domain"]
        assert len(cookie.OutputString()) < 4096


@pytest.mark.django_db(transaction=True)
def test_messages_stay_on_the_server(divisions, client, hai_phong):
    """Some hold the link by which an officer sets a password."""
    client.force_login(factories.officer("administrator", ADMINISTRATOR, hai_phong))
    invited = factories.officer("invited", AUTHOR, hai_phong)
    data = {"action": "send_link", "_selected_action": [invited.pk]}
    answer = client.post("/admin/publishing/officer/", data)
    assert "messages" not in answer.cookies
    assert "/set-password/" in client.get("/admin/publishing/officer/").content.decode()
