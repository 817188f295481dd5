"""How open data answers: names, types, other sites, asking again, and bad addresses."""

from datetime import timedelta

import pytest

from portal import clock
from portal.pages.open_data import DATASETS
from tests import factories
from tests.open_data.reading import body
from tests.pages.reading import Page

pytestmark = pytest.mark.usefixtures("story_time")
TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "geojson": "application/geo+json",
}
FILES = [(d.slug, extension) for d in DATASETS.values() for extension in d.extensions]
SHOWN = {"csv": "attachment", "json": "inline", "geojson": "inline"}


@pytest.mark.parametrize(("kind", "extension"), FILES)
def test_a_file_has_its_type_and_its_name_and_any_site_may_read_it(
    kind, extension, hai_phong, client
):
    for where, name in (("hai-phong", "hai-phong"), ("du-lieu", "viet-nam")):
        for ask in (client.get, client.head):
            response = ask(f"/{where}/{kind}.{extension}")
            assert response.status_code == 200
            assert response.headers["Content-Type"] == TYPES[extension]
            assert response.headers["Content-Disposition"] == (
                f'{SHOWN[extension]}; filename="{name}_{kind}.{extension}"'
            )
            assert response.headers["Access-Control-Allow-Origin"] == "*"
            assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in response.headers


def test_head_reads_no_rows(location, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        response = client.head("/hai-phong/dia-diem.csv")
        assert body(response) == b""


def test_only_files_are_for_other_sites(hai_phong, client):
    for address in ("/du-lieu/", "/hai-phong/", "/hai-phong/feed.atom", "/hai-phong/thong-bao/"):
        response = client.get(address)
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def etag(client, address: str) -> str:
    return client.get(address).headers["ETag"]


def changes_of_the_clock(hai_phong):
    """An embargoed entry, one that ends sooner, and a notice that names an embargoed place."""
    hour = clock.now() + timedelta(hours=1)
    hidden = factories.location(hai_phong, publish_from=hour)
    factories.location(hai_phong, expires_at=hour + timedelta(hours=1))
    return factories.notice(hai_phong, locations=[hidden])


def test_asked_again_with_its_etag_a_file_says_that_nothing_has_changed(location, client):
    address = "/hai-phong/dia-diem.csv"
    response = client.get(address, headers={"If-None-Match": etag(client, address)})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_files_of_their_own_have_etags_of_their_own(location, binh_duong, client):
    addresses = ["/hai-phong/dia-diem.csv", "/hai-phong/dia-diem.csv?bom=1",
                 "/binh-duong/dia-diem.csv", "/hai-phong/chuyen-bay.csv"]  # fmt: skip
    assert len({etag(client, address) for address in addresses}) == len(addresses)


def test_whatever_changes_a_file_changes_its_etag(hai_phong, client, story_time):
    place = factories.location(hai_phong)
    changes_of_the_clock(hai_phong)
    tags = {name: [] for name in ("dia-diem", "thong-bao")}
    files = {name: [] for name in tags}

    def look():
        for name in tags:
            tags[name].append(etag(client, f"/hai-phong/{name}.json"))
            files[name].append(body(client.get(f"/hai-phong/{name}.json")))

    look()
    story_time.shift(timedelta(hours=1))  # an embargo ends
    look()
    story_time.shift(timedelta(hours=1))  # a listing ends
    look()
    factories.correct(place, name="Chợ Đổ")
    look()
    factories.correct(place)  # which changes no more than the number of the revision
    look()
    factories.withdraw(place)
    look()
    factories.correct(hai_phong, listing_days=5)  # and with it the end of every listing
    look()
    for name in tags:
        for earlier, later in zip(range(6), range(1, 7), strict=True):
            if files[name][earlier] != files[name][later]:
                assert tags[name][earlier] != tags[name][later], (name, later)
    assert len(set(files["dia-diem"])) == 7
    assert len(set(files["thong-bao"])) >= 3


def test_what_changes_nothing_keeps_the_etag(location, client, story_time):
    before = etag(client, "/hai-phong/dia-diem.csv")
    story_time.shift(timedelta(hours=3))
    factories.draft(factories.location_draft(location.province)[0])
    assert etag(client, "/hai-phong/dia-diem.csv") == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/khong-co/dia-diem.csv", "Không có tỉnh"),
        ("/en/khong-co/dia-diem.csv", "There is no province"),
        ("/hai-phong/chuyen-bay.geojson", "chuyen-bay.csv, chuyen-bay.json"),
        ("/en/du-lieu/so-lieu.geojson", "There is no such file"),
        ("/hai-phong/khong-co.csv", ""),
        ("/du-lieu/khong-co.csv", ""),
        ("/hai-phong/dia-diem.xlsx", ""),
    ],
)
def test_what_is_not_there_is_said_in_the_reader_s_language(address, words, hai_phong, client):
    response = client.get(address)
    assert response.status_code == 404
    assert words in Page(response).main.text


@pytest.mark.parametrize(
    ("address", "words"),
    [("/du-lieu/dia-diem.csv?bom=yes", "“bom” phải là 1"),
     ("/en/du-lieu/dia-diem.csv?bom=2", "“bom” must be 1")],
)  # fmt: skip
def test_a_senseless_bom_is_refused_by_name(address, words, hai_phong, client):
    response = client.get(address)
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_files_take_nothing(method, hai_phong, client):
    assert getattr(client, method)("/hai-phong/dia-diem.csv").status_code in (403, 405)
