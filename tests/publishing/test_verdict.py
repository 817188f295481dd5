"""What has become of the revision that somebody has a picture of."""

from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from portal.publishing.verdict import Outcome, verdict_on
from tests import factories
from tests.conftest import STORY_TIME
from tests.factories import correct, withdraw

NEXT_YEAR = STORY_TIME + timedelta(days=365)


@pytest.fixture(autouse=True)
def running_clock():
    """Each step of a story has a moment of its own."""
    with time_machine.travel(STORY_TIME) as traveller:
        yield traveller


def told(verdict):
    return [(row.label, row.before, row.after) for row in verdict.change.rows]


def test_an_untouched_entry_is_unchanged(location):
    verdict = verdict_on(location, "1")
    assert (verdict.outcome, verdict.number, verdict.change) == (Outcome.UNCHANGED, 1, None)
    assert verdict.since == location.published_at


def test_a_correction_is_told_to_whoever_has_an_older_picture(location):
    entry = correct(location, name="Chợ Đổ")
    older, same = verdict_on(entry, "1"), verdict_on(entry, "2")
    assert older.outcome == Outcome.CHANGED
    assert [row[1:] for row in told(older)] == [("Chợ Sắt", "Chợ Đổ")]
    assert older.change.why == "Gọi lại cơ sở"
    assert same.outcome == Outcome.UNCHANGED


def test_several_corrections_are_told_as_one_from_the_picture_to_now(location):
    correct(location, why="Một", name="Chợ Đổ")
    correct(location, why="Hai", name="Chợ An Dương")
    entry = correct(location, why="Ba", address="12 Tôn Đức Thắng")
    from_first, from_second = verdict_on(entry, "1"), verdict_on(entry, "2")
    assert [row[1:] for row in told(from_first)] == [
        ("Chợ Sắt", "Chợ An Dương"),
        ("", "12 Tôn Đức Thắng"),
    ]
    assert from_first.change.why == "Một\nHai\nBa"
    assert told(from_second)[0][1:] == ("Chợ Đổ", "Chợ An Dương")
    assert from_second.change.why == "Hai\nBa"


def test_what_was_changed_and_changed_back_is_as_in_the_picture(location):
    correct(location, name="Chợ Đổ")
    entry = correct(location, name="Chợ Sắt")
    assert verdict_on(entry, "1").outcome == Outcome.UNCHANGED
    assert verdict_on(entry, "2").outcome == Outcome.CHANGED


@pytest.mark.parametrize("values", [{}, {"external_id": "HP-12"}], ids=["nothing", "unseen"])
def test_what_residents_do_not_see_changes_nothing(values, location):
    entry = correct(location, **values)
    assert entry.revision_number == 2
    assert verdict_on(entry, "1").outcome == Outcome.UNCHANGED


def test_withdrawn_is_withdrawn_whatever_the_picture_shows(location):
    correct(location, name="Chợ Đổ")
    entry = withdraw(location)
    for number in "123":
        assert verdict_on(entry, number).outcome == Outcome.WITHDRAWN


def test_what_was_published_again_is_told_to_whoever_has_the_picture_of_its_withdrawal(location):
    entry = correct(withdraw(location))
    before, withdrawn = verdict_on(entry, "1"), verdict_on(entry, "2")
    assert before.outcome == Outcome.UNCHANGED
    assert withdrawn.outcome == Outcome.CHANGED
    assert withdrawn.change.is_return


def test_past_is_past_and_says_what_was_corrected(location):
    assert verdict_on(location, "1", NEXT_YEAR).outcome == Outcome.PAST
    entry = correct(location, name="Chợ Đổ")
    verdict = verdict_on(entry, "1", NEXT_YEAR)
    assert verdict.outcome == Outcome.PAST
    assert told(verdict)


@pytest.mark.parametrize(
    "asked",
    ["0", "2", "999999999", "1" * 5000, "-1", "+1", " 1", "1 ", "1.0", "1e0", "", "x", "²", "١",
     "01x", "\x00", "\u202e1", "1\n", "' OR 1=1"],
)  # fmt: skip
def test_what_was_never_pictured_is_unknown(asked, location):
    verdict = verdict_on(location, asked)
    assert verdict.outcome == Outcome.UNKNOWN
    assert (verdict.number, verdict.change, verdict.since) == (None, None, None)


def test_without_a_picture_it_is_compared_with_how_it_was_first_published(location):
    assert verdict_on(location, None).outcome == Outcome.UNCHANGED
    entry = correct(location, name="Chợ Đổ")
    verdict = verdict_on(entry, None)
    assert (verdict.outcome, verdict.number) == (Outcome.CHANGED, None)
    assert [row[1:] for row in told(verdict)] == [("Chợ Sắt", "Chợ Đổ")]


def test_what_was_replaced_under_an_embargo_is_never_told(hai_phong, running_clock):
    opens = clock.now() + timedelta(hours=6)
    entry = factories.location(hai_phong, name="Chợ Bí Mật", publish_from=opens)
    correct(entry, name="Chợ Sắt", publish_from=opens.isoformat())
    running_clock.move_to(opens + timedelta(hours=1))
    entry = correct(entry, name="Chợ Đổ")
    assert entry.revision_number == 3
    assert verdict_on(entry, "1").outcome == Outcome.UNKNOWN
    for asked in ("2", None):
        verdict = verdict_on(entry, asked)
        assert [row[1:] for row in told(verdict)] == [("Chợ Sắt", "Chợ Đổ")]
        assert verdict.since == opens


def test_an_exercise_has_no_picture(hai_phong):
    exercise = factories.location(hai_phong, is_exercise=True)
    assert verdict_on(exercise, "1").outcome == Outcome.UNKNOWN
    assert verdict_on(exercise, None).outcome == Outcome.UNKNOWN


def test_words_about_a_person_that_were_taken_away_do_not_come_back(location):
    revision = workflow.save_draft(
        entry=location,
        content=contents.snapshot(location) | {"note": "Gọi Nguyễn Văn An 0912 345 678"},
        by=factories.national(AUTHOR),
    )
    workflow.submit(revision=revision, by=revision.author)
    workflow.approve(
        revision=revision, by=factories.national(APPROVER), privacy_reason="Người phụ trách"
    )
    verdict = verdict_on(correct(location, note=""), "2")
    [(_label, before, after)] = told(verdict)
    assert after == ""
    assert before.startswith("Gọi")
    assert "0912" not in before
