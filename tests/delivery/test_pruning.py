"""Deliveries of long ago become numbers, and nothing else about them changes."""

from datetime import timedelta

import pytest
import time_machine

from alerts.delivery import figures, pruning
from alerts.models import Delivery, DeliveryCount, Notice, Subscription
from tests import factories
from tests.delivery.conftest import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(hai_phong, subscribers):
    """A notice of which three residents were told, one of them in vain."""
    subscribers(3)
    notice = factories.notice(hai_phong)
    work()
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state="dead")
    return Notice.objects.get(pk=notice.pk)


def later(notice, days):
    return time_machine.travel(notice.listed_until + pruning.KEPT + timedelta(days=days))


def test_until_then_every_row_is_kept(told):
    with later(told, -1):
        assert pruning.prune() == 0
    assert Delivery.objects.count() == 3


def test_the_figures_stay_the_same_when_the_rows_go_in_steps(told, monkeypatch):
    monkeypatch.setattr(pruning, "CHUNK", 2)
    before = figures.of_notice(told)
    assert before == {"email": {"sent": 2, "dead": 1}}
    with later(told, 1):
        for number in (2, 1, 0):
            assert pruning.prune() == number
            assert figures.of_notice(told) == before
            (dispatch,) = told.dispatches.all()
            assert figures.of_dispatches([dispatch])[dispatch.pk] == before
    assert not Delivery.objects.exists()
    assert Subscription.objects.count() == 3


def test_what_waits_is_kept(told, hai_phong):
    Delivery.objects.filter(state="dead").update(state="queued")
    with later(told, 1):
        assert pruning.prune() == 2
        assert pruning.prune() == 0
    assert Delivery.objects.queued().count() == 1


def test_the_worker_does_it(told):
    with later(told, 1):
        work()
    assert DeliveryCount.objects.count() == 2
    assert not Delivery.objects.exists()
