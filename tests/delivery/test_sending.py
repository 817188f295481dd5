"""Order, limits, trying again and giving up."""

import logging
from datetime import timedelta

import pytest
import time_machine

from alerts.delivery import limits, sending
from alerts.delivery.channels import Dead, Gone, Later, Sent, Unreachable
from alerts.delivery.fan_out import fan_out
from alerts.delivery.sending import MOST_ATTEMPTS, Slice, backoff
from alerts.delivery.worker import Worker
from alerts.models import Delivery, Subscription
from portal import clock
from tests import factories
from tests.delivery.conftest import subscriber

pytestmark = pytest.mark.django_db


class Scripted:
    """A channel that answers what it is told to, and keeps what it was given."""

    name = "email"
    is_broadcast = False
    at_once = 1

    def __init__(self, answer=lambda message: Sent()):
        self.answer = answer
        self.sent = []

    def render(self, announcement, delivery):
        return announcement.title, delivery.subscription.address

    def send(self, messages):
        outcomes = []
        for message in messages:
            outcome = self.answer(message)
            if isinstance(outcome, BaseException):
                raise outcome
            self.sent.append(message)
            outcomes.append(outcome)
        return outcomes

    def close(self):
        pass

    @property
    def titles(self):
        return [title for title, _address in self.sent]


def send(channel, seconds=60):
    return Slice(channel, seconds).run()


@pytest.fixture
def waiting(hai_phong):
    """One delivery that waits."""
    subscriber(hai_phong)
    factories.notice(hai_phong)
    list(fan_out())
    return Delivery.objects.get()


def test_urgent_before_important_before_information_and_the_oldest_first(hai_phong):
    subscriber(hai_phong)
    subscriber(hai_phong)
    with time_machine.travel(clock.now(), tick=False) as time:
        for severity in ("information", "urgent", "important", "urgent", "information"):
            time.shift(timedelta(minutes=1))
            minute = clock.now().minute
            factories.notice(hai_phong, severity=severity, title=f"{severity} {minute}")
        list(fan_out())
        channel = Scripted()
        send(channel)
    order = list(dict.fromkeys(channel.titles))
    assert [title.split()[0] for title in order] == [
        "urgent", "urgent", "important", "information", "information",
    ]  # fmt: skip
    assert len(channel.titles) == 10
    for severity in ("urgent", "information"):
        first, second = (int(t.split()[1]) for t in order if t.startswith(severity))
        assert (second - first) % 60 in {2, 4}


def test_failures_are_tried_again_later_and_later_until_it_is_given_up(waiting):
    with time_machine.travel(clock.now(), tick=False) as time:
        channel = Scripted(lambda message: Later("the mail server answered 451"))
        waits = []
        for attempt in range(1, MOST_ATTEMPTS):
            send(channel)
            waiting.refresh_from_db()
            assert (waiting.state, waiting.attempts) == ("queued", attempt)
            waits.append(waiting.not_before - clock.now())
            time.move_to(waiting.not_before - timedelta(seconds=1))
            send(channel)
            assert len(channel.sent) == attempt, "it was tried before its time"
            time.move_to(waiting.not_before)
        send(channel)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("dead", MOST_ATTEMPTS)
    assert waiting.last_error == "the mail server answered 451"
    assert all(later > earlier for earlier, later in zip(waits, waits[2:], strict=False))
    assert timedelta(hours=4) < sum(waits, timedelta()) < timedelta(hours=7)


def test_the_wait_is_spread_and_has_a_longest():
    waits = {backoff(3) for _ in range(50)}
    assert len(waits) > 40
    assert min(waits) >= timedelta(minutes=2) and max(waits) <= timedelta(minutes=3)
    assert backoff(30) <= 1.5 * sending.LONGEST_WAIT


def test_a_receiver_that_names_a_time_is_obeyed(waiting):
    with time_machine.travel(clock.now(), tick=False):
        send(Scripted(lambda message: Later("slow down", timedelta(hours=3))))
        waiting.refresh_from_db()
        assert waiting.not_before == clock.now() + timedelta(hours=3)


def test_what_can_never_be_sent_is_given_up_at_once(waiting):
    send(Scripted(lambda message: Dead("the mail server answered 550 5.1.1")))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("dead", 1)


def test_a_subscriber_who_is_gone_is_forgotten(waiting, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(Scripted(lambda message: Gone()))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.subscription_id) == ("dead", None)
    assert not Subscription.objects.exists()


def test_a_channel_that_is_not_reached_costs_no_message_an_attempt(waiting):
    said = []
    channel = Scripted(lambda message: Unreachable("the mail server does not answer: timeout"))
    worker = Worker([channel], said.append)
    worker.run(once=True)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    assert worker.unreachable == ["email"]
    assert any("does not answer" in line for line in said)


