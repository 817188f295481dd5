"""Who is sent what, and what takes the place of what still waits."""

import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from alerts.delivery import fan_out as module
from alerts.delivery.channels.email import EmailChannel
from alerts.delivery.fan_out import fan_out
from alerts.models import Delivery, Dispatch, Notice
from alerts.models.delivery import DeliveryQuerySet
from locations.models import Division
from portal import clock
from tests import factories
from tests.delivery.conftest import revise, subscriber, withdraw, work

pytestmark = pytest.mark.django_db


def made(**where):
    """Who has which deliveries: address, kind and state, in the order of making."""
    deliveries = Delivery.objects.filter(**where).order_by("pk").select_related("subscription")
    return [(one.subscription.address, one.kind, one.state) for one in deliveries]


def received(outbox):
    """Who received which label of subject, in order."""
    labels = {"Đính chính": "correction", "Đã gỡ": "withdrawal"}
    found = []
    for message in outbox:
        subject = str(message_of(message)["Subject"])
        kind = next((kind for label, kind in labels.items() if label in subject), "new")
        found.append((message.to[0], kind))
    return found


def message_of(message):
    from email import message_from_bytes
    from email.policy import default

    return message_from_bytes(message.data, policy=default)


def run():
    return list(fan_out())


def hold_back(subscription):
    """What waits for the subscriber is not due for an hour."""
    waiting = Delivery.objects.filter(subscription=subscription)
    waiting.update(not_before=clock.now() + timedelta(hours=1))


def test_everybody_who_has_confirmed_in_the_province_gets_one(hai_phong, binh_duong):
    there = subscriber(hai_phong)
    subscriber(binh_duong)
    unconfirmed = subscriber(hai_phong)
    unconfirmed.confirmed_at = None
    unconfirmed.save()
    factories.notice(hai_phong)
    run()
    run()
    assert made() == [(there.address, "new", "queued")]


def test_who_confirmed_after_it_was_public_gets_only_what_comes_next(hai_phong):
    with time_machine.travel(clock.now(), tick=False) as time:
        notice = factories.notice(hai_phong)
        time.shift(timedelta(seconds=1))
        late = subscriber(hai_phong)
        late.confirmed_at = clock.now()
        late.save()
        run()
        assert made() == []
        time.shift(timedelta(seconds=1))
        revise(notice, body="Thêm")
        run()
    assert made() == [(late.address, "new", "queued")]


@pytest.mark.parametrize("minimum", Notice.Severity.values)
@pytest.mark.parametrize("severity", Notice.Severity.values)
def test_what_is_less_urgent_than_wanted_is_not_sent(minimum, severity, hai_phong):
    subscriber(hai_phong, minimum=minimum)
    factories.notice(hai_phong, severity=severity)
    run()
    order = Notice.Severity.values
    assert Delivery.objects.count() == (order.index(severity) <= order.index(minimum))


@pytest.fixture
def wards(hai_phong):
    """Two wards of one district, and one of another."""
    districts = hai_phong.division.children.districts().filter(valid_to__isnull=False)
    first, second = [d for d in districts.order_by("pk") if d.children.count() > 1][:2]
    return [*first.children.order_by("pk")[:2], second.children.order_by("pk")[0]]


