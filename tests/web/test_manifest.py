"""The portal as an app on the home screen."""

import pytest
from django.contrib.staticfiles import finders
from PIL import Image

PREFIXES = {"vi": "", "en": "/en"}
by_language = pytest.mark.parametrize("language", PREFIXES)


@by_language
def test_it_says_what_an_app_needs(language, client):
    prefix = PREFIXES[language]
    response = client.get(f"{prefix}/manifest.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert not response.cookies
    app = response.json()
    assert (
        app["name"] == {"vi": "Thông báo y tế công cộng", "en": "Public health notices"}[language]
    )
    assert len(app["short_name"]) <= 15
    assert app["lang"] == language
    assert app["start_url"] == f"{prefix}/"
    assert app["scope"] == "/"
    addresses = [shortcut["url"] for shortcut in app["shortcuts"]]
    assert addresses == [f"{prefix}/kiem-tra/", f"{prefix}/tim-kiem/"]


def test_its_icons_are_as_large_as_it_says(client):
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in icons:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
            corner = image.convert("RGBA").getpixel((0, 0))
            assert (corner[3] == 255) == (icon["purpose"] == "maskable")


@by_language
def test_every_page_links_to_that_of_its_language(language, client, hai_phong):
    prefix = PREFIXES[language]
    page = client.get(f"{prefix}/hai-phong/").content.decode()
    assert f'<link rel="manifest" href="{prefix}/manifest.webmanifest">' in page
