"""Lists and single objects: what open data says, under the same names; filters and pages."""

from datetime import date, timedelta

import pytest

from alerts.models import Notice
from alerts.open_data import DATASETS
from locations.models import Division
from portal import clock
from tests import factories, states
from tests.api.mirror import KINDS, answer, everything, is_vietnamese, listed, pages
from tests.open_data.reading import rows

pytestmark = pytest.mark.usefixtures("story_time")
SLUGS = {dataset.name: slug for slug, dataset in DATASETS.items()}
BOTH = pytest.mark.parametrize("prefix", ["", "/en"])


def flat(dataset, one):
    """The rows of the files that the object is made of."""
    for part in one.get(dataset.parts, [{}]):
        values = {name: value for name, value in one.items() if name != dataset.parts} | part
        yield {column.name: values.pop(column.name) for column in dataset.columns}
        assert not values


@pytest.mark.parametrize("name", SLUGS)
def test_a_list_says_exactly_what_the_file_of_open_data_says(name, hai_phong, client):
    kind = SLUGS[name]
    states.one_in_every_state(kind, hai_phong)
    factories.location(hai_phong, on=(None,))
    factories.location(hai_phong, on=(clock.today(), clock.today() - timedelta(days=1)))
    told = [row for one in listed(client, name) for row in flat(DATASETS[kind], one)]
    key = ("id", "window") if name == "locations" else ("id",)
    both = [told, rows(client.get(f"/du-lieu/{kind}.json"))]
    told, file = (sorted(some, key=lambda row: [row[part] for part in key]) for some in both)
    assert told == file
    assert len(told) >= len(states.PUBLIC)


@pytest.mark.parametrize("name", SLUGS)
def test_an_entry_is_at_its_address_as_in_the_list(name, hai_phong, client):
    made = states.one_in_every_state(SLUGS[name], hai_phong)
    for state, entry in made.items():
        response = client.get(f"/api/v1/{name}/hai-phong/{entry.code}")
        if state in states.PUBLIC:
            [one] = [one for one in listed(client, name) if one["id"] == entry.code]
            assert response.json() == one
            assert one["status"] == {"corrected": "current"}.get(state, state)
        else:
            assert response.status_code == 404
        elsewhere = client.get(f"/api/v1/{name}/viet-nam/{entry.code}")
        assert elsewhere.status_code == 404


def test_a_figure_of_the_whole_country_has_an_address(hai_phong, client):
    figure = states.figure(None)
    one = answer(client, f"/api/v1/figures/viet-nam/{figure.code}")
    assert (one["id"], one["province"]) == (figure.code, None)
    assert listed(client, "figures", "province=hai-phong") == [one]
    assert client.get(f"/api/v1/figures/hai-phong/{figure.code}").status_code == 404


def test_a_province_says_whom_to_call_and_where_it_speaks(hai_phong, client):
    one = answer(client, "/api/v1/provinces/hai-phong")
    assert [one] == listed(client, "provinces")
    assert one["hotlines"] == [{"label": "CDC", "label_en": None, "number": "0225 123 456"}]
    assert one["accounts"] == [
        {"channel": "zalo", "name": "Chính quyền Hải Phòng", "url": "https://zalo.me/1234"}
    ]
    assert (one["unit_id"], one["listing_days"], one["status"]) == ("2004-31", 14, "current")
    assert one["url"] == "http://testserver/hai-phong/"
    assert client.get("/api/v1/provinces/binh-duong").status_code == 404


def test_an_account_that_may_not_be_linked_has_no_address(hai_phong, client, settings):
    settings.FOLLOW_HOSTS = ["elsewhere.test"]
    assert answer(client, "/api/v1/provinces/hai-phong")["accounts"][0]["url"] is None


# --- pages


@pytest.fixture
def seven(hai_phong, story_time):
    made = []
    for number in range(7):
        made.append(factories.location(hai_phong, name=f"Chợ {number}"))
        story_time.shift(timedelta(minutes=number % 2))  # some at the same moment
    return made


def ids(found) -> list[str]:
    return [one["id"] for one in found]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 500])