@pytest.mark.parametrize(
    ("place", "chosen", "is_sent"),
    [
        ("ward 0", ["ward 0"], True),
        ("ward 0", ["ward 1"], False),
        ("ward 0", ["ward 1", "ward 0"], True),
        ("ward 0", ["district 0"], True),
        ("ward 0", ["district 2"], False),
        ("district 0", ["ward 0"], True),
        ("district 0", ["district 0"], True),
        ("district 0", ["ward 2"], False),
        ("nowhere known", ["ward 2"], True),
        ("no place", ["ward 2"], True),
        ("a flight", ["ward 2"], True),
        ("ward 0 and a flight", ["ward 2"], True),
        ("ward 0 and nowhere known", ["ward 2"], True),
        ("ward 0", [], True),
    ],
)
def test_wards_decide_if_the_notice_is_about_some(place, chosen, is_sent, hai_phong, wards):
    def unit(name) -> Division:
        level, _space, number = name.partition(" ")
        return wards[int(number)] if level == "ward" else wards[int(number)].parent

    subscriber(hai_phong, units=[unit(name) for name in chosen])
    places, flights = [], []
    for part in place.split(" and "):
        if part == "a flight":
            flights.append(factories.flight(hai_phong))
        elif part == "nowhere known":
            places.append(factories.location(hai_phong, name="Không rõ"))
        elif part != "no place":
            places.append(factories.location(hai_phong, **{part.split()[0]: unit(part)}))
    factories.notice(hai_phong, locations=places, flights=flights)
    run()
    assert Delivery.objects.exists() is is_sent


def test_nothing_is_made_before_an_embargo_ends(hai_phong, outbox):
    subscriber(hai_phong)
    opens = clock.now() + timedelta(hours=2)
    factories.notice(hai_phong, publish_from=opens)
    with time_machine.travel(opens - timedelta(seconds=1), tick=False):
        work()
        assert not Delivery.objects.exists()
    with time_machine.travel(opens, tick=False):
        work()
    assert len(outbox) == 1


def test_what_was_withdrawn_or_changed_under_embargo_is_told_as_it_is_in_the_end(hai_phong, outbox):
    one = subscriber(hai_phong)
    opens = clock.now() + timedelta(hours=2)
    gone = factories.notice(hai_phong, title="Sẽ bị gỡ", publish_from=opens)
    changed = factories.notice(hai_phong, title="Sẽ đổi", publish_from=opens)
    withdraw(gone)
    revise(changed, title="Đã đổi")
    with time_machine.travel(opens + timedelta(minutes=1), tick=False):
        work()
    assert received(outbox) == [(one.address, "new")]
    assert "Đã đổi" in message_of(outbox[0])["Subject"]


# --- what comes while an earlier version waits


def test_a_correction_takes_the_place_of_what_waits_as_a_first_message(hai_phong, outbox):
    one = subscriber(hai_phong)
    notice = factories.notice(hai_phong)
    run()
    revise(notice, action="Ở nhà và gọi 1900 9095.")
    work()
    assert made() == [(one.address, "new", "replaced"), (one.address, "new", "sent")]
    assert received(outbox) == [(one.address, "new")]
    assert "Ở nhà và gọi 1900 9095." in message_of(outbox[0]).get_body(("plain",)).get_content()


def test_who_had_the_first_gets_the_correction_and_who_had_not_gets_it_as_new(hai_phong, outbox):
    had, had_not = subscriber(hai_phong), subscriber(hai_phong)
    notice = factories.notice(hai_phong)
    run()
    Delivery.objects.filter(subscription=had_not).update(
        not_before=clock.now() + timedelta(hours=1)
    )
    work()
    revise(notice, body="Sửa")
    work()
    assert received(outbox) == [
        (had.address, "new"),
        (had.address, "correction"),
        (had_not.address, "new"),
    ]


def test_a_withdrawal_reaches_only_whom_the_notice_has_reached(hai_phong, outbox):
    had, had_not = subscriber(hai_phong), subscriber(hai_phong)
    notice = factories.notice(hai_phong)
    run()
    Delivery.objects.filter(subscription=had_not).update(
        not_before=clock.now() + timedelta(hours=1)
    )
    work()
    withdraw(notice)
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        work()
    assert received(outbox) == [(had.address, "new"), (had.address, "withdrawal")]
    assert Counter(state for *_, state in made()) == {"sent": 2, "replaced": 1}


def test_a_withdrawal_before_anything_was_made_leaves_nothing_to_send(hai_phong, outbox):
    subscriber(hai_phong)
    withdraw(factories.notice(hai_phong))
    work()
    assert outbox == [] and made() == []
    assert set(Dispatch.objects.values_list("kind", "state")) == {
        ("new", "replaced"),
        ("withdrawal", "done"),
    }


