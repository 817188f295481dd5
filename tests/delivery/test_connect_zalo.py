"""`manage.py connect_zalo`: secrets come by the environment or the standard input, and stay in."""

import io

import pytest
from django.core.management import CommandError, call_command

from alerts.models import ZaloConnection
from tests import zalo_server
from tests.zalo_server import Answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """What stands on the standard input."""
    monkeypatch.delenv("ZALO_APP_SECRET", raising=False)
    monkeypatch.delenv("ZALO_REFRESH_TOKEN", raising=False)

    def type_in(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    return type_in


def connect(*arguments):
    out = io.StringIO()
    call_command("connect_zalo", "hai-phong", *arguments, stdout=out)
    return out.getvalue()


def test_credentials_are_tried_and_kept(zalo, hai_phong, typed):
    given = zalo.grant()
    typed(zalo.secret, given)
    said = connect("--app-id", zalo.app_id, "--mode", "followers")
    one = ZaloConnection.objects.get()
    assert (one.province, one.mode, one.app_id) == (hai_phong, "followers", zalo.app_id)
    assert zalo.refresh_tokens[given] and not zalo.refresh_tokens[one.refresh_token]
    assert one.access_token == zalo.access_token
    assert zalo.secret not in said and given not in said


def test_in_rehearsal_they_are_kept_untried(zalo, hai_phong, typed, settings):
    settings.ZALO_SEND = False
    typed(zalo.secret, "any-token")
    assert "ZALO_SEND" in connect("--app-id", zalo.app_id)
    assert zalo.calls == [] and ZaloConnection.objects.get().refresh_token == "any-token"


def test_they_may_stand_in_the_environment(zalo, hai_phong, typed, monkeypatch):
    monkeypatch.setenv("ZALO_APP_SECRET", zalo.secret)
    monkeypatch.setenv("ZALO_REFRESH_TOKEN", zalo.grant())
    connect("--app-id", zalo.app_id)
    assert ZaloConnection.objects.get().secret == zalo.secret


def test_what_zalo_refuses_is_not_kept(zalo, hai_phong, typed):
    for secret, token in (("wrong", zalo.grant()), (zalo.secret, "wrong")):
        typed(secret, token)
        with pytest.raises(CommandError, match="nothing was stored"):
            connect("--app-id", zalo.app_id)
    zalo.fail(zalo_server.TOKENS, Answer(status=502))
    typed(zalo.secret, zalo.grant())
    with pytest.raises(CommandError, match="502"):
        connect("--app-id", zalo.app_id)
    assert not ZaloConnection.objects.exists()


def test_an_ended_connection_is_mended_with_a_new_token_alone(zalo, hai_phong, connected, typed):
    ZaloConnection.objects.update(is_broken=True, last_error="ended")
    typed("", zalo.grant())
    connect()
    one = ZaloConnection.objects.get()
    assert (one.is_broken, one.last_error, one.secret) == (False, "", zalo.secret)


def test_what_is_missing_is_said(hai_phong, typed):
    typed("secret", "token")
    with pytest.raises(CommandError, match="--app-id"):
        connect()
    typed("", "token")
    with pytest.raises(CommandError, match="secret key"):
        connect("--app-id", "1")
    typed("secret", "")
    with pytest.raises(CommandError, match="refresh token"):
        connect("--app-id", "1")
    with pytest.raises(CommandError, match="no province"):
        call_command("connect_zalo", "khong-co")
    with pytest.raises(CommandError, match="not connected"):
        connect("--disconnect")


def test_it_is_forgotten_when_asked(zalo, hai_phong, connected):
    connect("--disconnect")
    assert not ZaloConnection.objects.exists()