def test_pages_have_every_entry_once_and_the_newest_first(limit, seven, client):
    found = pages(client, "locations", f"limit={limit}")
    assert all(len(page["items"]) <= limit for page in found)
    assert [one for page in found for one in ids(page["items"])] == [
        entry.code for entry in reversed(seven)
    ]
    assert len(found) == -(-7 // limit)
    assert len({page["since"] for page in found}) == 1


def test_a_page_stands_still_while_entries_are_published_and_corrected(seven, hai_phong, client):
    first = answer(client, "/api/v1/locations?limit=3")
    factories.location(hai_phong, name="Chợ Mới")
    factories.correct(seven[3], name="Chợ Đổ")
    second = answer(client, first["next"])
    assert ids(second["items"]) == [seven[n].code for n in (3, 2, 1)]
    assert second["items"][0]["name"] == "Chợ Đổ"


def test_the_next_page_keeps_the_filters_and_the_limit(seven, client):
    found = pages(client, "locations", "limit=2&q=ch%E1%BB%A3&status=current&province=hai-phong")
    assert [len(page["items"]) for page in found] == [2, 2, 2, 1]
    assert "q=ch%E1%BB%A3" in found[0]["next"] and "province=hai-phong" in found[0]["next"]


def test_without_a_limit_there_are_a_hundred(hai_phong, client):
    for number in range(3):
        factories.flight(hai_phong, number=f"VN{number + 1}")
    assert len(answer(client, "/api/v1/flights")["items"]) == 3
    assert answer(client, "/api/v1/openapi.json")["paths"]["/flights"]["get"]["parameters"][-2][
        "schema"
    ]["default"] == 100  # fmt: skip


# --- filters


@pytest.fixture
def several(hai_phong, binh_duong, story_time) -> dict[str, str]:
    """Codes by name."""
    wards = Division.objects.wards().within(hai_phong.division).order_by("pk")
    market = factories.location(hai_phong, name="Chợ Sắt", ward=wards[0])
    school = factories.location(
        hai_phong, name="Trường Tú Sơn", kind="school", tier="close", district=wards[30].parent,
        on=(date(2021, 3, 20),),
    )  # fmt: skip
    story_time.shift(timedelta(days=1))
    plant = factories.location(binh_duong, name="Nhà máy", expires_at=clock.now() - timedelta(1))
    market = factories.correct(market, action="Ở yên tại nhà.")
    school = factories.withdraw(school)
    return {"market": market, "school": school, "plant": plant}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "market school plant"),
        ("province=hai-phong", "market school"),
        ("province=binh-duong", "plant"),
        ("status=current", "market"),
        ("status=past", "plant"),
        ("status=withdrawn", "school"),
        ("kind=school", "school"),
        ("kind=hotel", ""),
        ("tier=close", "school"),
        ("ward={market.ward_id}", "market"),
        ("district={market.ward.parent_id}", "market"),
        ("district={school.district_id}", "school"),
        ("ward=2004-99999", ""),
        ("q=cho+sat", "market"),
        ("q=TRUONG", "school"),
        ("q=%25%25", ""),
        ("from=2021-03-21", "market plant"),
        ("to=2021-03-20", "school"),
        ("from=2021-03-20&to=2021-03-20", "school"),
        ("from=2021-03-26&to=2021-03-26", "market"),
        ("added_from=2021-03-27", "plant"),
        ("added_from=2021-03-26", "market school plant"),
        ("updated_from=2021-03-27", "market school plant"),
        ("updated_from=2021-03-28", ""),
        ("added_from=0001-01-01", "market school plant"),
        ("added_from=9999-12-31", ""),
        ("province=hai-phong&status=current&kind=market&q=sat", "market"),
    ],
)
def test_a_filter_finds_what_is_asked_for(query, names, several, client):
    found = ids(listed(client, "locations", query.format(**several)))
    assert set(found) == {several[name].code for name in names.split()}


def test_flights_are_found_by_number_and_date_and_stand_with_those_they_concern(
    hai_phong, binh_duong, client
):
    flight = factories.flight(hai_phong, number="VJ458", also_concerns=[binh_duong])
    factories.flight(hai_phong, number="VN1", date=date(2021, 3, 25))
    for query in ("number=VJ458", "number=vj+458", "date=2021-03-26", "province=binh-duong"):
        assert ids(listed(client, "flights", query)) == [flight.code], query


def test_notices_are_found_by_severity(hai_phong, client):
    factories.notice(hai_phong)
    notice = factories.notice(hai_phong, severity=Notice.Severity.IMPORTANT)
    assert ids(listed(client, "notices", "severity=important")) == [notice.code]


# --- what makes no sense

