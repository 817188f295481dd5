"""Subscribers, notices in every stage, and a worker that runs in the test."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.core import mail

from alerts.delivery import channels as registry
from alerts.delivery.subscribing import Wishes, change
from alerts.delivery.worker import Worker
from alerts.models import Notice, Subscription, ZaloConnection
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.zalo_server import ZaloServer

numbers = count(1)


@pytest.fixture(autouse=True)
def ways(request, monkeypatch) -> Iterator[None]:
    """Most tests say what holds for every way of sending, and look at e-mail; a module that looks
    at others names them in WAYS."""
    names = getattr(request.module, "WAYS", ("email",))
    chosen = tuple(path for path in registry.CHANNELS if path.split(".")[-2] in names)
    monkeypatch.setattr(registry, "CHANNELS", chosen)
    registry.channels.cache_clear()
    yield
    registry.channels.cache_clear()


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
def zalo(settings) -> Iterator[ZaloServer]:
    """Zalo, as the worker reaches it."""
    with ZaloServer() as server:
        settings.ZALO_SEND = True
        settings.ZALO_API_URL = settings.ZALO_OAUTH_URL = server.url
        yield server


def connection(zalo: ZaloServer, province, mode: str = "broadcast") -> ZaloConnection:
    """The account of `province`, connected and not yet used."""
    made = ZaloConnection(province=province, app_id=zalo.app_id, mode=mode)
    made.secret = zalo.secret
    made.renew(zalo.grant())
    made.save()
    return made


@pytest.fixture
def connected(zalo, hai_phong) -> ZaloConnection:
    """The account of Hải Phòng, which broadcasts."""
    return connection(zalo, hai_phong)


@pytest.fixture
def outbox(settings) -> Iterator[list]:
    """The e-mails that a worker has sent."""
    mail.outbox.clear()
    yield mail.outbox


@pytest.fixture
def subscribers(hai_phong):
    """Makes so many subscribers of Hải Phòng."""
    return lambda number: [subscriber(hai_phong) for _ in range(number)]
