"""What cannot be announced is refused by the database, and by the forms with the same words."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from portal import clock
from tests import factories

DAY = date(2021, 3, 22)
pytestmark = pytest.mark.usefixtures("story_time")


def guidance(province):
    return factories.publish(Guidance(province=province, by="CDC", points="Ở nhà"))


def figure(province, **values):
    as_of = datetime(2021, 3, 26, 6, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    return factories.publish(
        Figure(province=province, **{"what": "ca mắc", "value": 910, "as_of": as_of} | values)
    )


MADE_BY = {
    CaseAnnouncement: factories.cases,
    Figure: figure,
    Guidance: guidance,
    Notice: factories.notice,
}


@pytest.fixture
def entry(request, hai_phong):
    """A published entry of the model that the test names."""
    return MADE_BY[request.param](hai_phong)


def constraint(row: models.Model, name: str) -> models.BaseConstraint:
    return next(one for one in row._meta.constraints if one.name == name)


def refusal(row: models.Model, values: dict) -> ValidationError:
    """What the model says of `row` with these values; the forms show it."""
    for name, value in values.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value


def is_refused(row: models.Model, values: dict, name: str) -> None:
    """By the database, whoever writes, and by the model with the words of the constraint."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        type(row)._base_manager.filter(pk=row.pk).update(**values)
    assert str(constraint(row, name).violation_error_message) in refusal(row, values).messages


def in_days(days: int) -> date:
    return date(2021, 3, 26) + timedelta(days=days)


IMPOSSIBLE = [
    (CaseAnnouncement, {"starts_on": in_days(1)}, "caseannouncement_ends_after_start"),
    (CaseAnnouncement, {"ends_on": in_days(-1)}, "caseannouncement_ends_after_start"),
    (CaseAnnouncement, {"ends_on": in_days(31)}, "caseannouncement_not_in_far_future"),
    (CaseAnnouncement, {"starts_on": date(2201, 3, 26), "ends_on": date(2201, 3, 26)},
     "caseannouncement_not_in_far_future"),
    (Figure, {"since": in_days(1)}, "figure_as_of_after_since"),
    *(
        (model, values, f"{model._meta.model_name}_public_has_revision")
        for model in MADE_BY
        for values in ({"revision_number": 0}, {"published_at": None}, {"state": "draft"})
    ),
    *(
        (model, {"is_exercise": True}, f"{model._meta.model_name}_exercise_by_its_code")
        for model in MADE_BY
    ),
    *(
        (model, {"publish_from": at, "expires_at": expires_at},
         f"{model._meta.model_name}_expires_after_publishing")
        for model in MADE_BY
        for at in [datetime(2021, 3, 26, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))]
        for expires_at in (at, at - timedelta(days=1))
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "values", "name"), IMPOSSIBLE, indirect=["entry"])
def test_the_impossible_is_refused(entry, values, name):
    is_refused(entry, values, name)


NEGATIVE = [
    (CaseAnnouncement, "cases", "caseannouncement_cases_not_negative"),
    (Figure, "value", "figure_not_negative"),
]


@pytest.mark.parametrize(("entry", "field", "name"), NEGATIVE, indirect=["entry"])
def test_nothing_is_counted_below_zero(entry, field, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(entry).objects.filter(pk=entry.pk).update(**{field: -1})
    assert list(refusal(entry, {field: -1}).message_dict) == [field]
    with pytest.raises(ValidationError, match=str(constraint(entry, name).violation_error_message)):
        constraint(entry, name).validate(type(entry), entry)


@pytest.mark.parametrize(("entry", "field", "name"), NEGATIVE, indirect=["entry"])
def test_none_is_a_number_that_can_be_announced(entry, field, name):
    setattr(entry, field, 0)
    entry.full_clean()
    entry.save()


def test_every_constraint_is_tested_here():
    tested = {name for _model, _values, name in IMPOSSIBLE + NEGATIVE}
    constraints = {one.name for model in MADE_BY for one in model._meta.constraints}
    assert constraints == tested


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(in_days(-1), in_days(0)), (in_days(0), in_days(0)), (in_days(0), in_days(30))],
)
def test_a_period_may_be_a_day_or_several(starts_on, ends_on, hai_phong):
    announced = factories.cases(hai_phong, starts_on=starts_on, ends_on=ends_on)
    assert (announced.starts_on, announced.ends_on) == (starts_on, ends_on)


@pytest.mark.parametrize("since", [None, date(2021, 1, 27), date(2021, 3, 26)])
def test_a_figure_may_count_since_a_day_or_ever(since, hai_phong):
    assert figure(hai_phong, since=since).since == since


def test_the_day_of_since_begins_in_vietnam(hai_phong):
    """06:00 on the 26th in Vietnam is still the 25th in UTC."""
    as_of = datetime(2021, 3, 26, 6, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    made = figure(hai_phong, since=date(2021, 3, 26), as_of=as_of)
    assert Figure.objects.filter(pk=made.pk).update(since=date(2021, 3, 26)) == 1
    is_refused(made, {"since": date(2021, 3, 27)}, "figure_as_of_after_since")


@pytest.mark.parametrize(
    "build",
    [
        lambda: Notice(title="Thông báo", action="Gọi CDC"),
        lambda: CaseAnnouncement(cases=1, starts_on=DAY, ends_on=DAY),
    ],
    ids=["notice", "case announcement"],
)
def test_it_is_said_by_a_province(build, divisions):
    with pytest.raises(ValidationError) as refused:
        build().full_clean(exclude=["code"])
    assert list(refused.value.message_dict) == ["province"]


@pytest.mark.parametrize("entry", [Figure, Guidance], indirect=True)
def test_figures_and_guidance_may_be_said_to_the_whole_country(entry):
    entry.province = None
    entry.full_clean()


def test_a_case_announcement_has_no_field_for_a_person():
    fields = {field.name for field in CaseAnnouncement._meta.get_fields()}
    about_cases = {"cases", "starts_on", "ends_on", "ward", "note", "note_en",
                   "locations", "flights", "also_concerns"}  # fmt: skip
    bookkeeping = {
        "id", "code", "state", "revision_number", "published_at", "updated_at", "public_note",
        "province", "announced_on", "publish_from", "expires_at", "listed_until", "search_text",
        "plausible_until", "is_exercise",
    }  # fmt: skip
    assert fields == about_cases | bookkeeping


def listed(notice: Notice, at: datetime) -> bool:
    is_listed = notice.is_listed(at)
    assert is_listed == Notice.objects.listed(at).filter(pk=notice.pk).exists()
    assert is_listed != Notice.objects.past(at).filter(pk=notice.pk).exists()
    return is_listed


def test_a_notice_stops_being_current_at_the_moment_that_it_names(hai_phong):
    end = clock.now() + timedelta(hours=3)
    notice = factories.notice(hai_phong, expires_at=end)
    assert listed(notice, end - timedelta(microseconds=1))
    assert not listed(notice, end)


def test_without_an_end_the_listing_days_of_the_province_decide(hai_phong):
    type(hai_phong).objects.filter(pk=hai_phong.pk).update(listing_days=3)
    hai_phong.refresh_from_db()
    notice = factories.notice(hai_phong)
    end = datetime(2021, 3, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert listed(notice, end - timedelta(microseconds=1))
    assert not listed(notice, end)
