"""Workers in processes of their own, killed with kill -9 while they call Zalo."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database

from alerts.models import Delivery, ZaloFollower
from tests import factories, workers, zalo_server
from tests.delivery.conftest import connection, subscriber, withdraw, work
from tests.zalo_server import Follower

# In one group with the browsers: each takes much of the machine.
WAYS = ("zalo",)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def start(zalo, log, *arguments):
    return workers.start(
        "--once", *arguments, email_url="memorymail://", log=log,
        ZALO_SEND="1", ZALO_API_URL=zalo.url, ZALO_OAUTH_URL=zalo.url,
        ZALO_MESSAGES_PER_SECOND="0",
    )  # fmt: skip


class Kill:
    """Kills the worker when a path is called for the `number`th time."""

    def __init__(self, zalo, path, number=1):
        self.zalo, self.path, self.left = zalo, path, number
        self.worker, self.happened = None, threading.Event()
        zalo.before[path] = self

    def __call__(self):
        self.left -= 1
        if self.left == 0:
            # Zalo has the call and does what is asked; whoever asked is not there any more.
            self.worker.kill()
            self.worker.wait()
            self.happened.set()

    def run(self, log):
        self.worker = start(self.zalo, log)
        assert self.happened.wait(60), log.read_text()
        self.worker.wait()
        self.zalo.before.clear()


STEPS = [zalo_server.CREATE, zalo_server.VERIFY, zalo_server.UPDATE, zalo_server.BROADCAST]


@pytest.mark.parametrize("step", STEPS)
def test_only_the_call_under_way_is_repeated(step, zalo, connected, hai_phong, tmp_path):
    factories.notice(hai_phong)
    Kill(zalo, step).run(tmp_path / "log")
    assert Delivery.objects.get(channel="zalo").state == "queued"
    last = start(zalo, tmp_path / "log")
    assert last.wait(60) == 0, (tmp_path / "log").read_text()
    assert Delivery.objects.get(channel="zalo").state == "sent"
    shown = [one for one in zalo.articles.values() if one["status"] == "show"]
    assert len(shown) == 1
    assert len(zalo.articles) == (2 if step == zalo_server.CREATE else 1)
    assert len(zalo.broadcasts) == (2 if step == zalo_server.BROADCAST else 1)


def test_a_worker_killed_among_followers_misses_nobody(zalo, hai_phong, tmp_path):
    connection(zalo, hai_phong, mode="followers")
    zalo.followers = [Follower(f"follower-{n}") for n in range(90)]
    factories.notice(hai_phong)
    Kill(zalo, zalo_server.FOLLOWERS, 2).run(tmp_path / "log")
    Kill(zalo, zalo_server.MESSAGE, 31).run(tmp_path / "log")
    last = start(zalo, tmp_path / "log")
    assert last.wait(60) == 0, (tmp_path / "log").read_text()
    counted = Counter(one["to"] for one in zalo.messages)
    assert len(counted) == 90
    assert [one for one, times in counted.items() if times > 1] == ["follower-30"]
    assert not ZaloFollower.objects.exists()


def test_several_workers_send_each_broadcast_once(zalo, connected, hai_phong, tmp_path):
    for number in range(6):
        factories.notice(hai_phong, title=f"Tin {number}")
    subscriber(hai_phong)
    log = tmp_path / "log"
    started = [start(zalo, log) for _ in range(3)]
    assert [one.wait(90) for one in started] == [0, 0, 0], log.read_text()
    titles = sorted(article["title"][-5:] for _id, article in zalo.broadcasts)
    assert titles == [f"Tin {number}" for number in range(6)]
    assert zalo.called(zalo_server.TOKENS) == 1
    assert not Delivery.objects.queued().exists()


def test_a_pair_that_a_killed_worker_lost_ends_the_connection_and_says_so(
    zalo, connected, hai_phong, tmp_path
):
    factories.notice(hai_phong)
    log = tmp_path / "log"
    Kill(zalo, zalo_server.TOKENS).run(log)
    assert start(zalo, log).wait(60) == 0
    connected.refresh_from_db()
    assert connected.is_broken and "connect_zalo" in log.read_text()
    assert Delivery.objects.get(channel="zalo").state == "queued"


def test_a_withdrawal_approved_while_the_broadcast_is_under_way_comes_after_it(
    zalo, connected, hai_phong
):
    notice = factories.notice(hai_phong)
    reached, go = threading.Event(), threading.Event()

    def hold():
        reached.set()
        go.wait(20)

    def worked():
        try:
            work()
        finally:
            database.close()

    zalo.before[zalo_server.BROADCAST] = hold
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(worked)
        assert reached.wait(20)
        withdraw(notice)
        second = pool.submit(worked)
        time.sleep(1)
        assert not second.done() and zalo.broadcasts == []
        go.set()
        first.result(30), second.result(30)
    assert list(Delivery.objects.order_by("pk").values_list("state", "kind")) == [
        ("sent", "new"),
        ("sent", "withdrawal"),
    ]
    assert [article["title"].split(": ")[0] for _id, article in zalo.broadcasts] == [
        "[Hải Phòng] Thông báo khẩn",
        "[Hải Phòng] Đã gỡ",
    ]
