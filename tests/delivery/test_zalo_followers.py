"""A message to each follower, for accounts that may not broadcast."""

from datetime import timedelta
from itertools import count

import pytest
import time_machine

from alerts.delivery import sealing
from alerts.delivery.channels import zalo as channel
from alerts.delivery.fan_out import fan_out
from alerts.delivery.zalo import followers
from alerts.models import Delivery, ZaloFollower, ZaloSending
from portal import clock
from tests import factories, zalo_server
from tests.delivery.conftest import connection, revise, withdraw, work
from tests.pages.reading import plain
from tests.zalo_server import Answer, Follower

pytestmark = pytest.mark.django_db
WAYS = ("zalo",)


@pytest.fixture
def connected(zalo, hai_phong):
    return connection(zalo, hai_phong, mode="followers")


def follow(zalo, number, **values):
    zalo.followers = [Follower(f"follower-{n}", **values) for n in range(number)]


def delivery():
    return Delivery.objects.latest("pk")


def told(zalo):
    return [one["to"] for one in zalo.messages]


def test_every_follower_gets_the_words_and_the_picture(zalo, connected, hai_phong):
    follow(zalo, 120)
    notice = factories.notice(hai_phong, action="Gọi 115.")
    work()
    assert told(zalo) == [f"follower-{n}" for n in range(120)]
    assert zalo.called(zalo_server.FOLLOWERS) == 3 and zalo.broadcasts == []
    first = zalo.messages[0]
    assert "Gọi 115." in first["text"] and f"/Q/{notice.code}/1" in first["text"]
    assert plain(first["picture"]) == f"http://testserver/Q/{notice.code}/1.png"
    assert (delivery().state, delivery().attempts, delivery().last_error) == ("sent", 1, "")


def test_nothing_is_kept_of_followers_afterwards(zalo, connected, hai_phong):
    follow(zalo, 3)
    factories.notice(hai_phong)
    work()
    assert not ZaloFollower.objects.exists() and not ZaloSending.objects.exists()


def test_ids_are_sealed_while_they_are_needed_and_gone_when_told(zalo, connected, hai_phong):
    follow(zalo, 5)
    factories.notice(hai_phong)
    zalo.fail(
        zalo_server.MESSAGE, Answer(is_done=True, body=b'{"error":0,"data":{"message_id":1}}')
    )
    zalo.fail(zalo_server.MESSAGE, Answer(status=500))
    work()
    kept = list(ZaloFollower.objects.order_by("pk").values_list("sealed_id", flat=True))
    assert kept[0] == "" and all(kept[1:])
    assert "follower-" not in str(list(ZaloFollower.objects.values()))
    assert sealing.unseal(kept[1]) == "follower-1"


@pytest.mark.parametrize("code", [-213, -217, -218, -227, -230, -232, -244])
def test_a_follower_who_may_not_be_written_to_is_passed_over(code, zalo, connected, hai_phong):
    follow(zalo, 3)
    zalo.followers[1].error = code
    factories.notice(hai_phong)
    work()
    assert told(zalo) == ["follower-0", "follower-2"]
    assert delivery().state == "sent"
    assert delivery().last_error == "2 followers reached, 1 not"
    assert zalo.called(zalo_server.MESSAGE) == 3, "it is not tried again"


def test_officers_learn_that_nobody_may_be_written_to(zalo, connected, hai_phong):
    follow(zalo, 4, error=-230)
    factories.notice(hai_phong)
    work()
    assert delivery().state == "dead"
    assert "any of 4 followers" in delivery().last_error
    assert not ZaloFollower.objects.exists()


def test_an_account_without_followers_is_done_at_once(zalo, connected, hai_phong):
    factories.notice(hai_phong)
    work()
    assert delivery().state == "sent" and zalo.messages == []


@pytest.mark.parametrize("answer", [Answer(status=500), Answer(error=-32), Answer(error=-211),
                                    Answer(is_cut=True), Answer(error=-4711)])  # fmt: skip
@pytest.mark.parametrize("path", [zalo_server.MESSAGE, zalo_server.FOLLOWERS])
def test_after_trouble_it_goes_on_where_it_was(answer, path, zalo, connected, hai_phong):
    follow(zalo, 60)
    factories.notice(hai_phong)
    # The 21st message, or the second page.
    calls, wrong = count(1), 21 if path == zalo_server.MESSAGE else 2
    zalo.before[path] = lambda: next(calls) == wrong and zalo.fail(path, answer)
    work()
    assert delivery().state == "queued" and len(zalo.messages) < 60
    with time_machine.travel(delivery().not_before, tick=False):
        work()
    assert sorted(told(zalo)) == sorted(f"follower-{n}" for n in range(60))
    assert delivery().state == "sent"


