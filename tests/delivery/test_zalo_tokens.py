"""Tokens of one use: never used twice, never lost without a word, never shown."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
import time_machine
from django.db import connection as database
from django.db import transaction

from alerts.delivery import sealing
from alerts.delivery.channels.zalo import ZaloChannel
from alerts.delivery.zalo import tokens
from alerts.delivery.zalo.account import Account
from alerts.delivery.zalo.client import BadCredentials, Client, Unclear
from alerts.models import ZaloConnection
from portal import clock
from tests import zalo_server
from tests.delivery.conftest import connection
from tests.zalo_server import Answer

pytestmark = pytest.mark.django_db
WAYS = ("zalo",)


def token(connected, client=None, **more):
    return tokens.access_token(connected.pk, client or Client(), **more)


def test_a_token_is_used_until_shortly_before_its_end(zalo, connected):
    with time_machine.travel(clock.now(), tick=False) as time:
        first = token(connected)
        time.shift(timedelta(hours=24, minutes=50))
        assert token(connected) == first
        time.shift(timedelta(minutes=6))
        second = token(connected)
    assert second == zalo.access_token != first
    assert zalo.called(zalo_server.TOKENS) == 2


def test_a_token_that_zalo_refuses_is_renewed_once(zalo, connected):
    account = Account(connected.pk, Client())
    account.call(lambda token: account.client.followers(token, 0))
    zalo.expire()
    assert account.call(lambda token: account.client.followers(token, 0)) == ([], 0)
    assert zalo.called(zalo_server.TOKENS) == 2


@pytest.mark.parametrize("code", [-216, -220])
def test_a_token_that_is_refused_again_is_not_renewed_for_ever(code, zalo, connected):
    zalo.fail(zalo_server.FOLLOWERS, Answer(error=code), Answer(error=code))
    account = Account(connected.pk, Client())
    with pytest.raises(Exception, match=str(code)):
        account.call(lambda token: account.client.followers(token, 0))
    assert zalo.called(zalo_server.TOKENS) == 2


def test_who_comes_second_takes_the_token_that_was_just_renewed(zalo, connected):
    old = token(connected)
    zalo.expire()
    fresh = token(connected, not_this=old)
    assert token(connected, not_this=old) == fresh
    assert zalo.called(zalo_server.TOKENS) == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_use_the_same_refresh_token(zalo, connected):
    old = token(connected)
    zalo.expire()
    zalo.before[zalo_server.TOKENS] = lambda: sleep(0.5)

    def renewed(_number):
        try:
            return tokens.access_token(connected.pk, Client(), not_this=old)
        finally:
            database.close()

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(renewed, range(2)))
    assert got == [zalo.access_token] * 2
    assert zalo.called(zalo_server.TOKENS) == 2, "once at the start, once for both"
    connected.refresh_from_db()
    assert not connected.is_broken


@pytest.mark.django_db(transaction=True)
def test_a_new_pair_is_committed_before_it_is_used(zalo, connected):
    """Another connection to the database sees it at the moment of the first call."""
    seen = []

    def look():
        seen.append(ZaloConnection.objects.get(pk=connected.pk).access_token)
        database.close()

    zalo.before[zalo_server.FOLLOWERS] = look
    account = Account(connected.pk, Client())
    account.call(lambda token: account.client.followers(token, 0))
    assert seen == [zalo.access_token]


@pytest.mark.django_db(transaction=True)
def test_it_is_not_renewed_within_a_transaction_that_could_be_undone(zalo, connected):
    with pytest.raises(RuntimeError), transaction.atomic():
        token(connected)
    assert zalo.calls == []


def test_a_pair_that_was_lost_on_the_way_is_noticed_and_mended(zalo, connected, caplog):
    zalo.fail(zalo_server.TOKENS, Answer(is_cut=True, is_done=True))
    with pytest.raises(Unclear):
        token(connected)
    with pytest.raises(BadCredentials), caplog.at_level(logging.ERROR):
        token(connected)
    connected.refresh_from_db()
    assert connected.is_broken and "-14014" in connected.last_error
    assert "connect_zalo" in caplog.text
    asked = zalo.called(zalo_server.TOKENS)
    with pytest.raises(BadCredentials):
        token(connected)
    assert zalo.called(zalo_server.TOKENS) == asked, "a token that is over is not tried again"
    connected.renew(zalo.grant())
    connected.save()
    assert token(connected) == zalo.access_token


def test_trouble_at_zalo_does_not_end_a_connection(zalo, connected):
    zalo.fail(zalo_server.TOKENS, Answer(status=500), Answer(body=b"?"))
    for _ in range(2):
        with pytest.raises(Unclear):
            token(connected)
    connected.refresh_from_db()
    assert not connected.is_broken
    assert token(connected) == zalo.access_token


def test_nothing_of_it_can_be_read_in_the_database_or_the_log(zalo, connected, caplog):
    given = connected.refresh_token
    with caplog.at_level(logging.DEBUG):
        access = token(connected)
        zalo.fail(zalo_server.TOKENS, Answer(error=-14014))
        with pytest.raises(BadCredentials) as refused:
            token(connected, not_this=access)
    connected.refresh_from_db()
    stored = str(ZaloConnection.objects.values().get())
    for secret in (given, access, zalo.secret, connected.refresh_token):
        assert secret not in stored + caplog.text + str(refused.value) + repr(connected)


def test_a_new_key_seals_it_anew(zalo, connected, settings):
    token(connected)
    old = settings.SUBSCRIPTION_KEYS
    new = ["a-new-key-0123456789-0123456789-0123456789-0123"]
    settings.SUBSCRIPTION_KEYS = [*new, *old]
    assert tokens.reseal() == 1
    settings.SUBSCRIPTION_KEYS = new
    connected.refresh_from_db()
    assert (connected.secret, connected.access_token) == (zalo.secret, zalo.access_token)
    assert not zalo.refresh_tokens[connected.refresh_token]
    settings.SUBSCRIPTION_KEYS = ["no-key-that-was-0123456789-0123456789-0123456789"]
    with pytest.raises(sealing.Unreadable):
        tokens.reseal()


def test_an_account_that_is_silent_for_long_is_kept(zalo, connected, settings):
    channel = ZaloChannel()
    with time_machine.travel(clock.now(), tick=False) as time:
        token(connected)
        time.shift(timedelta(days=29))
        channel.look_after()
        assert zalo.called(zalo_server.TOKENS) == 1
        time.shift(timedelta(days=2))
        settings.ZALO_SEND = False
        channel.look_after()
        assert zalo.called(zalo_server.TOKENS) == 1, "in rehearsal nothing is called"
        settings.ZALO_SEND = True
        channel.look_after()
        channel.look_after()
        assert zalo.called(zalo_server.TOKENS) == 2
        connected.refresh_from_db()
        assert connected.refresh_expires_at - clock.now() == timedelta(days=89)


def test_trouble_while_it_is_kept_is_noted_and_not_tried_every_minute(zalo, connected):
    channel = ZaloChannel()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False) as time:
        zalo.fail(zalo_server.TOKENS, Answer(status=500))
        channel.look_after()
        time.shift(timedelta(minutes=1))
        channel.look_after()
        connected.refresh_from_db()
        assert zalo.called(zalo_server.TOKENS) == 1 and "500" in connected.last_error
        time.shift(timedelta(hours=7))
        channel.look_after()
        assert zalo.called(zalo_server.TOKENS) == 2


def test_an_end_that_is_near_is_said_once_a_day(zalo, connected, binh_duong, caplog, settings):
    settings.ZALO_SEND = False
    connection(zalo, binh_duong)
    ends = connected.refresh_expires_at
    channel = ZaloChannel()
    with time_machine.travel(ends - timedelta(days=20), tick=False) as time:
        ZaloConnection.objects.exclude(pk=connected.pk).update(
            refresh_expires_at=clock.now() + timedelta(days=80)
        )
        channel.look_after()
        assert caplog.text == ""
        time.shift(timedelta(days=7))
        for _ in range(3):
            channel.look_after()
            time.shift(timedelta(minutes=1))
        assert caplog.text.count("hai-phong") == 1 and "binh-duong" not in caplog.text
        time.shift(timedelta(days=1))
        channel.look_after()
        assert caplog.text.count("hai-phong") == 2
