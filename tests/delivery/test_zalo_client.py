"""The calls to Zalo, against a server that speaks its protocol and makes its errors."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from alerts.delivery.zalo import client as module
from alerts.delivery.zalo.client import BadCredentials, Client, NotReached, Refused, Unclear
from tests import zalo_server
from tests.ports import free_port
from tests.zalo_server import Answer, Follower

ARTICLE = {
    "type": "normal",
    "title": "Thông báo khẩn",
    "author": "CDC",
    "description": "Gọi 115",
    "cover": {"cover_type": "photo", "photo_url": "http://x/1.png", "status": "show"},
    "body": [{"type": "text", "content": "Gọi 115"}],
    "status": "show",
    "comment": "hide",
}


@pytest.fixture
def client():
    client = Client()
    yield client
    client.close()


@pytest.fixture
def token(zalo, client):
    return refresh(zalo, client, zalo.grant()).access_token


def refresh(zalo, client, refresh_token):
    return client.refresh(app_id=zalo.app_id, secret=zalo.secret, refresh_token=refresh_token)


def test_a_refresh_token_gives_new_tokens_once(zalo, client):
    first = refresh(zalo, client, zalo.grant())
    assert first.expires_in == timedelta(hours=25)
    second = refresh(zalo, client, first.refresh_token)
    assert second.access_token != first.access_token
    assert second.refresh_token != first.refresh_token
    with pytest.raises(BadCredentials, match="-14014"):
        refresh(zalo, client, first.refresh_token)
    zalo.is_silent_on_used = True
    with pytest.raises(BadCredentials):
        refresh(zalo, client, first.refresh_token)


def test_wrong_credentials_are_told_apart_from_trouble(zalo, client):
    with pytest.raises(BadCredentials):
        client.refresh(app_id=zalo.app_id, secret="other", refresh_token=zalo.grant())


def test_tokens_without_a_sensible_end_are_kept_for_an_hour(zalo, client):
    body = b'{"access_token": "a", "refresh_token": "r", "expires_in": "soon"}'
    zalo.fail(zalo_server.TOKENS, Answer(body=body))
    assert refresh(zalo, client, zalo.grant()).expires_in == timedelta(hours=1)


def test_an_article_is_made_changed_and_broadcast(zalo, client, token):
    article_id = client.verify_article(token, client.create_article(token, ARTICLE))
    changed = client.update_article(token, article_id, ARTICLE | {"title": "Đính chính"})
    assert client.verify_article(token, changed) == article_id
    assert client.broadcast(token, article_id)
    ((sent, article),) = zalo.broadcasts
    assert (sent, article["title"]) == (article_id, "Đính chính")
    assert zalo.articles == {article_id: ARTICLE | {"title": "Đính chính"}}


def test_followers_are_listed_and_written_to(zalo, client, token):
    zalo.followers = [Follower(f"user-{n}") for n in range(60)]
    first, total = client.followers(token, 0)
    rest, _total = client.followers(token, len(first))
    assert (len(first), total) == (50, 60)
    assert first + rest == [f"user-{n}" for n in range(60)]
    client.send(token, "user-7", "Gọi 115", "http://x/1.png")
    assert zalo.messages == [{"to": "user-7", "text": "Gọi 115", "picture": "http://x/1.png"}]


def test_what_is_left_is_the_sum_of_all_sources(zalo, client, token):
    parts = b'{"error": 0, "data": [{"remain": 3}, {"remain": "4"}, {"remain": -1}]}'
    zalo.fail(zalo_server.QUOTA, Answer(body=parts))
    assert client.quota_left(token) == 7


@pytest.mark.parametrize("code", [-216, -220, -211, -32, -201, -230, -99999])
def test_a_refusal_is_told_by_its_number_and_none_of_zalos_words(code, zalo, client, token):
    zalo.fail(zalo_server.BROADCAST, Answer(error=code))
    with pytest.raises(Refused) as refused:
        client.broadcast(token, "article-1")
    assert refused.value.code == code
    assert str(code) in str(refused.value) and "planned" not in str(refused.value)


BAD = {
    "not JSON": Answer(body=b"<html>maintenance</html>"),
    "cut JSON": Answer(body=b'{"error": 0, "da'),
    "not an object": Answer(body=b"[]"),
    "nothing": Answer(body=b""),
    "no data": Answer(body=b'{"error": 0}'),
    "data of another kind": Answer(body=b'{"error": 0, "data": []}'),
    "an error of another kind": Answer(body=b'{"error": {}, "data": {"message_id": "1"}}'),
    "bytes": Answer(body=b"\xff\xfe\x00"),
    "too long": Answer(body=b'{"error": 0, "x": "' + b"x" * (2 << 20) + b'"}'),
    "redirect": Answer(status=302, headers={"Location": "https://example.com/"}),
    "broken": Answer(status=500),
    "bad gateway": Answer(status=502, body=b"bad gateway"),
    "not found": Answer(status=404),
    "cut": Answer(is_cut=True),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_senseless_answer_leaves_it_unclear(kind, zalo, client, token):
    zalo.fail(zalo_server.BROADCAST, BAD[kind])
    with pytest.raises(Unclear):
        client.broadcast(token, "article-1")
    zalo.fail(zalo_server.FOLLOWERS, BAD[kind])
    with pytest.raises(Unclear):
        client.followers(token, 0)
    zalo.fail(zalo_server.QUOTA, BAD[kind])
    if kind != "data of another kind":
        with pytest.raises(Unclear):
            client.quota_left(token)


@pytest.mark.parametrize("kind", [kind for kind in BAD if kind not in ("nothing",)])
def test_a_senseless_answer_with_tokens_is_no_verdict_on_the_credentials(kind, zalo, client):
    zalo.fail(zalo_server.TOKENS, BAD[kind])
    with pytest.raises(Unclear):
        refresh(zalo, client, zalo.grant())


def test_a_server_that_is_slow_or_drips_is_not_waited_for(zalo, client, token, monkeypatch):
    monkeypatch.setattr(module, "READ", 0.2)
    zalo.fail(zalo_server.BROADCAST, Answer(delay=2))
    began = time.monotonic()
    with pytest.raises(Unclear):
        client.broadcast(token, "article-1")
    assert time.monotonic() - began < 1.5
    monkeypatch.setattr(module, "WHOLE", -1)
    with pytest.raises(Unclear, match="too long"):
        client.followers(token, 0)


def test_a_server_that_is_not_there_has_done_nothing(settings, client):
    settings.ZALO_API_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NotReached):
        client.broadcast("token", "article-1")


def test_a_named_time_is_heard(zalo, client, token):
    later = datetime.now(UTC) + timedelta(hours=2)
    headers = [{"Retry-After": "120"}, {"Retry-After": format_datetime(later)}]
    headers += [{"Retry-After": "bald"}, {}]
    named = []
    for some in headers:
        zalo.fail(zalo_server.BROADCAST, Answer(status=503, headers=some))
        with pytest.raises(Unclear) as unclear:
            client.broadcast(token, "article-1")
        named.append(unclear.value.after)
    assert named[0] == timedelta(minutes=2)
    assert timedelta(minutes=119) < named[1] < timedelta(minutes=121)
    assert named[2:] == [None, None]
