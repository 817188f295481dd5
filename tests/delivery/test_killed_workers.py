"""Workers in processes of their own, killed with kill -9, and a real SMTP server."""

import random
import time
from collections import Counter

import pytest
from django.db import connection

from alerts.models import Delivery
from tests import factories, smtp, workers
from tests.delivery.conftest import subscriber

# In one group with the browsers: each takes much of the machine.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

SUBSCRIBERS = 2000
KILLS = 3


def make(province, number):
    """So many confirmed subscribers, at once."""
    first = subscriber(province)
    rows = []
    for position in range(number):
        row = type(first)(
            channel="email",
            province=province,
            language="vi",
            asked_at=first.asked_at,
            confirmed_at=first.confirmed_at,
        )
        row.address = f"resident-of-{position}@example.com"
        rows.append(row)
    first.delete()
    type(first).objects.bulk_create(rows)
    return {f"resident-of-{position}@example.com" for position in range(number)}


def wait_for(condition, process, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.01)


def test_killed_three_times_nobody_is_missed_and_only_what_was_in_flight_comes_twice(
    hai_phong, tmp_path
):
    everybody = make(hai_phong, SUBSCRIBERS)
    factories.notice(hai_phong)
    log, chance = tmp_path / "log", random.Random(7)
    with smtp.running(tmp_path, port=smtp.free_port()) as server:
        for kill in range(KILLS):
            worker = workers.start("--once", email_url=server.url, log=log)
            goal = SUBSCRIBERS * (kill + 1) // (KILLS + 2) + chance.randrange(50)
            wait_for(lambda goal=goal: server.accepted >= goal, worker)
            worker.kill()
            worker.wait()
        last = workers.start("--once", email_url=server.url, log=log)
        assert last.wait(300) == 0, log.read_text()
        accepted = server.messages()
    times = Counter(address for address, _key in accepted)
    assert times.keys() == everybody
    assert len(accepted) - len(times) <= KILLS
    assert len(set(accepted)) == len(times), "what was repeated has the same Message-ID"
    assert Delivery.objects.sent().count() == SUBSCRIBERS
    assert "@example.com" not in log.read_text()


def test_several_workers_at_once_send_everything_once(hai_phong, tmp_path):
    everybody = make(hai_phong, 300)
    factories.notice(hai_phong)
    with smtp.running(tmp_path, port=smtp.free_port()) as server:
        some = [
            workers.start("--once", email_url=server.url, log=tmp_path / f"log-{number}")
            for number in range(3)
        ]
        assert [worker.wait(300) for worker in some] == [0, 0, 0]
        accepted = server.messages()
    assert Counter(address for address, _key in accepted) == dict.fromkeys(everybody, 1)
    if connection.vendor == "postgresql":
        assert Delivery.objects.sent().count() == 300


def test_a_worker_that_is_asked_to_stop_ends_well(hai_phong, tmp_path):
    make(hai_phong, 500)
    factories.notice(hai_phong)
    log = tmp_path / "log"
    with smtp.running(tmp_path, port=smtp.free_port()) as server:
        worker = workers.start(email_url=server.url, log=log)
        wait_for(lambda: server.accepted > 20, worker)
        worker.terminate()
        assert worker.wait(60) == 0
        accepted = server.accepted
    assert Delivery.objects.sent().count() == accepted < 500
    assert "stopped" in log.read_text()


def test_what_cannot_work_is_told_in_one_line(hai_phong, tmp_path):
    log = tmp_path / "log"
    wrong = workers.start("--channel", "pigeon", email_url="smtp://127.0.0.1:9", log=log)
    assert wrong.wait(60) == 2
    assert "there is no channel “pigeon”; there are: email" in log.read_text()
    make(hai_phong, 1)
    factories.notice(hai_phong)
    log.write_text("")
    alone = workers.start("--once", email_url=f"smtp://127.0.0.1:{smtp.free_port()}", log=log)
    assert alone.wait(60) == 1
    assert "not reached: email" in log.read_text() and "Traceback" not in log.read_text()
