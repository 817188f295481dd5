"""Whatever officers do, in whatever order and at whatever time, the record and the pages agree."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from locations.models import ExposureLocation
from portal import clock
from portal.publishing import changes, workflow
from portal.publishing import content as contents
from portal.publishing.models import Officer, Revision
from portal.publishing.models.publishable import State
from portal.publishing.roles import APPROVER
from portal.publishing.verification import differences, first_difference
from tests import factories
from tests.conftest import STORY_TIME

REFUSED = (PermissionDenied, ValidationError)
OFFICERS = ("author", "colleague", "approver", "second", "stranger")

who = st.sampled_from(OFFICERS)
writers = st.sampled_from(["author", "colleague", "approver"])
approvers = st.sampled_from(["approver", "second"])
which = st.integers(0, 3)
names = st.sampled_from(["Chợ Sắt", "Chợ Đổ", "Chợ Ga"])


class Office(RuleBasedStateMachine):
    """Officers of two provinces at work; the model remembers what was approved last."""

    officers: dict[str, Officer]
    province: object

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.time = time_machine.travel(STORY_TIME, tick=False)
        self.clock = self.time.start()
        self.entries: list[int] = []
        self.approved: dict[int, dict] = {}
        self.withdrawn: set[int] = set()
        self.seen: dict[int, dict] = {}

    def teardown(self):
        self.time.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def entry(self, number: int) -> ExposureLocation | None:
        if not self.entries:
            return None
        return ExposureLocation.objects.get(pk=self.entries[number % len(self.entries)])

    @rule(by=who, name=names, is_exercise=st.booleans(), embargo=st.sampled_from([None, 5]))
    def write(self, by, name, is_exercise, embargo):
        opens = clock.now() + timedelta(hours=embargo) if embargo else None
        entry, children = factories.location_draft(
            self.province, name=name, is_exercise=is_exercise, publish_from=opens, on=(None,)
        )
        content = contents.content_of(entry, children=children)
        try:
            revision = workflow.save_draft(entry=entry, content=content, by=self.officers[by])
        except REFUSED:
            return
        self.entries.append(revision.entry_id)

    @rule(number=which, by=who, name=names, stale=st.booleans(), windows=st.integers(0, 2))
    def edit(self, number, by, name, stale, windows):
        if (entry := self.entry(number)) is None:
            return
        content = contents.snapshot(entry) | {
            "name": name,
            "windows": [{"starts_on": f"2021-03-2{n}", "ends_on": f"2021-03-2{n}"}
                        for n in reversed(range(windows))],
            "publish_from": None,
        }  # fmt: skip
        token = "0.0" if stale else workflow.version_token(entry)
        try:
            workflow.save_draft(entry=entry, content=content, by=self.officers[by], expected=token)
        except REFUSED:
            return
        assert not stale

    @rule(number=which, by=who)
    def submit(self, number, by):
        self._attempt(number, workflow.submit, by)

    @rule(number=which, by=who)
    def send_back(self, number, by):
        self._attempt(number, workflow.send_back, by, note="Sai giờ")

    @rule(number=which, by=who)
    def withdraw(self, number, by):
        if entry := self.entry(number):
            try:
                workflow.request_withdrawal(entry=entry, by=self.officers[by], reason="Nhầm")
            except REFUSED:
                return

    @rule(number=which, by=who)
    def approve(self, number, by):
        if self._attempt(number, workflow.approve, by):
            entry = self.entry(number)
            latest = Revision.objects.of(entry).approved().order_by("-number").first()
            self.approved[entry.pk] = latest.content
            if latest.action == Revision.Action.WITHDRAW:
                self.withdrawn.add(entry.pk)
            else:
                self.withdrawn.discard(entry.pk)

    # The usual ways as one step, so that a run gets far.

    @initialize(is_exercise=st.booleans())
    def publish_two(self, is_exercise):
        for exercise in (False, is_exercise):
            self.write("author", "Chợ Sắt", exercise, None)
            self.hand_over(len(self.entries) - 1, "author", "second")

    @rule(number=which, submitter=writers, approver=approvers)
    def hand_over(self, number, submitter, approver):
        self.submit(number, submitter)
        self.approve(number, approver)

    @rule(number=which, name=names, windows=st.integers(0, 2), by=writers, approver=approvers)
    def correct(self, number, name, windows, by, approver):
        self.edit(number, by, name, False, windows)
        self.hand_over(number, by, approver)

    @rule(number=which, by=writers, approver=approvers)
    def take_down(self, number, by, approver):
        self.withdraw(number, by)
        self.approve(number, approver)

    @rule(hours=st.sampled_from([1, 24, 24 * 20, -2]))
    def let_time_pass(self, hours):
        self.clock.shift(timedelta(hours=hours))

    def _attempt(self, number, transition, by, **values) -> bool:
        entry = self.entry(number)
        revision = Revision.objects.of(entry).first() if entry else None
        if revision is None:
            return False
        try:
            transition(revision=revision, by=self.officers[by], **values)
        except REFUSED:
            return False
        return True

    @invariant()
    def what_is_public_is_what_was_approved_last(self):
        rows = {row.pk: row for row in ExposureLocation.objects.prefetch_related("windows")}
        public = {row.pk for row in rows.values() if row.is_public}
        assert public == set(self.approved)
        for pk, content in self.approved.items():
            assert contents.snapshot(rows[pk]) == content
            assert (rows[pk].state == State.WITHDRAWN) == (pk in self.withdrawn)
        assert not ExposureLocation.objects.public().filter(is_exercise=True).exists()

    @invariant()
    def no_revision_is_lost_or_changed(self):
        now = {
            pk: (content, author)
            for pk, content, author in Revision.objects.values_list("pk", "content", "author")
        }
        assert self.seen.items() <= now.items()
        self.seen = now

    @invariant()
    def author_and_approver_are_two(self):
        real = Revision.objects.approved().filter(is_exercise=False)
        assert all(author != approver for author, approver in
                   real.values_list("author", "decided_by"))  # fmt: skip

    @invariant()
    def the_chain_verifies(self):
        assert list(differences()) == []

    @invariant()
    def the_public_record_can_be_told(self):
        told = changes.described(changes.concerning(self.province))
        assert all(change.rows or change.is_withdrawal or change.is_return for change in told)


@pytest.mark.django_db
def test_any_sequence_of_what_officers_do(hai_phong, author, colleague, approver, stranger):
    Office.province = hai_phong
    Office.officers = {
        "author": author,
        "colleague": colleague,
        "approver": approver,
        "second": factories.officer("second", APPROVER, hai_phong),
        "stranger": stranger,
    }
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time(hai_phong, author, colleague, approver):
    """Threads edit and approve the same two places and their province: whoever loses is told so,
    nothing is lost, nobody waits for ever, and the chain has one record for each approval."""
    second = factories.officer("second", APPROVER, hai_phong)
    entries = [hai_phong, *(factories.location(hai_phong, name=f"Chợ {n}") for n in range(2))]
    before = Revision.objects.count()
    saved, approved, broken = [], [], []

    def work(number, writer, decider):
        try:
            for turn in range(4):
                entry = entries[(number + turn) % len(entries)]
                try:
                    fresh = type(entry).objects.get(pk=entry.pk)
                    content = contents.snapshot(fresh) | {"name": f"Chợ {number}.{turn}"}
                    revision = workflow.save_draft(entry=fresh, content=content, by=writer)
                    saved.append(revision.pk)
                    workflow.submit(revision=revision, by=writer)
                    workflow.approve(revision=revision, by=decider)
                    approved.append(revision.pk)
                except REFUSED:
                    continue
        except OperationalError as error:  # a deadlock, or a lock that was never given back
            broken.append(error)
        finally:
            connection.close()

    pairs = [(author, approver), (colleague, second), (approver, second), (second, approver)]
    threads = [
        threading.Thread(target=work, args=(number, *pair)) for number, pair in enumerate(pairs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken
    assert not any(thread.is_alive() for thread in threads)
    assert approved
    assert Revision.objects.count() == before + len(saved)
    assert set(approved) <= set(Revision.objects.approved().values_list("pk", flat=True))
    assert first_difference() is None