def test_a_quota_that_ends_on_the_way_goes_on_the_next_day(zalo, connected, hai_phong):
    follow(zalo, 10)
    zalo.quota = 4
    factories.notice(hai_phong)
    work()
    assert len(zalo.messages) == 4 and delivery().state == "queued"
    zalo.quota = 100
    with time_machine.travel(delivery().not_before, tick=False):
        work()
    assert len(told(zalo)) == len(set(told(zalo))) == 10


def test_it_gives_others_their_turn_and_counts_no_attempt(zalo, connected, hai_phong, monkeypatch):
    monkeypatch.setattr(channel, "SLICE", 0)
    follow(zalo, 120)
    factories.notice(hai_phong)
    list(fan_out())
    outcomes = []
    original = channel.ZaloChannel._send

    def watched(self, message):
        outcome = original(self, message)
        outcomes.append(type(outcome).__name__)
        if len(outcomes) > 2:
            monkeypatch.setattr(channel, "SLICE", 60)
        return outcome

    monkeypatch.setattr(channel.ZaloChannel, "_send", watched)
    work()
    assert outcomes[:3] == ["Unfinished"] * 3 and outcomes[-1] == "Sent"
    assert delivery().attempts == 1 and len(zalo.messages) == 120


def test_a_list_that_shifts_while_it_is_read_brings_nobody_two(zalo, connected, hai_phong):
    follow(zalo, 80)
    pages = count(1)

    def shift():
        if next(pages) == 2:
            zalo.followers.insert(0, Follower("new-one"))

    zalo.before[zalo_server.FOLLOWERS] = shift
    factories.notice(hai_phong)
    work()
    assert len(told(zalo)) == len(set(told(zalo))) == 80


def test_a_list_that_zalo_shows_only_in_part_is_used_as_far_as_it_goes(zalo, connected, hai_phong):
    follow(zalo, 80)
    pages = count(1)
    zalo.before[zalo_server.FOLLOWERS] = lambda: (
        next(pages) == 2 and zalo.fail(zalo_server.FOLLOWERS, Answer(error=-201))
    )
    factories.notice(hai_phong)
    work()
    assert len(zalo.messages) == 50 and delivery().state == "sent"


def test_no_more_are_written_to_than_the_rate_allows(zalo, connected, hai_phong, settings):
    settings.DELIVERY_RATES = {followers.LIMIT: 20}
    follow(zalo, 30)
    factories.notice(hai_phong)
    began = clock.now()
    work()
    assert len(zalo.messages) == 30
    assert clock.now() - began > timedelta(seconds=1)


def test_a_withdrawal_reaches_followers_if_some_of_them_were_told(zalo, connected, hai_phong):
    follow(zalo, 10)
    zalo.quota = 4
    notice = factories.notice(hai_phong)
    work()
    withdraw(notice)
    zalo.quota = 100
    work()
    first = Delivery.objects.earliest("pk")
    assert (first.state, delivery().state) == ("replaced", "sent")
    assert len(zalo.messages) == 14
    assert "ĐÃ GỠ" in zalo.messages[-1]["text"]
    followers.sweep()
    assert not ZaloFollower.objects.exists(), "nothing is kept of what was replaced"


def test_a_correction_takes_the_place_of_what_is_under_way(zalo, connected, hai_phong):
    follow(zalo, 10)
    zalo.quota = 4
    notice = factories.notice(hai_phong)
    work()
    revise(notice, action="Gọi 115.")
    zalo.quota = None
    work()
    assert len(zalo.messages) == 14
    assert all("Gọi 115." in one["text"] for one in zalo.messages[4:])


def test_ids_are_in_no_error_and_no_log(zalo, connected, hai_phong, caplog):
    follow(zalo, 2)
    zalo.followers[0].error = -4711
    factories.notice(hai_phong)
    with caplog.at_level("INFO"):
        said = work()
    connected.refresh_from_db()
    everything = caplog.text + connected.last_error + delivery().last_error + str(said)
    assert "-4711" in everything and "follower-0" not in everything


def test_a_new_key_seals_them_anew(zalo, connected, hai_phong, settings):
    follow(zalo, 3)
    zalo.quota = 1
    factories.notice(hai_phong)
    work()
    new = "a-new-key-0123456789-0123456789-0123456789-0123"
    settings.SUBSCRIPTION_KEYS = [new, *settings.SUBSCRIPTION_KEYS]
    assert followers.reseal() == 2
    settings.SUBSCRIPTION_KEYS = [new]
    kept = ZaloFollower.objects.exclude(sealed_id="").order_by("pk")
    assert [one.user_id for one in kept] == ["follower-1", "follower-2"]
