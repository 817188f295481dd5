"""Whoever delivers is killed at any moment: nobody is missed, and twice comes only what was being
handed over when it happened."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database

from alerts.delivery import channels as registry
from alerts.delivery import devices
from alerts.delivery.subscribing import Wishes, subscribe
from alerts.models import Delivery, Notice, Subscription
from portal import clock
from tests import factories, smtp, zalo_server
from tests.delivery.conftest import connection, subscriber, work
from tests.faults import courier
from tests.ports import free_port
from tests.push_service import PushService
from tests.zalo_server import Follower, ZaloServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

# So many get each notice: more than a courier delivers before it is killed.
READERS = 120
FOLLOWERS = 30
EMAIL = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}


@pytest.fixture
def way(request, monkeypatch) -> tuple[str, ...]:
    """The one channel that delivers."""
    chosen = tuple(path for path in registry.CHANNELS if path.split(".")[-2] == request.param)
    monkeypatch.setattr(registry, "CHANNELS", chosen)
    registry.channels.cache_clear()
    yield chosen
    registry.channels.cache_clear()


def killed(
    way: tuple[str, ...], province: Any, kills: int, changes: dict[str, Any], each: int
) -> int:
    """Kills that many couriers while each has something to deliver; how many notices there were,
    of which each makes `each` deliveries."""
    name, happened, notices, seed = database.settings_dict["NAME"], 0, 0, 0
    while happened < kills:
        assert seed < 20 * kills + 20, "the couriers have nothing to do"
        if Delivery.objects.queued().count() < each:
            factories.notice(province, title=f"Thông báo {notices}")
            notices += 1
        happened += courier.kill(database=name, seed=seed, ways=way, changes=changes)
        seed += 1
    assert courier.finish(database=name, ways=way, changes=changes) == 0
    assert not Delivery.objects.queued().exists()
    assert Notice.objects.count() == notices
    return notices


def judge(
    came: Counter, expected: int, kills: int, at_once: int, tell: Callable[..., None], of: str
) -> None:
    """`came` counts what arrived: each of `expected` messages, and how often."""
    missing, again = expected - len(came), came.total() - len(came)
    # No more than what a courier had in its hands, each time.
    assert again <= kills * at_once, f"{again} came twice"
    sent = Delivery.objects.sent().count()
    tell(
        f"workers killed with SIGKILL while they send {of}",
        injected=kills,
        observed=f"{expected} messages, {missing} missing, {again} came twice",
        lost=abs(missing) + (sent != expected if of != "to Zalo's followers" else 0),
    )


@pytest.mark.parametrize("way", ["email"], indirect=True)
def test_e_mail(way, hai_phong, settings, tmp_path, times, tell):
    kills = times(5, 500)
    subscriptions = [subscriber(hai_phong) for _number in range(READERS)]
    with smtp.running(tmp_path, port=free_port()) as server:
        changes = EMAIL | {"EMAIL_PORT": server.port, "DATA_DIR": settings.DATA_DIR}
        notices = killed(way, hai_phong, kills, changes, READERS)
        came = Counter(server.messages())
    # What is repeated has the same Message-ID; everybody has had one of each notice.
    assert set(Counter(address for address, _key in came).values()) == {notices}
    judge(came, notices * len(subscriptions), kills, at_once(), tell, "e-mail")


@pytest.mark.parametrize("way", ["web_push"], indirect=True)
def test_web_push(way, hai_phong, settings, times, tell):
    kills = times(5, 200)
    with PushService() as service:
        settings.PUSH_SERVICES = [service.url]
        phones = [service.device() for _number in range(READERS)]
        with time_machine.travel(clock.now() - timedelta(hours=1)):
            for phone in phones:
                address = devices.device(**phone.form).address
                wishes = Wishes("vi", "information", ())
                subscribe(channel="web_push", province=hai_phong, address=address, wishes=wishes)
        changes = {"PUSH_SERVICES": [service.url], "DATA_DIR": settings.DATA_DIR}
        notices = killed(way, hai_phong, kills, changes, READERS)
        came = Counter(
            (phone.endpoint, message.headers["topic"])
            for phone in phones
            for message in phone.messages
        )
        assert not service.refused
    judge(came, notices * READERS, kills, at_once(), tell, "to browsers")
    assert Subscription.objects.count() == READERS


@pytest.mark.parametrize("way", ["zalo"], indirect=True)
@pytest.mark.parametrize("mode", ["broadcast", "followers"])
def test_zalo(mode, way, hai_phong, settings, times, tell):
    kills = times(3, 150)
    with ZaloServer() as zalo:
        changes = {
            "ZALO_SEND": True, "ZALO_API_URL": zalo.url, "ZALO_OAUTH_URL": zalo.url,
            "DATA_DIR": settings.DATA_DIR,
        }  # fmt: skip
        for name, value in changes.items():
            setattr(settings, name, value)
        connection(zalo, hai_phong, mode=mode)
        zalo.followers = [Follower(f"follower-{number}") for number in range(FOLLOWERS)]
        work()  # fetches the tokens: whoever is killed in that has to connect again, and is told
        notices = killed(way, hai_phong, kills, changes, 1)
        articles = {article_id: one["title"] for article_id, one in zalo.articles.items()}
        if mode == "broadcast":
            came = Counter(articles[article_id] for article_id, _then in zalo.broadcasts)
        else:
            came = Counter((one["to"], one["text"]) for one in zalo.messages)
        assert zalo.called(zalo_server.TOKENS) == 1
    each, of = (1, "broadcasts") if mode == "broadcast" else (FOLLOWERS, "to Zalo's followers")
    judge(came, notices * each, kills, at_once(), tell, of)


def at_once() -> int:
    """How many messages the channel has in its hands at a time."""
    (channel,) = registry.channels().values()
    return channel.at_once
