"""Pictures in pages: kept for ever where their address names their content, and nowhere else."""

import re
from datetime import timedelta

import pytest

from alerts import cards
from locations.qr import pictures as codes
from portal import clock
from portal.pages import card_pictures
from tests import factories
from tests.pages.reading import plain

pytestmark = pytest.mark.usefixtures("story_time")

FOR_EVER = "public, max-age=31536000, immutable"
NAMED = re.compile(r"\.[0-9a-f]{12}\.(?:svg|png)$")
NOBODY = "0" * 12


@pytest.fixture
def place(hai_phong):
    return factories.location(hai_phong)


def pictures_in(page) -> set[str]:
    """What a page shows of its own, but for the static files."""
    shown = {image.get("src") for image in page.all("img")}
    shown |= {meta.get("content") for meta in page.all("meta", property="og:image")}
    shown = {address.removeprefix("http://testserver") for address in shown}
    return {address for address in shown if address and not address.startswith("/static/")}


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_show_pictures_only_at_addresses_that_name_their_content(
    prefix, place, hai_phong, read, client
):
    factories.notice(hai_phong)
    found = set()
    for address in ("/hai-phong/", "/hai-phong/theo-doi/", place.get_absolute_url()):
        found |= pictures_in(read(prefix + address))
    found |= pictures_in(read(f"{prefix}/xac-minh/", {"ma": place.code}))
    # Card of the notice, card and code of the place, code to follow the account.
    assert len(found) == 4
    for picture in found:
        assert NAMED.search(picture), picture
        response = client.get(picture)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, FOR_EVER)
        assert response.headers["CDN-Cache-Control"] == "public, max-age=300"
        assert "Set-Cookie" not in response.headers
        assert client.get(plain(picture)).content == response.content


@pytest.mark.parametrize(
    "address",
    [
        "/hai-phong/theo-doi.svg",
        "/hai-phong/theo-doi.png",
        "/hai-phong/theo-doi/trang.svg",
        "/en/hai-phong/trang.png",
        "/Q/{}.svg",
        "/Q/{}.png",
        "/Q/{}/1.png",
        "/Q/{}/1E.png",
    ],
)
def test_a_plain_address_is_asked_for_again_soon_and_a_false_one_leads_on(address, place, client):
    address = address.format(place.code)
    response = client.get(address)
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "public, max-age=300")
    known = {"If-None-Match": response.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    stem, ending = address.rsplit(".", 1)
    false = client.get(f"{stem}.{NOBODY}.{ending}")
    assert (false.status_code, false.headers["Cache-Control"]) == (302, "no-store")
    there = client.get(false.headers["Location"])
    assert (there.status_code, there.headers["Cache-Control"]) == (200, FOR_EVER)
    assert there.content == response.content


@pytest.mark.parametrize("address", ["/hai-phong/trang.0123.svg", "/hai-phong/trang..svg",
                                     "/hai-phong/trang.0123456789AB.svg", "/Q/{}.x.svg",
                                     "/Q/{}/1.0123456789abcd.png", "/Q/{}/1..png"])  # fmt: skip
def test_what_is_no_digest_is_not_found(address, place, client):
    assert client.get(address.format(place.code)).status_code == 404


def card_in(page) -> str:
    return page.meta("og:image").removeprefix("http://testserver")


def changes(place, story_time):
    """Ways in which the card of `place` becomes another."""
    yield "corrected", lambda: factories.correct(place, name="Chợ Đổ")
    yield (
        "said by a notice",
        lambda: factories.notice(place.province, action="Ở nhà.", locations=[place]),
    )
    yield "past", lambda: story_time.shift(timedelta(days=365))
    yield "withdrawn", lambda: factories.withdraw(place)


def test_a_former_card_is_never_answered_as_if_it_were_the_present_one(
    place, read, client, story_time
):
    seen = {card_in(read(place.get_absolute_url()))}
    for what, change in changes(place, story_time):
        change()
        present = card_in(read(place.get_absolute_url()))
        assert present not in seen, what
        for former in seen:
            answer = client.get(former)
            assert (answer.status_code, answer.headers["Location"]) == (302, present), what
            assert answer.headers["Cache-Control"] == "no-store"
        seen.add(present)


def test_the_card_of_what_is_hidden_is_nowhere(hai_phong, client):
    hidden = factories.location(hai_phong, publish_from=clock.now() + timedelta(hours=1))
    assert client.get(f"/Q/{hidden.code}/1.{NOBODY}.png").status_code == 404


def test_a_code_for_another_host_and_other_drawing_have_other_addresses(
    place, read, settings, monkeypatch
):
    def shown() -> set[str]:
        return pictures_in(read(place.get_absolute_url()))

    first = shown()
    monkeypatch.setattr(codes, "DRAWN_BY", ("locations/qr",))
    monkeypatch.setattr(cards, "DRAWN_BY", ("locations/qr",))
    drawn_otherwise = shown()
    settings.PUBLIC_BASE_URL = "https://suc-khoe.example.vn"
    elsewhere = {card.rsplit("/", 1)[-1] for card in shown()}
    assert len(first) == len(drawn_otherwise) == 2
    assert not first & drawn_otherwise
    assert not {card.rsplit("/", 1)[-1] for card in drawn_otherwise} & elsewhere


def test_a_page_draws_no_picture_and_one_that_is_known_is_not_drawn_again(
    place, read, client, monkeypatch
):
    drawn = []
    real = card_pictures.card_png
    monkeypatch.setattr(card_pictures, "card_png", lambda card: drawn.append(card) or real(card))
    monkeypatch.setattr(codes, "qr_svg", lambda *_, **__: drawn.append("code"))
    address = card_in(read(place.get_absolute_url()))
    assert drawn == []
    etag = client.get(address).headers["ETag"]
    assert len(drawn) == 1
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(address).status_code == 200
    assert len(drawn) == 1
