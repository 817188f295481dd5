"""What a province's page begins with is kept, and is never older than what is published."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal import clock
from tests import factories
from tests.kept_pages import forget_all_that_is_kept

pytestmark = pytest.mark.usefixtures("story_time")


@pytest.fixture
def place(hai_phong):
    return factories.location(hai_phong, name="Chợ Sắt")


@pytest.fixture
def flight(hai_phong):
    return factories.flight(hai_phong)


@pytest.fixture
def notice(hai_phong, place, flight):
    hidden = factories.location(
        hai_phong, name="Chợ Kín", publish_from=clock.now() + timedelta(hours=1)
    )
    return factories.notice(hai_phong, locations=[place, hidden], flights=[flight])


def pages() -> list[str]:
    return [Client().get(prefix + "/hai-phong/").content.decode() for prefix in ("", "/en")]


def assert_changed(happens: Callable[[], object]) -> str:
    """The page as it is after, which is what it would be if nothing had been kept."""
    before = pages()
    assert pages() == before
    happens()
    after = pages()
    forget_all_that_is_kept()
    assert after == pages()
    assert after[0] != before[0]
    assert after[1] != before[1]
    return after[0]


def test_kept_notices_are_not_read_again(notice):
    with CaptureQueriesContext(connection) as first:
        pages()
    with CaptureQueriesContext(connection) as second:
        pages()
    assert len(second) <= 2 * 9 < len(first) - 20


def test_a_correction_is_shown(notice):
    assert "Ở yên tại nhà." in assert_changed(
        lambda: factories.correct(notice, action="Ở yên tại nhà.")
    )


def test_a_withdrawal_is_shown_and_so_is_its_return(notice):
    page = assert_changed(lambda: factories.withdraw(notice))
    assert 'class="notice ' not in page
    assert_changed(lambda: factories.correct(notice, "Vẫn đúng"))


def test_another_notice_is_shown(hai_phong, notice):
    assert_changed(lambda: factories.notice(hai_phong, title="Thêm một"))


def test_a_correction_of_a_place_that_it_names_is_shown(notice, place):
    page = assert_changed(lambda: factories.correct(place, name="Chợ Đổ"))
    assert "Chợ Đổ</a> <span>" in page
    assert_changed(lambda: factories.withdraw(place))


def test_a_withdrawal_of_a_flight_that_it_names_is_shown(notice, flight):
    assert_changed(lambda: factories.correct(flight, local_time="13:00:00"))
    assert_changed(lambda: factories.withdraw(flight))


def test_the_end_of_an_embargo_of_a_place_that_it_names_is_shown(notice, story_time):
    page = assert_changed(lambda: story_time.shift(timedelta(hours=1)))
    assert "Chợ Kín</a> <span>" in page


def test_the_next_day_and_the_last_are_shown(notice, story_time):
    for _day in range(3):
        assert_changed(lambda: story_time.shift(timedelta(days=1)))
    story_time.move_to(notice.listed_until)
    assert 'class="notice ' not in pages()[0]


def test_other_hotlines_of_the_province_are_shown(hai_phong, notice):
    hotlines = [{"label": "CDC", "label_en": "", "number": "0225 999 888"}]
    page = assert_changed(lambda: factories.correct(hai_phong, hotlines=hotlines))
    assert page.count("0225 999 888") > 1


def test_a_merger_that_becomes_known_is_shown(hai_phong):
    from locations.models import Division
    from portal.publishing import versions

    def renamed():
        [unit] = hai_phong.division.current(clock.today().max)
        Division.objects.filter(pk=unit.pk).update(name="Tên Mới")
        versions.changed_everywhere()

    assert "Tên Mới" in assert_changed(renamed)


def test_corrections_are_shown_one_after_another(hai_phong, notice, place, flight):
    assert "(Chợ Đổ)" not in assert_changed(lambda: factories.correct(place, name="Chợ Đổ"))
    for number in range(3):
        assert_changed(lambda n=number: factories.correct(flight, number=f"VN{n}"))
    page = assert_changed(lambda: factories.correct(place, name="Chợ An"))
    record = page.partition('id="corrections"')[2].partition("</section>")[0]
    assert "Chợ An" in record and "Chợ Đổ" not in record


def test_what_is_corrected_under_another_name_is_called_so(notice, place, hai_phong):
    """Its correction stays among the last ones, and says the name that it has now."""
    factories.correct(place, tier="close")
    assert_changed(lambda: factories.correct(place, name="Chợ Mới"))


def test_a_correction_is_shown_for_seven_days(hai_phong, notice, place, story_time):
    factories.correct(place, tier="close")
    assert 'id="corrections"' in pages()[0]
    story_time.shift(timedelta(days=7, seconds=1))
    assert 'id="corrections"' not in pages()[0]


def test_another_office_and_another_rule_are_shown(hai_phong, place):
    page = assert_changed(lambda: factories.correct(hai_phong, office="CDC mới"))
    assert "CDC mới" in page
    assert_changed(lambda: factories.correct(hai_phong, listing_rule="Mười ngày."))


def test_the_map_knows_districts_to_the_day_on_which_they_end(hai_phong, place, story_time):
    factories.location(hai_phong, name="Chợ Hàng", expires_at=clock.now() + timedelta(days=3000))
    ends = hai_phong.division.valid_to
    story_time.move_to(datetime.combine(ends, time(23), timezone.get_default_timezone()))
    assert "data-districts" in pages()[0]
    story_time.shift(timedelta(days=1))
    assert "data-districts" not in pages()[0]
