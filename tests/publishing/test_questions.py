"""Questions whose SQL is written once: they are answered as their querysets would be."""

from datetime import timedelta

import pytest
from django.db.models import BigIntegerField, DateTimeField

from locations.models import ExposureLocation, Flight
from portal import clock
from portal.publishing.questions import Question
from portal.publishing.rows import COLUMNS
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("story_time")]


def current(province, at):
    return Flight.objects.concerning(province).listed(at).newest_first().values_list(*COLUMNS)[:3]


CURRENT = Question(current, province=BigIntegerField(), at=DateTimeField())


@pytest.fixture
def flights(hai_phong, binh_duong):
    for hours in range(5):
        opens = clock.now() + timedelta(hours=hours)
        factories.flight(hai_phong, number=f"VN{hours}", publish_from=opens)
    factories.flight(binh_duong, number="VJ1", also_concerns=[hai_phong])
    factories.flight(binh_duong, number="VJ2", expires_at=clock.now() + timedelta(hours=3))


def test_each_asking_is_for_its_own_values(flights, hai_phong, binh_duong):
    answers = set()
    for province in (hai_phong, binh_duong):
        for hours in range(5):
            at = clock.now() + timedelta(hours=hours)
            answer = CURRENT.ask(province=province.pk, at=at)
            assert answer == list(current(province, at))
            answers.add(tuple(answer))
    assert len(answers) > 4


def test_values_have_the_types_of_their_columns(flights, hai_phong):
    at = clock.now()
    opens = [
        row[COLUMNS.index("publish_from")] for row in CURRENT.ask(province=hai_phong.pk, at=at)
    ]
    assert at in opens


def test_its_sql_is_written_once(flights, hai_phong):
    made = []

    def rows(at):
        made.append(at)
        return ExposureLocation.objects.listed(at).values_list("pk")

    question = Question(rows, at=DateTimeField())
    for _time in range(3):
        assert question.ask(at=clock.now()) == []
    assert len(made) == 1
    question.forget()
    question.ask(at=clock.now())
    assert len(made) == 2


def test_a_value_that_is_not_given_is_named():
    with pytest.raises(KeyError, match="province"):
        CURRENT.ask(at=clock.now())
