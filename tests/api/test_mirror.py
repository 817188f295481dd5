"""A mirror follows by `changes` and loses nothing, whatever officers do and whenever it asks."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from alerts.api.cursors import Round
from alerts.models import Notice
from locations.models import ExposureLocation
from portal import clock
from portal.publishing.models import LedgerHead, Revision
from portal.publishing.roles import APPROVER
from tests import factories, states
from tests.api.mirror import Mirror, everything
from tests.conftest import STORY_TIME

pytestmark = pytest.mark.usefixtures("story_time")
HOUR = timedelta(hours=1)


def keys(items) -> set[tuple[str, str]]:
    return {(item["kind"], item["id"]) for item in items}


@pytest.fixture
def mirror(hai_phong, client) -> Mirror:
    """One that has everything there is."""
    made = Mirror(client)
    made.catch_up()
    return made


def test_a_new_mirror_gets_everything_page_by_page(story, client):
    mirror = Mirror(client)
    sent = mirror.catch_up(limit=2)
    assert mirror.held == everything(client)
    assert len(sent) == len(keys(sent)) == len(mirror.held) > 10


def test_nothing_new_is_nothing_to_read_and_the_cursor_stays(mirror, story_time):
    before = mirror.since
    story_time.shift(3 * HOUR)
    assert mirror.catch_up() == []
    assert mirror.since == before


@pytest.mark.parametrize("kind", states.KINDS)
def test_what_is_new_corrected_and_withdrawn_is_sent_once(kind, mirror, hai_phong, story_time):
    entry = states.entry_in("current", kind, hai_phong)
    [item] = mirror.catch_up()
    assert (item["change"], item["revision"], item["id"]) == ("added", 1, entry.code)
    assert item["province"] == "hai-phong"
    assert item["at"] == item["object"]["updated"] == "2021-03-26T08:00:00+07:00"
    story_time.shift(HOUR)
    factories.correct(entry, "Sai", **states.KINDS[kind][1])
    [item] = mirror.catch_up()
    assert (item["change"], item["revision"]) == ("corrected", 2)
    assert item["at"] == "2021-03-26T09:00:00+07:00"
    factories.withdraw(entry)
    [item] = mirror.catch_up()
    assert (item["change"], item["object"]["status"]) == ("withdrawn", "withdrawn")
    assert item["object"]["public_note"] == "Nhầm địa điểm"
    assert mirror.catch_up() == []


def test_what_was_approved_before_comes_when_its_embargo_ends(mirror, hai_phong, story_time):
    place = factories.location(hai_phong, publish_from=clock.now() + HOUR)
    assert mirror.catch_up() == []
    story_time.shift(HOUR - timedelta(seconds=1))
    assert mirror.catch_up() == []
    story_time.shift(timedelta(seconds=1))
    assert keys(mirror.catch_up()) == {("locations", place.code)}
    assert mirror.catch_up() == []


def test_what_is_withdrawn_under_embargo_comes_when_it_ends(mirror, hai_phong, story_time):
    place = factories.location(hai_phong, publish_from=clock.now() + HOUR)
    mirror.catch_up()
    factories.withdraw(place)
    assert mirror.catch_up() == []
    story_time.shift(HOUR)
    [item] = mirror.catch_up()
    assert item["change"] == "withdrawn"


def test_a_notice_comes_again_when_a_place_that_it_names_becomes_public(
    mirror, hai_phong, story_time
):
    hidden = factories.location(hai_phong, publish_from=clock.now() + HOUR)
    later = factories.draft(*[factories.location_draft(hai_phong)[0]])
    notice = factories.notice(hai_phong, locations=[hidden, later.entry])
    [item] = mirror.catch_up()
    assert item["object"]["locations"] == []
    factories.approve(later)
    mirror.catch_up()
    assert mirror.held["notices", notice.code]["locations"] == [later.entry_code]
    story_time.shift(HOUR)
    mirror.catch_up()
    assert set(mirror.held["notices", notice.code]["locations"]) == {later.entry_code, hidden.code}
    factories.correct(hidden, name="Chợ Đổ")  # by which no code changes
    assert keys(mirror.catch_up()) == {("locations", hidden.code)}


def test_a_province_sends_with_it_what_its_rule_and_its_hotlines_change(
    mirror, hai_phong, binh_duong
):
    place, notice = factories.location(hai_phong), factories.notice(hai_phong)
    factories.location(binh_duong)
    mirror.catch_up()
    factories.correct(
        hai_phong,
        listing_days=3,
        hotlines=[{"label": "CDC", "label_en": "", "number": "1900 9095"}],
    )
    sent = mirror.catch_up()
    assert keys(sent) == {
        ("provinces", hai_phong.code), ("locations", place.code), ("notices", notice.code),
    }  # fmt: skip
    assert mirror.held["notices", notice.code]["hotlines"] == "CDC: 1900 9095"
    assert mirror.held["locations", place.code]["listed_until"] == "2021-03-30T00:00:00+07:00"


def test_exercises_and_drafts_are_never_sent(mirror, hai_phong):
    for kind in states.KINDS:
        states.entry_in("exercise", kind, hai_phong)
    factories.draft(factories.location_draft(hai_phong)[0])
    assert mirror.catch_up() == []


def test_one_kind_alone_can_be_followed(mirror, hai_phong, client):
    place, notice = factories.location(hai_phong), factories.notice(hai_phong)
    for kind, entry in (("locations", place), ("notices", notice)):
        page = client.get("/api/v1/changes", {"kind": kind, "since": mirror.since}).json()
        assert keys(page["items"]) == {(kind, entry.code)}


def test_what_is_published_while_a_mirror_reads_is_for_the_next_round(mirror, hai_phong):
    first = [factories.location(hai_phong, name=f"Chợ {n}") for n in range(4)]
    page = mirror.read_page(2)
    assert page["next"]
    late = factories.location(hai_phong, name="Chợ Muộn")
    factories.correct(first[3], name="Chợ Đổ")
    page = mirror.read_page(2)
    assert (len(page["items"]), page["next"]) == (2, None)
    assert keys(mirror.catch_up()) == {("locations", late.code), ("locations", first[3].code)}


def test_the_cursor_of_a_list_goes_on_where_the_list_began(hai_phong, client):
    for number in range(5):
        factories.location(hai_phong, name=f"Chợ {number}")
    mirror = Mirror(client)
    mirror.begin_with_lists(2)
    assert mirror.held == everything(client)
    assert mirror.catch_up() == []


class Office(RuleBasedStateMachine):
    """Officers of a province at work, and two mirrors: one that began with nothing, one that began
    with the lists. Both read a page now and then."""

    province: object

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.time = time_machine.travel(STORY_TIME, tick=False)
        self.clock = self.time.start()
        self.latest = clock.now()
        self.entries = []
        self.drafts = []
        self.mirrors = [Mirror(Client()), Mirror(Client())]

    def teardown(self):
        try:
            self.clock.shift(timedelta(days=3))
            self.compare(3)
        finally:
            self.time.stop()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @initialize()
    def begin_with_a_notice_that_names_what_is_not_public(self):
        self.write_a_draft()
        self.publish("dia-diem", 1, False)
        self.publish("thong-bao", None, True)
        self.read_a_page(0, 100)
        self.read_a_page(1, 100)

    @rule(kind=st.sampled_from(list(states.KINDS)), hours=st.sampled_from([None, 1, 30]),
          names=st.booleans())  # fmt: skip
    def publish(self, kind, hours, names):
        values = {"publish_from": clock.now() + hours * HOUR} if hours else {}
        if kind == "chuyen-bay":
            values["number"] = f"VN{len(self.entries) + 1}"
        if names and kind in ("thong-bao", "ca-benh"):
            drafts = [draft.entry for draft in self.drafts]
            values["locations"] = [*drafts, *ExposureLocation.objects.all()[:3]]
        self.entries.append((kind, states.KINDS[kind][0](self.province, **values)))

    @rule()
    def write_a_draft(self):
        self.drafts.append(factories.draft(factories.location_draft(self.province)[0]))

    @rule()
    def approve_a_draft(self):
        if self.drafts:
            draft = self.drafts.pop(0)
            self.entries.append(("dia-diem", factories.approve(draft)))

    @rule(number=st.integers(0, 9), hours=st.sampled_from([None, None, 1, -1]))
    def correct(self, number, hours):
        if self.entries:
            kind, entry = self.entries[number % len(self.entries)]
            values = states.KINDS[kind][1] | {"publish_from": None}
            if hours:
                values["publish_from"] = (clock.now() + hours * HOUR).isoformat()
            with transaction.atomic():
                try:
                    factories.correct(entry, **values)
                except ValidationError:  # of what is public already
                    transaction.set_rollback(True)

    @rule(number=st.integers(0, 9))
    def withdraw(self, number):
        if self.entries:
            _kind, entry = self.entries[number % len(self.entries)]
            if not type(entry).objects.get(pk=entry.pk).is_withdrawn:
                factories.withdraw(entry)

    @rule(days=st.integers(1, 20))
    def change_the_listing_rule(self, days):
        factories.correct(self.province, listing_days=days)

    @rule(hours=st.sampled_from([0.5, 1, 24, 24 * 20, -2]))
    def let_time_pass(self, hours):
        self.clock.shift(hours * HOUR)
        self.latest = max(self.latest, clock.now())

    @rule(which=st.integers(0, 1), limit=st.integers(1, 4))
    def read_a_page(self, which, limit):
        mirror = self.mirrors[which]
        if which and mirror.since is None:
            mirror.begin_with_lists(limit)
        else:
            mirror.read_page(limit)

    @rule(limit=st.integers(1, 7))
    def compare(self, limit):
        # What has become public does not go away again with a clock that is set back.
        self.clock.shift(max(timedelta(), self.latest - clock.now()))
        whole = everything(Client(), f"limit={limit}")
        for mirror in self.mirrors:
            mirror.catch_up(limit)  # ends the round that it was in the midst of
            mirror.catch_up(limit)
            assert mirror.at(clock.now()) == whole


@pytest.mark.django_db
def test_after_any_sequence_of_events_a_mirror_has_exactly_the_lists(hai_phong):
    Office.province = hai_phong
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # making a failure shorter would take many minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_numbers_of_the_ledger_become_visible_in_their_order(hai_phong):
    """An approval that takes long to commit holds back the others: were a later number visible
    before it, a mirror would pass it by."""
    drafts = [factories.draft(factories.location_draft(hai_phong, name=f"Chợ {n}")[0])
              for n in range(2)]  # fmt: skip
    factories.national(APPROVER)  # made before the threads would make it twice
    mirror = Mirror(Client())
    mirror.catch_up()
    before = LedgerHead.objects.get().sequence
    sealed, may_commit, committed = threading.Event(), threading.Event(), []

    def slow():
        try:
            with transaction.atomic():
                factories.approve(drafts[0])
                sealed.set()
                may_commit.wait(30)
            committed.append("slow")
        finally:
            sealed.set()
            connection.close()

    def quick():
        try:
            factories.approve(drafts[1])
            committed.append("quick")
        finally:
            connection.close()

    threads = [threading.Thread(target=slow), threading.Thread(target=quick)]
    threads[0].start()
    assert sealed.wait(30)
    threads[1].start()
    threads[1].join(1.5)
    assert threads[1].is_alive() and committed == []
    assert mirror.catch_up() == []
    assert LedgerHead.objects.get().sequence == before
    may_commit.set()
    for thread in threads:
        thread.join(30)
    assert set(committed) == {"slow", "quick"}
    assert keys(mirror.catch_up()) == {("locations", draft.entry_code) for draft in drafts}
    numbers = Revision.objects.filter(pk__in=[draft.pk for draft in drafts]).order_by("sequence")
    assert list(numbers.values_list("pk", "sequence")) == [
        (drafts[0].pk, before + 1), (drafts[1].pk, before + 2),
    ]  # fmt: skip


def test_a_cursor_of_another_history_is_told_to_begin_again(mirror, hai_phong, client):
    place = factories.location(hai_phong)
    mirror.catch_up()
    seen = Round.read(mirror.since).after
    Revision.objects.filter(entry_code=place.code).update(hash="f" * 64)
    response = client.get("/en/api/v1/changes", {"since": mirror.since})
    assert response.status_code == 410
    [error] = response.json()["errors"]
    assert error["parameter"] == "since"
    assert "begin with everything" in error["message"]
    LedgerHead.objects.update(sequence=seen.sequence - 1)
    Revision.objects.filter(entry_code=place.code).delete()
    assert client.get("/api/v1/changes", {"since": mirror.since}).status_code == 410


def test_changes_name_what_kind_of_notice_is_new(mirror, hai_phong):
    notice = factories.notice(hai_phong, severity=Notice.Severity.INFORMATION)
    [item] = mirror.catch_up()
    assert item["object"]["severity"] == notice.severity == "information"