def test_a_message_that_breaks_the_channel_holds_up_no_other(hai_phong, caplog):
    bad, good = subscriber(hai_phong), subscriber(hai_phong)
    factories.notice(hai_phong)
    list(fan_out())
    broken = ValueError(f"cannot send to {bad.address}")
    channel = Scripted(lambda message: broken if message[1] == bad.address else Sent())
    with caplog.at_level(logging.DEBUG):
        send(channel)
    assert [address for _title, address in channel.sent] == [good.address]
    failed = Delivery.objects.get(subscription=bad)
    assert failed.attempts == 1 and "ValueError" in failed.last_error
    assert bad.address not in caplog.text + failed.last_error


def test_an_address_that_no_key_opens_is_given_up_without_telling_it(waiting, caplog, settings):
    settings.SUBSCRIPTION_KEYS = ["another-key-0123456789-0123456789-0123456789"]
    send(Scripted())
    waiting.refresh_from_db()
    assert waiting.state == "dead" and "SUBSCRIPTION_KEYS" in waiting.last_error


def test_what_is_over_is_not_sent_any_more(waiting):
    channel = Scripted()
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        send(channel)
    waiting.refresh_from_db()
    assert channel.sent == [] and waiting.state == "dead"
    assert waiting.last_error == "not current any more"


def test_who_leaves_while_a_message_waits_gets_none(waiting):
    from alerts.delivery import subscribing

    subscribing.forget(waiting.subscription_id)
    channel = Scripted()
    send(channel)
    assert channel.sent == [] and not Delivery.objects.exists()


def test_a_stopped_worker_sends_the_message_in_hand_and_no_other(hai_phong, subscribers):
    subscribers(5)
    factories.notice(hai_phong)
    list(fan_out())
    worker = Worker([], print)
    channel = Scripted(lambda message: worker.stop() or Sent())
    worker.channels = [channel]
    worker.run()
    assert len(channel.sent) == 1
    assert Delivery.objects.sent().count() == 1


# --- limits


def test_no_more_is_granted_than_the_rate_allows(settings):
    settings.DELIVERY_RATES = {"email": 5}
    with time_machine.travel(clock.now(), tick=False) as time:
        granted = 0
        for _ in range(100):
            granted += limits.granted("email", 100)
            time.shift(timedelta(milliseconds=100))
    assert 48 <= granted <= 52


def test_what_was_not_used_is_not_saved_up(settings):
    settings.DELIVERY_RATES = {"email": 5}
    with time_machine.travel(clock.now(), tick=False) as time:
        limits.granted("email", 100)
        time.shift(timedelta(hours=1))
        assert limits.granted("email", 100) == 5


def test_what_was_granted_and_not_needed_is_given_back(settings):
    settings.DELIVERY_RATES = {"email": 5}
    with time_machine.travel(clock.now(), tick=False) as time:
        limits.granted("email", 1)
        time.shift(timedelta(seconds=1))
        assert limits.granted("email", 4) == 4
        limits.give_back("email", 3)
        assert limits.granted("email", 9) == 4


def test_a_limited_channel_sends_at_its_rate(hai_phong, settings, subscribers):
    settings.DELIVERY_RATES = {"email": 3}
    subscribers(7)
    factories.notice(hai_phong)
    with time_machine.travel(clock.now(), tick=False) as time:
        list(fan_out())
        channel, counts = Scripted(), []
        for _ in range(4):
            time.shift(timedelta(seconds=1))
            send(channel)
            counts.append(len(channel.sent))
    assert counts == [1, 4, 7, 7]


def test_what_the_limit_leaves_over_is_not_for_the_less_urgent(
    hai_phong, settings, subscribers, monkeypatch
):
    settings.DELIVERY_RATES = {"email": 2}
    subscribers(4)
    factories.notice(hai_phong, severity="information", title="sau")
    factories.notice(hai_phong, severity="urgent", title="trước")
    list(fan_out())
    left = iter([2, 0, 1])  # as if time went on within the slice
    monkeypatch.setattr(limits, "granted", lambda channel, wanted: min(wanted, next(left)))
    channel = Scripted()
    channel.at_once = 2
    send(channel)
    assert channel.titles == ["trước", "trước"]


def test_a_worker_waits_for_the_limit_and_misses_nobody(hai_phong, settings, subscribers):
    settings.DELIVERY_RATES = {"email": 50}
    subscribers(20)
    factories.notice(hai_phong)
    channel = Scripted()
    Worker([channel], print).run(once=True)
    assert len(channel.sent) == 20


def test_a_channel_without_a_limit_has_none(settings):
    settings.DELIVERY_RATES = {"email": 0}
    assert limits.granted("email", 10_000) == 10_000