NONSENSE = [
    ("locations", "limit=0", "limit"), ("locations", "limit=501", "limit"),
    ("locations", "limit=1.0", "limit"), ("locations", "limit=%2B1", "limit"),
    ("locations", "limit=", "limit"), ("locations", "limit=" + "9" * 5000, "limit"),
    ("locations", "limit=1&limit=2", "limit"), ("locations", "limit=%D9%A1", "limit"),
    ("locations", "provnce=hai-phong", "provnce"), ("locations", "%00=1", "\x00"),
    ("locations", "province=%00", "province"), ("locations", "province=Hai+Phong", "province"),
    ("locations", "status=new", "status"), ("locations", "kind=nha", "kind"),
    ("locations", "from=31/03/2021", "from"), ("locations", "from=2021-02-31", "from"),
    ("locations", "from=0", "from"), ("locations", "from=2021-03-26T00:00:00Z", "from"),
    ("locations", "from=2021-03-27&to=2021-03-26", "to"),
    ("locations", "added_from=0000-00-00", "added_from"),
    ("locations", "ward=%00", "ward"), ("locations", "ward=1;DROP", "ward"),
    ("locations", "q=", "q"), ("locations", "q=" + "x" * 101, "q"),
    ("locations", "cursor=x", "cursor"), ("locations", "cursor=", "cursor"),
    ("locations", "cursor=" + "A" * 401, "cursor"), ("locations", "cursor=W10", "cursor"),
    ("flights", "number=%E2%80%AE", "number"), ("flights", "date=x", "date"),
    ("flights", "kind=market", "kind"), ("notices", "severity=1", "severity"),
    ("provinces", "province=hai-phong", "province"),
    ("changes", "since=x", "since"), ("changes", "since=bnVsbA", "since"),
    ("changes", "kind=places", "kind"), ("changes", "limit=-1", "limit"),
    ("changes", "province=hai-phong", "province"), ("", "a=1", "a"), ("openapi.json", "a=1", "a"),
    ("provinces/hai-phong", "a=1", "a"), ("nothing", "", None),
]  # fmt: skip


@BOTH
@pytest.mark.parametrize(("path", "query", "parameter"), NONSENSE, ids=lambda one: str(one)[:30])
def test_nonsense_is_named_with_the_way_out_in_the_language_of_the_address(
    prefix, path, query, parameter, hai_phong, client
):
    response = client.get(f"{prefix}/api/v1/{path}?{query}")
    assert response.status_code == (404 if path == "nothing" else 422)
    assert response.headers["Content-Type"].startswith("application/json")
    [error] = response.json()["errors"]
    assert error["parameter"] == parameter
    assert len(error["message"]) > 20
    assert is_vietnamese(error["message"]) == (prefix == "")


def test_everything_that_is_wrong_is_named_at_once(hai_phong, client):
    response = client.get("/api/v1/locations?limit=x&status=x&from=x")
    named = {error["parameter"] for error in response.json()["errors"]}
    assert named == {"limit", "status", "from"}


def test_an_unknown_province_is_not_found_by_name(hai_phong, client):
    response = client.get("/api/v1/locations?province=khong-co")
    assert response.status_code == 404
    assert response.json()["errors"][0]["parameter"] == "province"


def test_a_cursor_is_for_the_list_and_the_filters_that_it_is_from(seven, client):
    cursor = answer(client, "/api/v1/locations?limit=2")["next"].rpartition("cursor=")[2]
    for address in (f"locations?status=past&cursor={cursor}", f"flights?cursor={cursor}"):
        assert client.get(f"/api/v1/{address}").status_code == 422
    assert client.get(f"/api/v1/locations?limit=5&cursor={cursor}").status_code == 200
    assert client.get(f"/api/v1/changes?since={cursor}").status_code == 422


def test_a_cursor_from_the_midst_of_changes_is_for_its_kind(seven, client):
    since = answer(client, "/api/v1/changes?limit=2&kind=locations")["since"]
    assert client.get(f"/api/v1/changes?since={since}").status_code == 422
    assert client.get(f"/api/v1/changes?since={since}&kind=locations").status_code == 200


def test_a_cursor_that_was_tampered_with_breaks_nothing(seven, client, subtests):
    cursor = answer(client, "/api/v1/locations?limit=2")["next"].rpartition("cursor=")[2]
    since = answer(client, "/api/v1/changes?limit=2")["since"]
    for path, parameter, good in (("locations", "cursor", cursor), ("changes", "since", since)):
        for place in range(0, len(good), 3):
            for letter in "A_z9":
                with subtests.test(f"{path} {place} {letter}"):
                    bad = good[:place] + letter + good[place + 1 :]
                    response = client.get(f"/api/v1/{path}?{parameter}={bad}")
                    assert response.status_code in (200, 410, 422)


# --- the database


@pytest.mark.parametrize("kind", [*KINDS, "changes"])
def test_a_page_asks_a_fixed_number_of_questions(kind, hai_phong, client, questions):
    place, flight = factories.location(hai_phong), factories.flight(hai_phong)
    since = answer(client, "/api/v1/locations")["since"]

    def publish(number):
        for name in states.KINDS:
            states.entry_in("current", name, hai_phong, number)
        factories.notice(hai_phong, locations=[place], flights=[flight])
        factories.cases(hai_phong, locations=[place], flights=[flight])

    publish(1)
    query = f"since={since}" if kind == "changes" else ""
    address = f"/api/v1/{kind}?limit=500&{query}"
    client.get(address)
    few = questions(address)
    for number in range(2, 8):
        publish(number)
    assert questions(address) == few <= (45 if kind == "changes" else 14)
    assert everything(client)