def test_who_was_told_is_told_of_the_change_even_if_it_is_not_what_they_wanted(hai_phong, outbox):
    one = subscriber(hai_phong, minimum="urgent")
    notice = factories.notice(hai_phong)
    work()
    revise(notice, severity="information")
    work()
    assert received(outbox) == [(one.address, "new"), (one.address, "correction")]


def test_a_change_that_was_taken_back_before_it_was_sent_is_not_told(hai_phong, outbox):
    one = subscriber(hai_phong)
    notice = factories.notice(hai_phong)
    work()
    revise(notice, body="Nhầm")
    revise(notice, body="")
    work()
    assert received(outbox) == [(one.address, "new")]


def test_a_correction_tells_everything_since_the_last_message(hai_phong, outbox):
    subscriber(hai_phong)
    notice = factories.notice(hai_phong, action="Việc một.", body="Ai một.")
    work()
    revise(notice, action="Việc hai.")
    run()  # waits, and is replaced
    revise(notice, body="Ai hai.")
    work()
    text = message_of(outbox[-1]).get_body(("plain",)).get_content()
    assert len(outbox) == 2
    assert "Việc một." in text and "Việc hai." in text and "Ai một." in text and "Ai hai." in text


def test_what_was_withdrawn_and_is_published_again_is_told_so(hai_phong, outbox):
    one = subscriber(hai_phong)
    notice = factories.notice(hai_phong)
    work()
    withdraw(notice)
    work()
    revise(notice)
    work()
    assert [kind for _to, kind in received(outbox)] == ["new", "withdrawal", "correction"]
    assert outbox[-1].to == [one.address]


def test_a_withdrawal_after_a_return_that_nobody_read_is_not_told_again(hai_phong, outbox):
    subscriber(hai_phong)
    notice = factories.notice(hai_phong)
    work()
    withdraw(notice)
    work()
    revise(notice)
    withdraw(notice)
    work()
    assert [kind for _to, kind in received(outbox)] == ["new", "withdrawal"]


# --- killed at any point


class Killed(BaseException):
    """As if the process had ended here."""


@pytest.mark.parametrize("seed", range(8))
def test_killed_anywhere_nobody_is_missed_and_only_what_was_in_flight_is_repeated(
    seed, hai_phong, outbox, monkeypatch, subscribers
):
    everybody = {one.address for one in subscribers(23)}
    chance = random.Random(seed)
    killed = Counter()

    def mortal(function, name):
        def call(*args, **kwargs):
            dies = chance.random()
            if dies < 0.07:
                killed[f"before {name}"] += 1
                raise Killed
            result = function(*args, **kwargs)
            if dies > 0.93:
                killed[f"after {name}"] += 1
                raise Killed
            return result

        return call

    def run_with_kills(limit):
        with monkeypatch.context() as patch:
            patch.setattr(module, "CHUNK", 5)
            for owner, name in (
                (Dispatch, "save"),
                (DeliveryQuerySet, "bulk_create"),
                (DeliveryQuerySet, "update"),
                (EmailChannel, "send"),
            ):
                patch.setattr(owner, name, mortal(getattr(owner, name), name))
            for _ in range(limit):
                try:
                    work()
                    return
                except Killed:
                    pass

    notice = factories.notice(hai_phong)
    run_with_kills(3)
    revise(notice, body="Sửa giữa chừng")
    run_with_kills(1000)
    last = {message.to[0]: message_of(message) for message in outbox}
    assert last.keys() == everybody
    for message in last.values():
        assert "Sửa giữa chừng" in message.get_body(("plain",)).get_content()
    times = Counter(message_of(message)["Message-ID"] for message in outbox)
    in_flight = killed["after send"] + killed["before update"]
    if connection.vendor == "postgresql":
        in_flight += killed["after update"]  # and before the commit
    assert sum(times.values()) - len(times) <= in_flight
    assert killed
