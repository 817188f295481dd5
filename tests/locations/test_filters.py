"""What residents find in the lists: by words, ward, day, kind and time of announcement."""

import unicodedata
from datetime import date, time, timedelta

import pytest

from locations.models import Division, ExposureLocation
from portal import clock
from portal.publishing import versions
from portal.publishing.views import ENTRIES_PER_PAGE
from tests import factories

TODAY = date(2021, 3, 26)
pytestmark = pytest.mark.usefixtures("story_time")


def day(number: int) -> date:
    return date(2021, 3, number)


def unit(**names: str) -> Division:
    return Division.objects.find(province_name="Hải Phòng", on=TODAY, **names)


@pytest.fixture
def found(client):
    """The names in the list at `address`, asked with `query` as a browser sends it."""

    def found(address: str, **query: str) -> set[str]:
        response = client.get(address, query)
        assert response.status_code == 200
        return {getattr(e, "name", "") or e.number for e in response.context["object_list"]}

    return found


PLACES = "/hai-phong/dia-diem/"


@pytest.fixture
def places(hai_phong):
    """Five places that differ in ward, kind and name."""
    dai_hop = unit(district_name="huyện Kiến Thụy", ward_name="xã Đại Hợp")
    dang_giang = unit(district_name="quận Ngô Quyền", ward_name="phường Đằng Giang")
    may_to = unit(district_name="quận Ngô Quyền", ward_name="phường Máy Tơ")
    made = [
        factories.location(hai_phong, name="Chợ xã Đại Hợp", kind="market", ward=dai_hop),
        factories.location(hai_phong, name="Trường Tú Sơn", kind="school", ward=dai_hop),
        factories.location(
            hai_phong, name="Khách sạn Pari", name_en="Paris hotel", kind="hotel",
            address="2/8A Lê Hồng Phong", ward=dang_giang, external_id="HP-0042",
        ),
        factories.location(hai_phong, name="Cà phê Máy Tơ", kind="restaurant", ward=may_to),
        factories.location(
            hai_phong, name="Siêu thị", kind="shop", district=unit(district_name="quận Ngô Quyền")
        ),
    ]  # fmt: skip
    return {place.name: place for place in made}


SEARCHES = {
    "as written": ("Đại Hợp", {"Chợ xã Đại Hợp", "Trường Tú Sơn"}),
    "without accents": ("dai hop", {"Chợ xã Đại Hợp", "Trường Tú Sơn"}),
    "in capitals": ("ĐẠI HỢP", {"Chợ xã Đại Hợp", "Trường Tú Sơn"}),
    "decomposed": (unicodedata.normalize("NFD", "Đại Hợp"), {"Chợ xã Đại Hợp", "Trường Tú Sơn"}),
    "other spelling of uỵ": ("Kiến Thuỵ", {"Chợ xã Đại Hợp", "Trường Tú Sơn"}),
    "words in any order": ("hop cho dai", {"Chợ xã Đại Hợp"}),
    "half a word": ("truon", {"Trường Tú Sơn"}),
    "with spaces around": ("  pari ", {"Khách sạn Pari"}),
    "an address": ("2/8a le hong phong", {"Khách sạn Pari"}),
    "the English name": ("paris", {"Khách sạn Pari"}),
    "the office's own id": ("hp-0042", {"Khách sạn Pari"}),
    "a district": ("ngo quyen", {"Khách sạn Pari", "Cà phê Máy Tơ", "Siêu thị"}),
    "d for đ within a word": ("dang giang", {"Khách sạn Pari"}),
    "other accents": ("cà phe may tó", {"Cà phê Máy Tơ"}),
    "nothing there": ("Bình Dương", set()),
    "one word too many": ("dai hop ha noi", set()),
    "signs between": ("pari%_'--", {"Khách sạn Pari"}),
}  # fmt: skip


def test_search_finds_whatever_the_accents(found, places, subtests):
    for name, (typed, names) in SEARCHES.items():
        with subtests.test(name):
            assert found(PLACES, q=typed) == names


def test_a_code_finds_its_entry(found, places):
    place = places["Khách sạn Pari"]
    assert found(PLACES, q=place.code.lower()) == {place.name}


def test_a_search_for_signs_only_finds_everything_current(found, places):
    assert found(PLACES, q="?!") == found(PLACES) == set(places)


@pytest.fixture
def flights(hai_phong):
    factories.flight(hai_phong, number="VJ458", origin="PQC", destination="HAN", date=day(22))
    factories.flight(hai_phong, number="VN1183", date=day(24))


NUMBERS = ["VJ458", "vj458", "VJ 458", "vj 458", "vJ-458", " vj  458 "]


@pytest.mark.parametrize("address", ["/hai-phong/chuyen-bay/", "/chuyen-bay/", "/en/chuyen-bay/"])
def test_a_flight_is_found_however_its_number_is_typed(address, found, flights, subtests):
    for typed in [*NUMBERS, "Phú Quốc", "phu quoc", "PQC", "noi bai"]:
        with subtests.test(typed):
            assert found(address, q=typed) == {"VJ458"}


