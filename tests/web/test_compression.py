"""Public pages travel compressed; what staff see never does."""

import gzip

import brotli
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.web.compression import MIN_BYTES, CompressionMiddleware

pytestmark = pytest.mark.usefixtures("story_time")
BROWSERS = "gzip, deflate, br, zstd"
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
LONG = b"<p>xin ch\xc3\xa0o</p>" * 100


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (BROWSERS, "br"),
        ("gzip", "gzip"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "br"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000,gzip;q=0.001", "gzip"),
        ("gzip; q=0", None),
        ("identity", None),
        ("brotli, xgzip", None),
        ("", None),
    ],
)
def test_a_page_comes_as_the_browser_takes_it(accepted, coding, client, hai_phong):
    plain = client.get("/hai-phong/")
    answer = client.get("/hai-phong/", headers={"accept-encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert OPENED[coding](answer.content) == plain.content
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "address",
    ["/", "/en/hai-phong/", "/khong-co/", "/robots.txt", "/sitemap.xml", "/hai-phong/theo-doi.svg"],
)
def test_texts_that_are_long_enough_are_compressed(address, client, hai_phong):
    plain = client.get(address)
    answer = client.get(address, headers={"accept-encoding": BROWSERS})
    is_long = len(plain.content) >= MIN_BYTES
    assert (answer.headers.get("Content-Encoding") == "br") == is_long
    assert answer.status_code == plain.status_code


@pytest.mark.parametrize("address", ["/hai-phong/ap-phich.png", "/hai-phong/ap-phich.pdf"])
def test_pictures_stay_as_they_are(address, client, hai_phong):
    answer = client.get(address, headers={"accept-encoding": BROWSERS})
    assert not answer.has_header("Content-Encoding")


def test_nothing_that_staff_see_is_compressed(client, author, location):
    """Not even a preview, which is the public page with something secret."""
    client.force_login(author)
    entry = f"/admin/locations/exposurelocation/{location.pk}"
    for address in ("/admin/", "/en/admin/login/", f"{entry}/change/", f"{entry}/preview/"):
        answer = client.get(address, headers={"accept-encoding": BROWSERS})
        assert not answer.has_header("Content-Encoding"), address


def answered(response: HttpResponse) -> HttpResponse:
    request = RequestFactory().get("/", headers={"accept-encoding": BROWSERS})
    return CompressionMiddleware(lambda _request: response)(request)


def test_what_sets_a_cookie_or_is_compressed_already_is_left_alone():
    with_cookie = HttpResponse(LONG)
    with_cookie.set_cookie("session", "secret")
    compressed = HttpResponse(gzip.compress(LONG) * 50, headers={"Content-Encoding": "gzip"})
    for response in (with_cookie, compressed):
        before = response.content
        assert answered(response).content == before


def test_a_tag_of_the_page_becomes_one_of_its_meaning():
    for tag, after in (('"abc"', 'W/"abc"'), ('W/"abc"', 'W/"abc"')):
        assert answered(HttpResponse(LONG, headers={"ETag": tag})).headers["ETag"] == after
    short = answered(HttpResponse(b"x", headers={"ETag": '"abc"'}))
    assert short.headers["ETag"] == '"abc"'


def test_it_pays(client, hai_phong):
    plain = client.get("/hai-phong/")
    for accepted in ("br", "gzip"):
        answer = client.get("/hai-phong/", headers={"accept-encoding": accepted})
        assert len(answer.content) < len(plain.content) / 2
