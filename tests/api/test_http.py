"""How the API answers: asked again, with other methods, from other sites, and where nothing is."""

import json
from datetime import timedelta

import pytest

from tests import factories, states

pytestmark = pytest.mark.usefixtures("story_time")
ADDRESSES = ["", "openapi.json", "provinces", "provinces/hai-phong", "locations", "flights",
             "notices", "cases", "figures", "changes"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_for_everybody_and_asked_again_says_that_nothing_changed(
    address, location, client, story_time
):
    first = client.get(f"/api/v1/{address}")
    assert first.status_code == 200
    assert first.headers["Content-Type"].startswith("application/json")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Access-Control-Expose-Headers"] == "ETag"
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in first.headers
    assert "Cookie" not in first.headers.get("Vary", "")
    story_time.shift(timedelta(hours=2))
    again = client.get(f"/api/v1/{address}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_what_changes_an_answer_changes_its_etag(location, client):
    tags = set()
    for _turn in range(3):
        for address in ("locations", "changes", f"locations/hai-phong/{location.code}"):
            tags.add((address, client.get(f"/api/v1/{address}").headers["ETag"]))
        location = factories.correct(location, name=f"Chợ {len(tags)}")
    assert len(tags) == 9


@pytest.mark.parametrize("address", [*ADDRESSES, "docs"])
def test_head_is_get_without_the_body(address, location, client):
    full, head = client.get(f"/api/v1/{address}"), client.head(f"/api/v1/{address}")
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length"):
        assert head.headers.get(name) == full.headers.get(name)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize(
    "address", ["", "locations", "changes", "provinces/x", "openapi.json", "?"]
)
def test_everything_is_only_read(method, address, hai_phong, client):
    client.handler.enforce_csrf_checks = True
    response = getattr(client, method)(f"/en/api/v1/{address}")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    [error] = response.json()["errors"]
    assert error == {"parameter": None, "message": "Here everything is only read: use GET or HEAD."}


def test_a_browser_may_ask_first_whether_a_page_of_another_site_may_send_an_etag(db, client):
    response = client.options("/api/v1/locations")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "address",
    ["x", "locations/", "locations/hai-phong", "locations/hai-phong/ZZZZZZ", "locations/a/b/c",
     "provinces/khong-co", "provinces/%00", "locations/hai-phong/%00", "..%2f", "x" * 5000,
     "figures/viet-nam/ZZZZZZ", "provinces/viet-nam", "docs/", "%E2%80%AE"],
    ids=lambda address: address[:30],
)  # fmt: skip
def test_what_is_not_there_is_said_in_json(address, hai_phong, client):
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json()["errors"][0]["message"]


def test_the_index_leads_to_everything(hai_phong, client, settings):
    index = client.get("/api/v1/").json()
    links = [index[name] for name in ("documentation", "openapi", "changes")]
    for url in [*links, *(kind["url"] for kind in index["kinds"])]:
        assert client.get(url.removeprefix("http://testserver")).status_code == 200, url
    assert index["demonstration"] is True
    settings.DEMO = False
    assert client.get("/api/v1/").json()["demonstration"] is False


def test_nothing_beyond_open_data_is_told(hai_phong, client):
    """Neither who wrote and approved, nor the office's own numbers, nor what is not public."""
    factories.location(hai_phong, external_id="BI-MAT-7", name="Chợ Sắt")
    states.entry_in("draft", "thong-bao", hai_phong)
    factories.location(hai_phong, name="Diễn tập", is_exercise=True)
    for address in (*ADDRESSES, "locations?q=BI-MAT-7"):
        told = json.dumps(client.get(f"/api/v1/{address}").json(), ensure_ascii=False)
        for secret in ("BI-MAT-7", "national-", 'Diễn tập"', "Thông báo khẩn"):
            assert secret not in told, (address, secret)
