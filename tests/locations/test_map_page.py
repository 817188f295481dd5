"""The map's section in the pages: what it says before any script runs, and where it looks."""

import re
from html import unescape

import pytest
from django.core.management import call_command
from django.test import override_settings

from portal.environment import BASE_DIR
from portal.publishing.rows import KEPT
from portal.web.static_files import StaticFilesStorage

pytestmark = pytest.mark.usefixtures("story_time")

PAGES = ["/hai-phong/", "/hai-phong/dia-diem/"]
TILES = "https://tiles.test/{z}/{x}/{y}.png"
VENDOR = BASE_DIR / "static" / "vendor"


def section(client, address: str) -> str:
    page = client.get(address).content.decode()
    found = re.search(r'<section class="places-map.*?</section>', page, re.DOTALL)
    return found.group() if found else ""


def data(text: str, name: str) -> str | None:
    found = re.search(rf'data-{name}="([^"]*)"', text)
    return unescape(found.group(1)) if found else None


@pytest.mark.parametrize("address", PAGES)
def test_the_map_follows_the_complete_list(address, client, location):
    page = client.get(address).content.decode()
    assert page.index('<li class="row location"') < page.index("data-map\n")
    assert page.count("data-map\n") == 1
    map_section = section(client, address)
    anchor = "locations" if address == "/hai-phong/" else "results"
    assert f'href="#{anchor}"' in map_section
    assert f'id="{anchor}"' in page
    assert data(map_section, "division") == "2004-31"


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("", "Bản đồ cần JavaScript. Không có bản đồ, danh sách ở trên vẫn đầy đủ."),
        ("/en", "The map needs JavaScript. The list above is complete without it."),
    ],
)
def test_without_javascript_the_section_says_so(prefix, said, client, location):
    for address in PAGES:
        noscript = re.search(r"<noscript>(.*?)</noscript>", section(client, prefix + address))
        assert noscript and said in noscript.group(1)


def test_the_data_are_those_of_the_page(client, location):
    assert data(section(client, "/hai-phong/"), "places") == "/hai-phong/ban-do.json"
    assert data(section(client, "/en/hai-phong/"), "places") == "/en/hai-phong/ban-do.json"
    # The list of the province page is not filtered, whatever its address says.
    assert data(section(client, "/hai-phong/?q=x"), "places") == "/hai-phong/ban-do.json"
    filtered = section(client, "/hai-phong/dia-diem/?q=chợ+sắt&kind=market")
    address = data(filtered, "places")
    assert address == "/hai-phong/ban-do.json?q=ch%E1%BB%A3+s%E1%BA%AFt&kind=market"
    assert [f["id"] for f in client.get(address).json()["features"]] == []
    assert client.get(address).json()["without_point"] == 1


def test_there_is_no_map_of_nothing(client, hai_phong):
    for address in [*PAGES, "/hai-phong/chuyen-bay/"]:
        assert section(client, address) == ""


def test_districts_are_named_while_there_are_any(client, location, time_machine):
    assert "data-districts" in section(client, "/hai-phong/dia-diem/?status=all")
    time_machine.move_to("2025-07-01T08:00:00+07:00")
    assert "data-map" in section(client, "/hai-phong/dia-diem/?status=all")
    assert "data-districts" not in section(client, "/hai-phong/dia-diem/?status=all")


def test_no_tile_server_unless_one_is_set(client, location):
    assert data(section(client, "/hai-phong/"), "tiles") is None
    # In every address that is loaded the host is ours; what leads elsewhere is a link.
    loaded = re.findall(r'(?:src|data-\w+)="([^"]*)"', section(client, "/hai-phong/"))
    assert loaded
    assert not [address for address in loaded if "://" in address or address.startswith("//")]
    credit = "© Bản đồ <b> https://tiles.test/copyright"
    with override_settings(MAP_TILES_URL=TILES, MAP_TILES_ATTRIBUTION=credit):
        KEPT.clear()  # settings are those of a process for as long as it lives
        shown = section(client, "/hai-phong/")
    assert data(shown, "tiles") == TILES
    assert "© Bản đồ &lt;b&gt; " in shown
    assert 'href="https://tiles.test/copyright"' in shown


@pytest.mark.parametrize(
    ("prefix", "outlines", "islands"),
    [
        ("", "Ranh giới", ["Quần đảo Hoàng Sa", "Quần đảo Trường Sa"]),
        ("/en", "Outlines", ["Hoàng Sa archipelago", "Trường Sa archipelago"]),
    ],
)
def test_the_map_says_whose_its_outlines_are(prefix, outlines, islands, client, location):
    shown = section(client, f"{prefix}/hai-phong/")
    credit = re.search(r'data-part="credit">(.*?)</template>', shown, re.DOTALL).group(1)
    assert credit.strip().startswith(f"<span>{outlines}: ")
    assert 'href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>' in credit
    for island in islands:
        assert island in shown


def test_vendored_files_are_collected_with_their_licences(tmp_path, settings):
    """As in production: names of their content, and every address that a file names is there."""
    assert {path.name for path in VENDOR.glob("*/*LICEN*")} == {"LICENSE", "MIT-LICENCE.txt"}
    settings.STATIC_ROOT = tmp_path
    backend = f"{StaticFilesStorage.__module__}.{StaticFilesStorage.__name__}"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert list((tmp_path / "vendor" / "leaflet").glob("leaflet.????????????.js"))
    assert not re.search("sourceMappingURL", (VENDOR / "leaflet" / "leaflet.js").read_text())