def test_the_search_of_all_provinces_finds_places(client, places, subtests):
    for typed in ("dai hop", "Đại Hợp", "ĐẠI HỢP"):
        with subtests.test(typed):
            found = client.get("/tim-kiem/", {"q": typed}).context["results"]["locations"]
            assert {place.name for place in found} == {"Chợ xã Đại Hợp", "Trường Tú Sơn"}


def test_the_search_of_all_provinces_finds_flights(client, flights, subtests):
    for typed in NUMBERS:
        with subtests.test(typed):
            found = client.get("/tim-kiem/", {"q": typed}).context["results"]["flights"]
            assert [flight.number for flight in found] == ["VJ458"]


def test_a_ward_narrows_to_its_places(found, places):
    ward = places["Chợ xã Đại Hợp"].ward
    assert found(PLACES, ward=ward.pk) == {"Chợ xã Đại Hợp", "Trường Tú Sơn"}


def test_a_district_narrows_to_its_wards_and_to_places_without_a_ward(found, places):
    district = unit(district_name="quận Ngô Quyền")
    assert found(PLACES, district=district.pk) == {"Khách sạn Pari", "Cà phê Máy Tơ", "Siêu thị"}


def test_a_kind_narrows(found, places):
    assert found(PLACES, kind="hotel") == {"Khách sạn Pari"}
    assert found(PLACES, kind="school") == {"Trường Tú Sơn"}
    assert found(PLACES, kind="event") == set()


def test_filters_narrow_together(found, places):
    ward = places["Chợ xã Đại Hợp"].ward
    assert found(PLACES, ward=ward.pk, kind="market", q="dai hop") == {"Chợ xã Đại Hợp"}


def test_choices_name_only_units_with_something_public(client, places, hai_phong):
    hidden = unit(district_name="quận Lê Chân")
    entry, children = factories.location_draft(hai_phong, district=hidden)
    factories.draft(entry, children=children)
    form = client.get(PLACES).context["filter"].form
    assert {d.name for d in form.fields["district"].queryset} == {"Kiến Thụy", "Ngô Quyền"}
    assert {w.name for w in form.fields["ward"].queryset} == {"Đại Hợp", "Đằng Giang", "Máy Tơ"}


WINDOWS = {
    "one evening": [(day(20), time(19), day(20), time(21))],
    "over midnight": [(day(19), time(22), day(20), time(0, 30))],
    "several days": [(day(18), None, day(22), None)],
    "with a gap": [(day(18), None, day(18), None), (day(22), None, day(22), None)],
    "not known": [(None, None, None, None)],
    "no window at all": [],
}


@pytest.fixture
def dated(hai_phong):
    for name, windows in WINDOWS.items():
        entry, children = factories.location_draft(hai_phong, name=name)
        window = type(children["windows"][0])
        children["windows"] = [
            window(starts_on=starts_on, starts_time=starts, ends_on=ends_on, ends_time=ends)
            for starts_on, starts, ends_on, ends in windows
        ]
        factories.publish(entry, children=children)


RANGES = [
    ("20/03/2021", "20/03/2021", {"one evening", "over midnight", "several days"}),
    ("19/03/2021", "19/03/2021", {"over midnight", "several days"}),
    ("18/03/2021", "18/03/2021", {"several days", "with a gap"}),
    ("19/03/2021", "21/03/2021", {"one evening", "over midnight", "several days"}),
    ("22/03/2021", "", {"several days", "with a gap"}),
    ("", "18/03/2021", {"several days", "with a gap"}),
    ("", "17/03/2021", set()),
    ("23/03/2021", "", set()),
    ("01/01/2020", "31/12/2021", {"one evening", "over midnight", "several days", "with a gap"}),
    ("2021-03-21", "21/3/2021", {"several days"}),
    ("", "", set(WINDOWS)),
]


def test_days_narrow_to_windows_that_touch_them(found, dated, subtests):
    for first, last, names in RANGES:
        with subtests.test(f"{first}-{last}"):
            assert found(PLACES, **{"from": first, "to": last}) == names


def test_days_narrow_flights(found, flights):
    def on(first: str, last: str) -> set[str]:
        return found("/hai-phong/chuyen-bay/", **{"from": first, "to": last})

    assert on("22/03/2021", "22/03/2021") == {"VJ458"}
    assert on("23/03/2021", "") == {"VN1183"}
    assert on("", "21/03/2021") == set()


def test_days_narrow_case_announcements_to_their_period(client, hai_phong, subtests):
    factories.cases(hai_phong, starts_on=day(22), ends_on=day(25))
    for first, last, count in [
        ("22/03/2021", "22/03/2021", 1), ("25/03/2021", "", 1), ("21/03/2021", "24/03/2021", 1),
        ("", "21/03/2021", 0), ("26/03/2021", "", 0),
    ]:  # fmt: skip
        with subtests.test(f"{first}-{last}"):
            response = client.get("/hai-phong/ca-benh/", {"from": first, "to": last})
            assert len(response.context["object_list"]) == count


