"""Subscribers, notices in every stage, and a worker that runs in the test."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.core import mail

from alerts.delivery import channels as registry
from alerts.delivery.subscribing import Wishes, change
from alerts.delivery.worker import Worker
from alerts.models import Notice, Subscription
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories

numbers = count(1)


def subscriber(province, address="", *, language="vi", minimum="information", units=()):
    """Somebody who confirmed an hour ago."""
    subscription = Subscription(channel="email", province=province)
    subscription.address = address or f"resident-{next(numbers)}@example.com"
    subscription.confirmed_at = clock.now() - timedelta(hours=1)
    change(subscription, Wishes(language, minimum, units))
    return subscription


def revise(notice: Notice, note: str = "Giờ đã được sửa.", **values):
    """The notice corrected by a national author and approver."""
    content = contents.snapshot(Notice.objects.get(pk=notice.pk)) | values
    revision = workflow.save_draft(
        entry=notice, content=content, by=factories.national(AUTHOR), public_note=note
    )
    return factories.approve(revision)


def withdraw(notice: Notice, reason: str = "Không phải địa điểm này."):
    revision = workflow.request_withdrawal(
        entry=notice, by=factories.national(AUTHOR), reason=reason
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))
    return Notice.objects.get(pk=notice.pk)


def work(*, once: bool = True) -> list[str]:
    """Runs a worker until there is nothing to do now; what it said."""
    said: list[str] = []
    Worker(list(registry.channels().values()), said.append).run(once=once)
    return said


@pytest.fixture
def outbox(settings) -> Iterator[list]:
    """The e-mails that a worker has sent."""
    mail.outbox.clear()
    yield mail.outbox


@pytest.fixture
def subscribers(hai_phong):
    """Makes so many subscribers of Hải Phòng."""
    return lambda number: [subscriber(hai_phong) for _ in range(number)]
