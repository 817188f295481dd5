"""Residents find every change of what they could read: what, from what to what, when and why."""

from datetime import timedelta

import pytest
from django.urls import reverse

from alerts.models import Guidance
from portal import clock
from portal.publishing import changes, workflow
from portal.publishing import content as contents
from portal.publishing.models import Revision
from portal.publishing.roles import AUTHOR
from tests import factories
from tests.factories import correct, withdraw


def record(entry):
    entry.refresh_from_db()
    return changes.of_entry(entry)


def told(change):
    return [(row.label, row.before, row.after) for row in change.rows]


def listed(province):
    return changes.described(changes.concerning(province))


def test_the_first_publication_is_no_correction(location, hai_phong):
    assert record(location) == []
    assert listed(hai_phong) == []
    assert not location.is_corrected


def test_a_correction_says_what_from_what_to_what_when_and_why(location, hai_phong):
    entry = correct(location, why="Chợ khác cùng tên", name="Chợ Đổ")
    [change] = record(entry)
    assert change.number == 1
    assert [row[1:] for row in told(change)] == [("Chợ Sắt", "Chợ Đổ")]
    assert (change.at, change.why) == (entry.updated_at, "Chợ khác cùng tên")
    assert [one.entry for one in listed(hai_phong)] == [entry]
    assert entry.is_corrected


@pytest.mark.parametrize("values", [{}, {"external_id": "HP-12"}], ids=["nothing", "unseen"])
def test_what_residents_do_not_see_is_no_correction(location, hai_phong, values):
    before = location.updated_at
    entry = correct(location, **values)
    assert (entry.revision_number, entry.updated_at) == (2, before)
    assert record(entry) == []
    assert listed(hai_phong) == []
    assert not entry.is_corrected


def test_a_change_of_a_window_is_told_in_the_words_of_the_page(location):
    windows = [{"starts_on": "2021-03-22", "starts_time": "19:00", "ends_on": "2021-03-22",
                "ends_time": "21:30"}]  # fmt: skip
    correct(location, windows=windows)
    later = [windows[0] | {"ends_time": "22:30"}]
    newest, _oldest = record(correct(location, windows=later))
    [(_label, before, after)] = told(newest)
    assert (before, after) == ("19:00–21:30 ngày 22/03/2021", "19:00–22:30 ngày 22/03/2021")


def test_a_changed_ward_says_where_it_lies(location):
    from locations.models import Division

    wards = Division.objects.wards().filter(name="1")[:2]
    correct(location, ward=wards[0].pk)
    newest, _oldest = record(correct(location, ward=wards[1].pk))
    [(_label, before, after)] = told(newest)
    assert before == wards[0].path_name()
    assert after == wards[1].path_name()


def test_a_text_and_its_translation_are_told_in_the_readers_language(location):
    correct(location, name="Chợ Đổ", name_en="Do market")
    from django.utils.translation import override

    with override("vi"):
        [change] = record(location)
        assert told(change)[0][1:] == ("Chợ Sắt", "Chợ Đổ")
    with override("en"):
        [change] = record(location)
        assert told(change)[0][1:] == ("", "Do market")


def test_a_withdrawal_and_a_return_are_in_the_record(location, hai_phong):
    withdraw(location)
    newest = record(location)[0]
    assert newest.is_withdrawal
    assert newest.why == "Nhầm địa điểm"
    correct(location)
    newest = record(location)[0]
    assert newest.is_return
    assert [change.number for change in record(location)] == [2, 1]
    assert len(listed(hai_phong)) == 2


def test_what_was_changed_under_embargo_was_never_seen(hai_phong, story_time):
    opens = clock.now() + timedelta(hours=2)
    entry = factories.location(hai_phong, publish_from=opens)
    entry = correct(entry, name="Chợ Đổ")
    assert entry.published_at == entry.updated_at == opens
    story_time.shift(timedelta(hours=3))
    assert record(entry) == []
    correct(entry, name="Chợ Ga")
    assert len(record(entry)) == 1


def test_links_name_only_what_is_public(hai_phong, location):
    notice = factories.notice(hai_phong)
    hidden = factories.location(
        hai_phong, name="Chợ Ẩn", publish_from=clock.now() + timedelta(days=1)
    )
    correct(notice, locations=[location.code, hidden.code])
    [change] = record(notice)
    assert [row.after for row in change.rows] == ["Chợ Sắt"]


def test_a_province_tells_of_its_own_of_shared_and_of_national_corrections(hai_phong, binh_duong):
    shared = factories.flight(binh_duong, also_concerns=[hai_phong])
    correct(shared, seat_rows="12-16")
    correct(factories.flight(binh_duong, number="VN1"), seat_rows="1-3")
    advice = factories.publish(Guidance(by="Bộ Y tế", points="5K"))
    correct(advice, points="5K\nVắc xin")
    correct(hai_phong, office="Sở Y tế")
    assert [change.entry for change in listed(hai_phong)] == [hai_phong, advice, shared]


def test_the_page_lists_them_with_as_many_queries_for_one_as_for_twenty(
    client, hai_phong, django_assert_max_num_queries
):
    address = reverse("corrections", args=["hai-phong"])
    assert client.get(address).status_code == 200
    for number in range(12):
        entry = factories.location(hai_phong, name=f"Chợ {number}")
        correct(entry, name=f"Quán {number}")
    with django_assert_max_num_queries(10):
        page = client.get(address).content.decode()
    assert page.count('class="change"') == 12
    assert "Chợ 11" in page
    assert page.index("Quán 11") < page.index("Quán 0")
    assert client.get(address, {"page": 2}).status_code == 404
    english = client.get(f"/en{address}").content.decode()
    assert "Corrections and withdrawals" in english


def test_no_officer_is_named_to_residents(client, location):
    entry = correct(location, name="Chợ Đổ")
    for address in (entry.get_absolute_url(), reverse("corrections", args=["hai-phong"])):
        page = client.get(address).content.decode()
        assert "national-" not in page


def test_the_entrys_page_shows_its_changes_and_the_province_page_for_seven_days(
    client, story_time, location
):
    entry = correct(location, name="Chợ Đổ", why="Chợ khác cùng tên")
    page = client.get(entry.get_absolute_url()).content.decode()
    assert "Chợ khác cùng tên" in page
    assert "Chợ Sắt</del>" in page
    province = entry.province.get_absolute_url()
    assert 'id="corrections"' in client.get(province).content.decode()
    story_time.shift(timedelta(days=7, minutes=1))
    assert 'id="corrections"' not in client.get(province).content.decode()


def test_a_withdrawn_entry_keeps_its_address_and_says_why(client, location):
    withdraw(location, reason="Nhầm chi nhánh")
    page = client.get(location.get_absolute_url())
    assert page.status_code == 200
    assert "Nhầm chi nhánh" in page.content.decode()
    assert Revision.objects.corrections().count() == 1


def test_words_about_a_person_do_not_stay_in_the_record_of_their_removal(hai_phong):
    said = "Gọi chị Nguyễn Thị Lan, số 0912 345 678"
    place = factories.location(hai_phong, note="Liên hệ trạm y tế")
    Revision.objects.of(place).update(content=contents.snapshot(place) | {"note": said})
    content = contents.snapshot(place) | {"note": "Liên hệ trạm y tế phường"}
    author = factories.national(AUTHOR)
    factories.approve(workflow.save_draft(entry=place, content=content, by=author))
    [change] = record(place)
    [row] = change.rows
    assert "Lan" not in row.before
    assert "0912" not in row.before
    assert row.after == "Liên hệ trạm y tế phường"