def test_added_looks_back_from_now(found, hai_phong, story_time):
    now = clock.now()
    for name, days in {"8 days": 8, "6 days": 6, "2 days": 2, "now": 0}.items():
        story_time.move_to(now - timedelta(days=days))
        factories.location(hai_phong, name=name)
    assert found(PLACES, added="24h") == {"now"}
    assert found(PLACES, added="3d") == {"now", "2 days"}
    assert found(PLACES, added="7d") == {"now", "2 days", "6 days"}
    assert found(PLACES) == {"now", "2 days", "6 days", "8 days"}


def test_added_ends_to_the_second(found, location, story_time):
    for added, hours in {"24h": 24, "3d": 72, "7d": 168}.items():
        end = location.published_at + timedelta(hours=hours)
        story_time.move_to(end - timedelta(seconds=1))
        assert found(PLACES, added=added) == {location.name}
        story_time.move_to(end)
        assert found(PLACES, added=added) == set()


def test_past_entries_are_found_only_when_asked_for(found, hai_phong):
    factories.location(hai_phong, name="now", on=[day(20)])
    factories.location(hai_phong, name="then", on=[date(2021, 2, 1)])
    assert found(PLACES) == {"now"}
    assert found(PLACES, status="past") == {"then"}
    assert found(PLACES, status="all") == {"now", "then"}
    assert found(PLACES, q="then") == set()
    assert found(PLACES, q="then", status="all") == {"then"}


def test_withdrawn_entries_are_found_only_among_all(found, client, hai_phong, location):
    ExposureLocation.objects.filter(pk=location.pk).update(state="withdrawn")
    assert found(PLACES) == found(PLACES, status="past") == set()
    assert found(PLACES, status="all") == {location.name}


def test_paging_keeps_the_filter(client, hai_phong):
    market = factories.location(hai_phong, name="Chợ", kind="market")
    for number in range(ENTRIES_PER_PAGE + 1):
        market.pk, market.code = None, f"COPY{number}"
        market.save()
    factories.location(hai_phong, name="Trường", kind="school")
    first = client.get(PLACES, {"kind": "market", "q": "cho"})
    assert len(first.context["object_list"]) == ENTRIES_PER_PAGE
    following = '<a rel="next" href="?kind=market&amp;q=cho&amp;page=2">'
    assert following in first.content.decode()
    second = client.get(PLACES, {"kind": "market", "q": "cho", "page": "2"})
    assert len(second.context["object_list"]) == 2
    assert 'rel="prev" href="?kind=market&amp;q=cho&amp;page=1"' in second.content.decode()
    both = [*first.context["object_list"], *second.context["object_list"]]
    assert {place.kind for place in both} == {"market"}
    assert len(set(both)) == ENTRIES_PER_PAGE + 2


def test_the_other_language_keeps_the_filter(client, location):
    page = client.get(PLACES, {"kind": "market", "q": "chợ"}).content.decode()
    assert 'href="/en/hai-phong/dia-diem/?kind=market&amp;q=ch%E1%BB%A3"' in page


def test_a_filtered_list_is_nothing_for_search_engines(client, location):
    assert 'content="noindex' in client.get(PLACES, {"kind": "market"}).content.decode()
    assert 'content="noindex' not in client.get(PLACES).content.decode()


LISTS = [f"/hai-phong/{kind}/" for kind in ("dia-diem", "chuyen-bay", "ca-benh", "thong-bao")]


def test_an_empty_list_says_so_and_leads_on(client, hai_phong, subtests):
    for address in (*LISTS, "/chuyen-bay/"):
        for query in ({}, {"q": "khong co gi"}, {"status": "past"}):
            with subtests.test(f"{address} {query}"):
                response = client.get(address, query)
                assert not response.context["object_list"]
                empty = response.content.decode().split('class="empty"')[1].split("</div>")[0]
                assert f'<a href="{address}' in empty


def test_the_units_to_choose_from_are_those_of_the_places_that_there_are(client, places, hai_phong):
    """They are kept with the page before; a new place brings its own, and a chosen one stands."""

    def options(**query: str) -> str:
        page = client.get(PLACES, query).content.decode()
        return page.partition("<select")[2].rpartition("</select>")[0]

    before = options()
    assert options() == before
    chosen = unit(district_name="huyện Kiến Thụy", ward_name="xã Đại Hợp").pk
    page = options(ward=chosen)
    assert f'<option value="{chosen}" selected>' in page
    assert page.count("<option") == before.count("<option")
    assert page.count(" selected") == before.count(" selected")
    ward = unit(district_name="quận Hồng Bàng", ward_name="phường Minh Khai")
    factories.location(hai_phong, ward=ward)
    assert f'value="{ward.pk}"' in options()
    assert f'value="{ward.pk}"' not in before
    Division.objects.filter(pk=ward.pk).update(name="Tên Mới")
    versions.changed_everywhere()
    assert "Tên Mới" in options()
