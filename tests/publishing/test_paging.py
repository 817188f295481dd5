"""Long lists are counted and shown as far as anybody reads, and say so."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.models import Division, ExposureLocation
from portal import clock
from portal.publishing.distinct import values_of
from portal.publishing.paging import BoundedPaginator, StaffPaginator
from portal.publishing.roles import APPROVER
from tests import factories, many

pytestmark = pytest.mark.django_db
LIST, ADMIN = "/hai-phong/dia-diem/", "/admin/locations/exposurelocation/"


@pytest.fixture
def hundred(hai_phong) -> None:
    """A hundred current places of Hải Phòng."""
    wards = list(Division.objects.wards().within(hai_phong.division).with_path())
    place = factories.location(hai_phong, ward=wards[0])
    many.fill(place, 99, wards=wards, newest=clock.now(), mark="N")


@pytest.mark.parametrize(("most", "count", "is_cut"), [(99, 99, True), (100, 100, False)])
def test_a_list_is_counted_up_to_its_bound(hundred, most, count, is_cut, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "most", most)
    paginator = BoundedPaginator(ExposureLocation.objects.newest_first(), 50)
    with CaptureQueriesContext(connection) as asked:
        assert (paginator.count, paginator.is_cut, paginator.num_pages) == (count, is_cut, 2)
    assert f"LIMIT {most + 1}" in "".join(query["sql"] for query in asked)
    assert len(asked) == 1


def test_a_list_that_is_cut_says_so_and_how_to_see_more(hundred, client, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "most", 70)
    first, last = (client.get(f"/en{LIST}?page={page}").content.decode() for page in (1, 2))
    more = "There is more than fits on these pages."
    assert "More than 70 places" in first and more not in first
    assert "More than 70 places" in last and more in last
    assert len(re.findall(r'class="row\b', last)) == 20
    assert client.get(f"{LIST}?page=3").status_code == 404
    assert "Hơn 70 địa điểm" in client.get(LIST).content.decode()
    monkeypatch.setattr(BoundedPaginator, "most", 100)
    whole = client.get(f"/en{LIST}?page=2").content.decode()
    assert "More than" not in whole and more not in whole and "100 places" in whole


def test_the_admin_counts_no_further_than_its_bound(hundred, hai_phong, client, monkeypatch):
    client.force_login(factories.officer("approver", APPROVER, hai_phong))
    assert "100 địa điểm" in client.get(ADMIN).content.decode()
    monkeypatch.setattr(StaffPaginator, "most", 60)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{ADMIN}?q=hai+phong").content.decode()
    assert page.count("hơn 60") == 2  # beside the search, and below the list
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    assert counts and all("LIMIT 61" in sql for sql in counts)


def test_the_choices_of_the_admin_are_found_without_reading_the_list(
    hundred, hai_phong, binh_duong, client
):
    client.force_login(factories.officer("approver", APPROVER, hai_phong, binh_duong))
    for address in (ADMIN, "/admin/publishing/revision/"):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address).content.decode()
        assert page.count("?province__id__exact=") == 2, address
        assert not any("DISTINCT" in query["sql"] for query in asked), address


def test_different_values_are_those_of_select_distinct(hundred, hai_phong, binh_duong):
    districts = Division.objects.districts().within(hai_phong.division)[:3]
    for district in districts:
        factories.location(hai_phong, district=district)
    factories.location(binh_duong)
    for column in ("ward", "district", "kind"):
        for rows in (
            ExposureLocation.objects.filter(province=hai_phong),
            ExposureLocation.objects.public().filter(province=binh_duong),
            ExposureLocation.objects.all(),
        ):
            distinct = rows.order_by().exclude(**{column: None}).values_list(column, flat=True)
            assert values_of(rows, column) == sorted(set(distinct))
