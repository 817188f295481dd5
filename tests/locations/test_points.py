"""Where a place lies: its written point, else its unit's centroid, and how far that reaches."""

import pytest

from locations.models import Division, ExposureLocation
from locations.points import PLACE_RADIUS, UNIT_RADIUS, unit_radius


@pytest.fixture
def commune(divisions) -> Division:
    return Division.objects.get(pk="2004-11752")  # xã Đại Hợp, huyện Kiến Thụy


def test_a_written_point_wins_over_the_ward(commune):
    point = ExposureLocation(kind="shop", latitude=20.7, longitude=106.7, ward=commune).point
    assert (point.latitude, point.longitude) == (20.7, 106.7)
    assert (point.radius, point.is_approximate) == (PLACE_RADIUS, False)


def test_a_ward_stands_in_as_an_area(commune):
    point = ExposureLocation(kind="shop", ward=commune).point
    assert (point.latitude, point.longitude) == (commune.latitude, commune.longitude)
    assert (point.radius, point.is_approximate) == (UNIT_RADIUS["commune"], True)


def test_an_area_reaches_as_far_as_its_unit_though_its_point_is_written(commune):
    point = ExposureLocation(kind="area", latitude=20.7, longitude=106.7, ward=commune).point
    assert point.latitude == 20.7
    assert (point.radius, point.is_approximate) == (UNIT_RADIUS["commune"], True)


def test_nothing_is_made_up_where_nothing_is_known():
    assert ExposureLocation(kind="shop").point is None


def test_every_kind_of_ward_and_district_has_a_radius(divisions):
    units = Division.objects.exclude(level=Division.Level.PROVINCE)
    kinds = {(pk[:4], kind) for pk, kind in units.values_list("pk", "kind")}
    for era, kind in kinds:
        assert unit_radius(Division(pk=f"{era}-00000", kind=kind)) >= UNIT_RADIUS["ward"]
