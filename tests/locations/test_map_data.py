"""The data of the map: what is public and current, in the reader's language, and no more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.made_load import MadeLoad
from locations.models import Division, ExposureLocation
from portal import clock
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories

pytestmark = pytest.mark.usefixtures("story_time")

ADDRESS = "/hai-phong/ban-do.json"
POINT = {"latitude": 20.86, "longitude": 106.68}


@pytest.fixture
def commune(divisions) -> Division:
    return Division.objects.get(pk="2004-11752")  # xã Đại Hợp, huyện Kiến Thụy


def shown(client, query: str = "", address: str = ADDRESS) -> dict[str, dict]:
    """The properties of what the map shows, by name."""
    response = client.get(address + query)
    assert response.status_code == 200
    features = response.json()["features"]
    return {feature["properties"]["name"]: feature["properties"] for feature in features}


def test_a_place_with_a_point(client, hai_phong):
    place = factories.location(hai_phong, **POINT, address="1 Quang Trung")
    response = client.get(ADDRESS)
    assert response.headers["Content-Type"] == "application/geo+json"
    assert response.json() == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": place.code,
                "geometry": {"type": "Point", "coordinates": [106.68, 20.86]},
                "properties": {
                    "name": "Chợ Sắt",
                    "translation": "",
                    "when": "19:00–21:30 ngày 26/03/2021",
                    "address": "1 Quang Trung, thành phố Hải Phòng",
                    "url": f"/hai-phong/dia-diem/{place.code}/",
                    "status": "current",
                    "approximate": False,
                    "area": "",
                    "radius": 100,
                },
            }
        ],
        "without_point": 0,
    }


def test_a_ward_stands_in_and_is_said_to(client, hai_phong, commune):
    factories.location(hai_phong, ward=commune)
    (place,) = shown(client).values()
    assert (place["approximate"], place["area"], place["radius"]) == (True, "xã Đại Hợp", 4000)


def test_a_unit_is_called_what_it_was_called_then(client, hai_phong, commune):
    """A commune that became a ward later: the entry speaks of the day it is about."""
    Division.objects.filter(pk=commune.pk).update(
        kind="ward",
        former=[{"until": "2022-12-31", "kind": "commune", "name": "Đại Hợp",
                 "parent": commune.parent_id}],
    )  # fmt: skip
    factories.location(hai_phong, ward=Division.objects.get(pk=commune.pk))
    (place,) = shown(client).values()
    assert place["area"] == "xã Đại Hợp"


def test_what_has_no_point_is_counted(client, hai_phong):
    factories.location(hai_phong, **POINT)
    factories.location(hai_phong, name="Quán vỉa hè")
    factories.location(hai_phong, name="Xe khách")
    data = client.get(ADDRESS).json()
    assert (len(data["features"]), data["without_point"]) == (1, 2)


def test_only_what_is_public_and_current_here(client, hai_phong, binh_duong):
    now = clock.now()
    factories.location(hai_phong, name="hiện hành", **POINT)
    factories.location(hai_phong, name="hết hạn", **POINT, on=(clock.today() - timedelta(60),))
    factories.location(hai_phong, name="cấm vận", **POINT, publish_from=now + timedelta(hours=1))
    factories.location(binh_duong, name="tỉnh khác", **POINT)
    entry, children = factories.location_draft(hai_phong, name="nháp", **POINT)
    factories.draft(entry, children=children)
    entry, children = factories.location_draft(
        hai_phong, name="diễn tập", **POINT, is_exercise=True
    )
    factories.publish(entry, children=children)
    withdrawn = factories.location(hai_phong, name="đã rút", **POINT)
    revision = workflow.request_withdrawal(
        entry=withdrawn, by=factories.national(AUTHOR), reason="Nhầm địa điểm."
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))
    assert set(shown(client)) == {"hiện hành"}
    assert {name: place["status"] for name, place in shown(client, "?status=all").items()} == {
        "hiện hành": "current",
        "hết hạn": "past",
        "đã rút": "withdrawn",
    }
    assert set(shown(client, "?status=past")) == {"hết hạn"}


def test_the_filter_is_that_of_the_list(client, hai_phong, commune):
    factories.location(hai_phong, name="Chợ Sắt", **POINT)
    factories.location(hai_phong, name="Trường học", kind="school", ward=commune)
    assert set(shown(client, "?q=cho+sat&page=7")) == {"Chợ Sắt"}
    assert set(shown(client, "?kind=school")) == {"Trường học"}
    assert set(shown(client, f"?ward={commune.pk}")) == {"Trường học"}
    assert shown(client, "?from=27/03/2021") == {}
    # As in the list, what makes no sense is left out of the filter.
    assert len(shown(client, "?from=31/02/2021&kind=x")) == 2


def test_all_pages_of_the_list_are_on_the_map(client, hai_phong):
    made = MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))
    assert list(made.locations([hai_phong], 150))
    listed = ExposureLocation.objects.concerning(hai_phong).listed().count()
    data = client.get(ADDRESS).json()
    assert len(data["features"]) + data["without_point"] == listed > 50


def test_in_english(client, hai_phong, commune):
    factories.location(hai_phong, name_en="Sat market", **POINT)
    factories.location(hai_phong, name="Bến xe", on=(None,), ward=commune)
    places = shown(client, address=f"/en{ADDRESS}")
    assert places["Chợ Sắt"]["translation"] == "Sat market"
    assert places["Chợ Sắt"]["url"].startswith("/en/hai-phong/dia-diem/")
    assert places["Bến xe"]["when"] == "time not known"
    assert shown(client)["Chợ Sắt"]["translation"] == ""


def test_ten_and_three_hundred_ask_the_same(client, hai_phong):
    made = MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))
    asked = []
    for count in (10, 290):
        assert list(made.locations([hai_phong], count))
        client.get(ADDRESS)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{ADDRESS}?status=all")
        asked.append(len(queries))
    # The version of the names, the province, the places with their units, their windows.
    assert asked == [5, 5]


def test_what_has_not_changed_is_not_sent_again(client, hai_phong):
    factories.location(hai_phong, **POINT)
    tag = client.get(ADDRESS).headers["ETag"]
    again = client.get(ADDRESS, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    factories.location(hai_phong, name="Bến xe", **POINT)
    assert client.get(ADDRESS, headers={"if-none-match": tag}).status_code == 200


def test_no_cookie_and_no_other_method(client, hai_phong):
    response = client.get(ADDRESS)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert client.post(ADDRESS).status_code in (403, 405)
    assert client.get("/khong-co/ban-do.json").status_code == 404
