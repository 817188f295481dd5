"""Workers in processes of their own, as an operator runs them, and a real SMTP server.

What becomes of those that are killed is in tests/faults/test_killed_couriers.py.
"""

import time
from collections import Counter

import pytest
from django.db import connection

from alerts.models import Delivery
from tests import factories, smtp, workers
from tests.delivery.conftest import subscriber
from tests.ports import free_port

# In one group with the browsers: each takes much of the machine.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


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


def test_several_workers_at_once_send_everything_once(hai_phong, tmp_path):
    everybody = make(hai_phong, 300)
    factories.notice(hai_phong)
    with smtp.running(tmp_path, port=free_port()) as server:
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
    with smtp.running(tmp_path, port=free_port()) as server:
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
    alone = workers.start("--once", email_url=f"smtp://127.0.0.1:{free_port()}", log=log)
    assert alone.wait(60) == 1
    assert "not reached: email" in log.read_text() and "Traceback" not in log.read_text()
