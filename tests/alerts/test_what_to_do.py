"""What to do for an entry: its own words, else those of the notices in force that name it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from alerts.what_to_do import actions_for, notices_naming
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories

pytestmark = pytest.mark.usefixtures("story_time")


def texts(entry, at=None):
    return [action.text for action in actions_for([entry], at)[entry]]


def withdraw(entry):
    revision = workflow.request_withdrawal(
        entry=entry, by=factories.national(AUTHOR), reason="Nhầm địa điểm"
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))
    entry.refresh_from_db()


@pytest.fixture(params=["place", "flight"])
def make(request, hai_phong):
    """Makes a place or a flight, and the keyword by which a notice names it."""

    def make(**values):
        if request.param == "place":
            return factories.location(hai_phong, **values), "locations"
        return factories.flight(hai_phong, **values), "flights"

    return make


def test_its_own_words_come_first(make, hai_phong):
    entry, link = make(action="Ở nhà.")
    factories.notice(hai_phong, action="Gọi 115.", **{link: [entry]})
    [action] = actions_for([entry])[entry]
    assert (action.text, action.notice) == ("Ở nhà.", None)


def test_else_those_of_the_notice_that_names_it(make, hai_phong):
    entry, link = make()
    notice = factories.notice(hai_phong, action="Gọi 115.", **{link: [entry]})
    factories.notice(hai_phong, action="Của nơi khác.")
    [action] = actions_for([entry])[entry]
    assert (action.text, action.notice) == ("Gọi 115.", notice)


def test_the_most_urgent_notice_comes_first(make, hai_phong):
    entry, link = make()
    for severity in ("information", "urgent", "important"):
        factories.notice(hai_phong, action=severity, severity=severity, **{link: [entry]})
    assert texts(entry) == ["urgent", "important", "information"]


def test_nothing_is_made_up(make, hai_phong):
    entry, _link = make()
    assert texts(entry) == []


def test_a_notice_counts_only_while_it_is_in_force(make, hai_phong):
    entry, link = make()
    now = clock.now()
    notice = factories.notice(
        hai_phong, action="Gọi 115.", expires_at=now + timedelta(days=2), **{link: [entry]}
    )
    assert texts(entry, now + timedelta(days=2, seconds=-1)) == ["Gọi 115."]
    assert texts(entry, now + timedelta(days=2)) == []
    assert texts(entry) == ["Gọi 115."]
    withdraw(notice)
    assert texts(entry) == []


def test_a_notice_under_embargo_says_nothing_yet(make, hai_phong):
    entry, link = make()
    opens = clock.now() + timedelta(hours=3)
    factories.notice(hai_phong, action="Gọi 115.", publish_from=opens, **{link: [entry]})
    assert texts(entry) == []
    assert notices_naming([entry])[entry] == []
    assert texts(entry, opens) == ["Gọi 115."]


def test_an_exercise_says_nothing_of_what_is_real(hai_phong):
    exercise = factories.location(hai_phong, is_exercise=True)
    factories.notice(hai_phong, is_exercise=True, action="Diễn tập.", locations=[exercise])
    assert texts(exercise) == []


def test_nothing_is_borrowed_for_what_was_withdrawn(make, hai_phong):
    entry, link = make()
    factories.notice(hai_phong, action="Gọi 115.", **{link: [entry]})
    withdraw(entry)
    assert texts(entry) == []


def test_a_place_past_its_listing_still_has_what_a_notice_in_force_says(hai_phong):
    place = factories.location(hai_phong, on=(clock.today() - timedelta(days=60),))
    assert place.is_past
    factories.notice(hai_phong, action="Gọi 115.", locations=[place])
    assert texts(place) == ["Gọi 115."]


def test_a_notice_says_its_own_and_a_case_announcement_nothing(hai_phong):
    notice, cases = factories.notice(hai_phong, action="Gọi 115."), factories.cases(hai_phong)
    assert texts(notice) == ["Gọi 115."]
    assert texts(cases) == []


@pytest.mark.parametrize(
    ("language", "english", "said"),
    [
        ("vi", "Call 115.", ("Gọi 115.", "vi")),
        ("en", "Call 115.", ("Call 115.", "en")),
        ("en", "", ("Gọi 115.", "vi")),
    ],
)
def test_it_is_said_in_the_language_of_the_page(language, english, said, make, hai_phong):
    entry, link = make()
    factories.notice(hai_phong, action="Gọi 115.", action_en=english, **{link: [entry]})
    with translation.override(language):
        [action] = actions_for([entry])[entry]
    assert (action.text, action.language) == said


def test_many_entries_ask_as_much_as_few(hai_phong):
    places = [factories.location(hai_phong, name=f"Chợ {n}") for n in range(6)]
    flights = [factories.flight(hai_phong, number=f"VN{n}") for n in range(6)]
    factories.notice(hai_phong, locations=places, flights=flights)
    asked = []
    for entries in ([places[0], flights[0]], [*places, *flights]):
        with CaptureQueriesContext(connection) as queries:
            actions = actions_for(entries)
            assert all(actions[entry][0].notice.hotlines.all() is not None for entry in entries)
            assert {actions[entry][0].notice.province.name for entry in entries} == {"Hải Phòng"}
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 4


def test_the_rule_is_that_of_a_correction_too(hai_phong):
    place = factories.location(hai_phong, action="Ở nhà.")
    factories.notice(hai_phong, action="Gọi 115.", locations=[place])
    revision = workflow.save_draft(
        entry=place,
        content=contents.snapshot(place) | {"action": ""},
        by=factories.national(AUTHOR),
        public_note="Theo thông báo",
    )
    assert texts(factories.approve(revision)) == ["Gọi 115."]
