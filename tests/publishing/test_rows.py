"""Rows that are kept: they are what would be rendered now, whatever has happened since."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from locations.models import Division, ExposureLocation, Flight
from portal import clock
from portal.publishing import rows, versions
from portal.publishing.models.publishable import entry_models
from portal.publishing.rows import KEPT, Rows
from tests import factories
from tests.audit import content, public_pages
from tests.audit.kinds import PREFIXES, Reader
from tests.states import KINDS, PUBLIC, entry_in

pytestmark = pytest.mark.usefixtures("story_time")

LISTS = [f"/hai-phong/{kind}/?status=all" for kind in KINDS if kind != "so-lieu"]
ADDRESSES = ["/", "/hai-phong/", "/en/hai-phong/", "/binh-duong/", *LISTS]
ROWS = {
    Notice: ("notice", "alerts/_notice_row.html"),
    ExposureLocation: ("location", "locations/_location.html"),
    Flight: ("flight", "locations/_flight.html"),
    CaseAnnouncement: ("case", "alerts/_case.html"),
    Figure: ("figure", "alerts/_figure.html"),
    Guidance: ("advice", "alerts/_guidance.html"),
}


@contextmanager
def nothing_kept() -> Iterator[None]:
    with patch.object(KEPT, "find", lambda keys: {}), patch.object(KEPT, "keep"):
        yield


def body(response) -> bytes:
    return b"".join(response) if response.streaming else response.content


def pages() -> dict[str, bytes]:
    return {address: body(Client().get(address)) for address in ADDRESSES}


def assert_kept_rows_hold() -> None:
    """As they were left by the pages before, and as they are left now."""
    with_what_was_kept = pages()
    again = pages()
    with nothing_kept():
        anew = pages()
    for address in ADDRESSES:
        assert with_what_was_kept[address] == anew[address], address
        assert again[address] == anew[address], address


def shown(entry, province=None) -> str:
    name, template = ROWS[type(entry)]
    found = Rows(type(entry).objects.filter(pk=entry.pk))
    return found.html(name, template, province=province, names=versions.names())


def test_every_kind_of_entry_has_a_row_here():
    assert set(ROWS) == set(entry_models())


@pytest.mark.parametrize("state", PUBLIC)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kept_row_is_the_one_that_would_be_rendered(kind, state, hai_phong, binh_duong):
    entry = entry_in(state, kind, hai_phong)
    pages()
    assert_kept_rows_hold()
    entry = entry_in("current", kind, binh_duong)
    assert_kept_rows_hold()
    for happens in (
        lambda: factories.correct(entry, **KINDS[kind][1]),
        lambda: factories.withdraw(entry),
        lambda: factories.correct(entry, "Vẫn đúng"),  # published again
    ):
        happens()
        assert_kept_rows_hold()


def test_rows_follow_the_clock(hai_phong, story_time):
    now = clock.now()
    factories.location(hai_phong)
    factories.notice(hai_phong, expires_at=now + timedelta(hours=3))
    factories.flight(hai_phong, publish_from=now + timedelta(hours=2))
    factories.cases(hai_phong, expires_at=now + timedelta(days=2))
    pages()
    for hours in (2, 1, 12, 9, 24, 24, 24 * 13, 24):
        story_time.shift(timedelta(hours=hours))
        assert_kept_rows_hold()


def test_rows_follow_the_listing_days_of_their_province(hai_phong):
    place = factories.location(hai_phong)
    before = shown(place)
    factories.correct(hai_phong, listing_days=20)
    assert shown(place) != before
    assert_kept_rows_hold()
    factories.correct(hai_phong, listing_days=1)
    assert_kept_rows_hold()


def test_rows_follow_the_names_of_provinces(hai_phong, binh_duong):
    factories.flight(hai_phong, also_concerns=[binh_duong])
    factories.notice(binh_duong)
    factories.cases(hai_phong, also_concerns=[binh_duong])
    pages()
    factories.correct(hai_phong, name="Hải Phòng mới")
    assert_kept_rows_hold()
    factories.correct(binh_duong, name="Bình Dương mới")
    assert "Bình Dương mới".encode() in pages()["/hai-phong/"]
    assert_kept_rows_hold()


def test_rows_follow_what_became_of_their_ward(hai_phong):
    ward = Division.objects.wards().within(hai_phong.division)[0]
    place = factories.location(hai_phong, ward=ward)
    before = shown(place)
    successor = ward.current(clock.today().max)[0]
    Division.objects.filter(pk=successor.pk).update(name="Tên Mới")
    versions.changed_everywhere()
    assert "Tên Mới" in shown(place)
    assert "Tên Mới" not in before


def test_what_gets_another_name_while_it_is_read_is_not_kept_as_new(hai_phong):
    """The number is asked for first: the old name may be kept under the old one, never the new."""
    flight = factories.flight(hai_phong)
    whole = Rows._whole

    def read_then_renamed(self, keys):
        found = list(whole(self, keys))
        factories.correct(hai_phong, name="Hải Phòng mới")
        return found

    with patch.object(Rows, "_whole", read_then_renamed):
        assert "Hải Phòng mới" not in shown(flight)
    assert "Hải Phòng mới" in shown(flight)


def test_a_row_corrected_while_it_is_read_is_kept_as_what_it_is(hai_phong):
    place = factories.location(hai_phong)
    marks = Rows(ExposureLocation.objects.filter(pk=place.pk))
    assert len(marks) == 1
    factories.correct(place, name="Chợ Đổ")
    html = marks.html(*ROWS[ExposureLocation], names=versions.names())
    assert html == shown(place)
    assert "Chợ Đổ" in html


def test_the_page_of_which_province_it_is_tells_rows_apart(hai_phong, binh_duong):
    flight = factories.flight(hai_phong, also_concerns=[binh_duong])
    publisher = "Hải Phòng · "
    assert publisher in shown(flight, binh_duong)
    assert publisher not in shown(flight, hai_phong)
    assert publisher in shown(flight)


def test_a_kept_row_is_not_read_again(hai_phong):
    for number in range(3):
        factories.location(hai_phong, name=f"Chợ {number}")
    KEPT.clear()
    found = Rows(ExposureLocation.objects.listed().newest_first())
    with CaptureQueriesContext(connection) as first:
        html = found.html(*ROWS[ExposureLocation], names=versions.names())
    found = Rows(ExposureLocation.objects.listed().newest_first())
    with CaptureQueriesContext(connection) as second:
        assert found.html(*ROWS[ExposureLocation], names=versions.names()) == html
    assert len(second) == 2 < len(first)
    assert html.index("Chợ 2") < html.index("Chợ 1") < html.index("Chợ 0")


def test_a_preview_neither_uses_what_is_kept_nor_leaves_anything(hai_phong):
    place = factories.location(hai_phong)
    name, template = ROWS[ExposureLocation]
    found = Rows(ExposureLocation.objects.filter(pk=place.pk))
    found.html(name, template, names=None)
    assert KEPT.used == 0
    shown(place)
    ExposureLocation.objects.filter(pk=place.pk).update(name="Chưa duyệt")
    used = KEPT.used
    assert "Chưa duyệt" in found.html(name, template, names=None)
    assert (KEPT.used, "Chưa duyệt" in shown(place)) == (used, False)


def test_a_row_template_is_given_nothing_that_it_is_not_kept_under(hai_phong):
    """Whatever else a page knows, its rows do not: they would be kept with it."""
    factories.location(hai_phong)
    with patch.object(rows, "get_template") as found:
        found.return_value.render.return_value = ""
        Client().get("/hai-phong/")
    found.return_value.render.assert_called_once()
    [known] = found.return_value.render.call_args.args
    assert set(known) == {"location", "province", "now"}


def test_every_page_of_the_catalogue_is_the_same_with_kept_rows_and_without(divisions):
    made = content.make()
    for language in PREFIXES:
        for name, kind in public_pages.PAGES.items():
            if not hasattr(kind, "address"):
                continue
            reader = Reader(made, language)
            kept = [body(kind(reader)) for _twice in range(2)]
            with nothing_kept():
                anew = body(kind(reader))
            assert kept == [anew, anew], name
