"""An approval and what follows from it for subscribers are one: both are there, or neither."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import CaseAnnouncement, Dispatch, Notice
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Revision
from portal.publishing.roles import APPROVER, AUTHOR
from portal.publishing.signals import carried_out
from tests import factories
from tests.delivery.conftest import revise, withdraw

pytestmark = pytest.mark.django_db


def written():
    return list(Dispatch.objects.order_by("pk").values_list("kind", flat=True))


def draft(province, **values):
    defaults = {"title": "Thông báo", "action": "Gọi cơ quan y tế."}
    return factories.draft(Notice(province=province, **defaults | values))


def embargoed(province, hours=2):
    return factories.notice(province, publish_from=clock.now() + timedelta(hours=hours))


# What happens one after another, and the kinds of the dispatches that are there then.
STEPS = {
    "nothing but a draft": ([], []),
    "published": (["publish"], ["new"]),
    "approved again unchanged": (["publish", "same"], ["new"]),
    "corrected": (["publish", "correct"], ["new", "correction"]),
    "corrected twice": (["publish", "correct", "correct"], ["new", "correction", "correction"]),
    "withdrawn": (["publish", "withdraw"], ["new", "withdrawal"]),
    "published again": (
        ["publish", "withdraw", "correct"],
        ["new", "withdrawal", "correction"],
    ),
    "under embargo": (["embargo"], ["new"]),
    "changed under embargo": (["embargo", "correct"], ["new", "new"]),
    "withdrawn under embargo": (["embargo", "withdraw"], ["new", "withdrawal"]),
    "corrected after an embargo": (["embargo", "wait", "correct"], ["new", "correction"]),
    "unchanged after an embargo": (["embargo", "wait", "same"], ["new"]),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("tick", [True, False])
def test_each_step_writes_what_residents_are_to_be_told(name, tick, hai_phong):
    steps, expected = STEPS[name]
    draft(hai_phong)
    notice, words = None, iter(("một", "hai", "ba", "bốn"))
    with time_machine.travel(clock.now(), tick=tick) as time:
        for step in steps:
            match step:
                case "publish":
                    notice = factories.notice(hai_phong)
                case "embargo":
                    notice = embargoed(hai_phong)
                case "same":
                    notice = revise(notice, publish_from=None)
                case "correct":
                    is_public = notice.was_public(clock.now())
                    opens = {"publish_from": None} if is_public else {}
                    notice = revise(notice, body=next(words), **opens)
                case "withdraw":
                    notice = withdraw(notice)
                case "wait":
                    time.shift(timedelta(hours=3))
    assert written() == expected


def test_the_moment_is_that_of_the_approval_or_of_the_end_of_the_embargo(hai_phong):
    with time_machine.travel("2021-03-26T01:00:00Z", tick=False):
        factories.notice(hai_phong)
        later = clock.now() + timedelta(hours=5)
        factories.notice(hai_phong, publish_from=later)
        now = clock.now()
    first, second = Dispatch.objects.order_by("pk")
    assert (first.not_before, second.not_before) == (now, later)


@pytest.mark.parametrize(
    ("severity", "rank"), [("urgent", 0), ("important", 1), ("information", 2)]
)
def test_a_dispatch_is_as_urgent_as_its_notice(severity, rank, hai_phong):
    factories.notice(hai_phong, severity=severity)
    assert Dispatch.objects.get().rank == rank


def test_an_exercise_is_never_sent(hai_phong):
    author = factories.national(AUTHOR)
    revision = draft(hai_phong, is_exercise=True)
    factories.approve(revision)
    notice = Notice.objects.get()
    revision = workflow.save_draft(
        entry=notice, content=contents.snapshot(notice) | {"body": "khác"}, by=author
    )
    factories.approve(revision)
    assert notice.is_exercise and not Dispatch.objects.exists()


def test_only_notices_are_sent(hai_phong):
    factories.location(hai_phong)
    factories.flight(hai_phong)
    factories.cases(hai_phong)
    assert CaseAnnouncement.objects.exists() and not Dispatch.objects.exists()


def test_what_fails_after_it_was_carried_out_undoes_the_dispatch(hai_phong, monkeypatch):
    revision = draft(hai_phong)
    workflow.submit(revision=revision, by=revision.author)
    carry_out = workflow.carry_out

    def fails_late(*args, **kwargs):
        carry_out(*args, **kwargs)
        assert Dispatch.objects.exists()
        raise RuntimeError("the power fails")

    monkeypatch.setattr(workflow, "carry_out", fails_late)
    with pytest.raises(RuntimeError):
        workflow.approve(revision=revision, by=factories.national(APPROVER))
    revision.refresh_from_db()
    assert revision.state == Revision.State.SUBMITTED
    assert not Dispatch.objects.exists()


def test_what_cannot_be_written_into_the_outbox_is_not_approved(hai_phong):
    revision = draft(hai_phong)
    workflow.submit(revision=revision, by=revision.author)

    def refuse(**kwargs):
        raise RuntimeError("the disk is full")

    carried_out.connect(refuse, sender=Notice)
    try:
        with pytest.raises(RuntimeError):
            workflow.approve(revision=revision, by=factories.national(APPROVER))
    finally:
        carried_out.disconnect(refuse, sender=Notice)
    revision.refresh_from_db()
    assert revision.state == Revision.State.SUBMITTED
    assert not Notice.objects.public().exists()


def test_an_approval_costs_the_same_however_many_subscribers(hai_phong, subscribers):
    counts = []
    # The first of all also begins to count the versions of the content.
    for _ in range(3):
        revision = draft(hai_phong)
        workflow.submit(revision=revision, by=revision.author)
        with CaptureQueriesContext(connection) as queries:
            workflow.approve(revision=revision, by=factories.national(APPROVER))
        counts.append(len(queries))
        subscribers(50)
    assert counts[1] == counts[2]
