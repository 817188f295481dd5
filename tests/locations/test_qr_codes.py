"""Codes hold the right address, stay small, and are read in the conditions of a street."""

import re
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from locations.qr.codes import QUIET_ZONE, printed_url, qr_modules, qr_png, qr_svg
from tests.scanning import blurred, faded, opened, rotated, scan, tilted

URL = "HTTPS://DICHBENH.HAIPHONG.GOV.VN/Q/7H3KDX"
MODULE_PX = 16
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()


def photographed(browser: Browser, svg: str, *, dark: bool = False) -> Image.Image:
    """The SVG as a real browser paints it, in a page that forbids inline styles, 600 px wide."""
    page = browser.new_page(color_scheme="dark" if dark else "light")
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
    sized = svg.replace("<svg ", '<svg width="600" height="600" ', 1)
    ground = "#111111" if dark else "#ffffff"
    page.set_content(f'<!doctype html>{policy}<body bgcolor="{ground}">{sized}')
    picture = opened(page.locator("svg").screenshot())
    page.close()
    return picture


@pytest.fixture(scope="module")
def pictures(chromium: Browser) -> dict[str, Image.Image]:
    return {
        "png": opened(qr_png(URL, module_px=MODULE_PX)),
        "svg": photographed(chromium, qr_svg(URL, title="Hải Phòng")),
    }


@pytest.fixture(params=["png", "svg"])
def picture(request: pytest.FixtureRequest, pictures: dict[str, Image.Image]) -> Image.Image:
    return pictures[request.param]


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://dichbenh.haiphong.gov.vn", "HTTPS://DICHBENH.HAIPHONG.GOV.VN/Q/7H3KD"),
        ("https://dichbenh.haiphong.gov.vn/", "HTTPS://DICHBENH.HAIPHONG.GOV.VN/Q/7H3KD"),
        ("http://localhost:8000", "HTTP://LOCALHOST:8000/Q/7H3KD"),
        ("https://dịchbệnh.vn", "HTTPS://XN--DCHBNH-LK8B2A.VN/Q/7H3KD"),
    ],
)
def test_printed_address_is_upper_case(base_url: str, expected: str) -> None:
    assert printed_url(base_url, "7h3kd") == expected


@pytest.mark.parametrize(
    ("base_url", "code"),
    [
        ("dichbenh.vn", "7H3KD"),
        ("https://", "7H3KD"),
        ("https://dichbenh.vn/path", "7H3KD"),
        ("https://dichbenh.vn?a=1", "7H3KD"),
        ("http://[::1]:8000", "7H3KD"),
        ("https://dichbenh.vn", ""),
        ("https://dichbenh.vn", "7H/3K"),
        ("https://dichbenh.vn", "Đ23"),
    ],
)
def test_printed_address_refuses_what_no_code_should_hold(base_url: str, code: str) -> None:
    with pytest.raises(ValueError, match="must look like|letters and digits"):
        printed_url(base_url, code)


@pytest.mark.parametrize(
    "base_url", ["https://dichbenh.haiphong.gov.vn", "http://localhost:8000", "https://a.vn"]
)
def test_a_short_address_needs_29_modules(base_url: str) -> None:
    url = printed_url(base_url, "7H3KDX")
    assert len(qr_modules(url)) == 29
    assert scan(opened(qr_png(url))) == url


def test_lower_case_would_need_a_larger_code() -> None:
    assert len(qr_modules(URL.lower())) > len(qr_modules(URL))


def test_png_has_a_quiet_zone_of_four_modules_and_nothing_else_around() -> None:
    png = opened(qr_png(URL, module_px=MODULE_PX))
    assert png.size == ((29 + 2 * QUIET_ZONE) * MODULE_PX,) * 2
    black = png.point(lambda level: 255 - level).getbbox()
    edge = QUIET_ZONE * MODULE_PX
    assert QUIET_ZONE == 4
    assert black == (edge, edge, png.width - edge, png.height - edge)


def test_svg_is_one_path_on_white_without_inline_style() -> None:
    svg = qr_svg(URL, title="Quan tâm <Hải Phòng> & “SmartCity”")
    assert svg.count("<path") == 1
    assert 'viewBox="0 0 37 37"' in svg
    assert '<rect width="37" height="37" fill="#fff"/>' in svg
    assert "<title>Quan tâm &lt;Hải Phòng&gt; &amp; “SmartCity”</title>" in svg
    assert 'shape-rendering="crispEdges"' in svg
    assert not re.search(r"style|<script|href", svg)


def test_svg_and_png_show_the_same_modules() -> None:
    modules = qr_modules(URL)
    drawn = Image.new("1", (37, 37), 1)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1", qr_svg(URL, title="")):
        ImageDraw.Draw(drawn).line((int(x), int(y), int(x) + int(length) - 1, int(y)), fill=0)
    assert [
        [not drawn.getpixel((x + QUIET_ZONE, y + QUIET_ZONE)) for x in range(29)] for y in range(29)
    ] == modules
    assert opened(qr_png(URL, module_px=1)).tobytes() == drawn.convert("L").tobytes()


def test_same_address_same_bytes() -> None:
    assert qr_png(URL) == qr_png(URL)
    assert qr_svg(URL, title="a") == qr_svg(URL, title="a")


def test_is_read_as_it_is(picture: Image.Image) -> None:
    assert scan(picture) == URL


def test_is_read_in_a_dark_page(chromium: Browser) -> None:
    picture = photographed(chromium, qr_svg(URL, title="a"), dark=True)
    assert picture.getpixel((2, 2)) == 255
    assert scan(picture) == URL


@pytest.mark.parametrize("degrees", range(0, 360, 15))
def test_is_read_at_any_angle(picture: Image.Image, degrees: int) -> None:
    assert scan(rotated(picture, degrees)) == URL


def test_is_read_out_of_focus(picture: Image.Image) -> None:
    """To a blur of 0.4 modules (standard deviation); measured limit 0.55."""
    assert scan(blurred(picture, 0.4 * MODULE_PX)) == URL


@pytest.mark.parametrize(("black", "white"), [(116, 140), (20, 50), (200, 235)])
def test_is_read_in_bad_light(picture: Image.Image, black: int, white: int) -> None:
    """From 24 levels of 255 between black and white; measured limit 18."""
    assert scan(faded(picture, black, white)) == URL


@pytest.mark.parametrize("degrees", [-60, -45, -30, 30, 45, 60])
def test_is_read_from_the_side(picture: Image.Image, degrees: int) -> None:
    """To 60 degrees; measured limit 72."""
    assert scan(tilted(picture, degrees)) == URL


def test_is_read_when_small(picture: Image.Image) -> None:
    """At 56 px, 1.5 px a module; measured limit 44 px."""
    assert scan(picture.resize((56, 56), Image.Resampling.LANCZOS)) == URL


def test_is_read_with_a_stain(picture: Image.Image) -> None:
    """A white patch over a tenth of the code, as of torn paper."""
    torn = picture.copy()
    side = int(29 * MODULE_PX * 0.1**0.5)
    at = torn.width // 2
    torn.paste(255, (at, at, at + side, at + side))
    assert scan(torn) == URL


def test_is_read_when_all_comes_together(picture: Image.Image) -> None:
    far = picture.resize((150, 150), Image.Resampling.LANCZOS)
    assert scan(faded(blurred(tilted(rotated(far, 20), 25), 0.7), 70, 160)) == URL
