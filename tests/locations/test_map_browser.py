"""The map in a real browser: when it loads, what it shows, and by keyboard alone."""

from contextlib import contextmanager

import pytest
import time_machine
from playwright.sync_api import Page, expect

from locations.made_load import MadeLoad
from locations.models import Division, ExposureLocation
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.browser import DESKTOP, PHONE, Visitor, visitor, wait_until
from tests.conftest import STORY_TIME

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

LIST = "/hai-phong/dia-diem/"
TILES = "https://tiles.test/{z}/{x}/{y}.png"
LOADED = {
    "ban-do.json", "outlines.json", "leaflet.css", "leaflet.js", "leaflet.markercluster.js",
    "MarkerCluster.css", "outlines.js", "parts.js", "places.js", "tiles.js", "view.js",
}  # fmt: skip
FOCUSED = "element => element === document.activeElement"
# A picture of one grey pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


@pytest.fixture
def hai_phong(divisions):
    """At the time of the story: a hotel at a point, a commune, a place without a point."""
    with time_machine.travel(STORY_TIME):
        province = factories.province("Hải Phòng", "31")
        commune = Division.objects.get(pk="2004-11752")
        factories.location(
            province, name="Khách sạn Pari", name_en="Pari hotel", latitude=20.86, longitude=106.68
        )
        factories.location(province, name="xã Đại Hợp", kind="area", ward=commune)
        factories.location(province, name="Quán vỉa hè")
        yield province


def asked_for(page: Page) -> list[str]:
    """The addresses that the page has asked for, of the map only."""
    names = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return [name for name in names if "vendor" in name or "/map/" in name or "ban-do" in name]


def to_the_map(resident: Visitor, address: str = LIST) -> Page:
    """Opens the page and scrolls to its map, which then loads."""
    page = resident.open(address)
    page.locator("[data-map]").scroll_into_view_if_needed()
    expect(page.locator(".map-below")).to_be_visible()
    return page


def settled(page: Page) -> None:
    """Waits until the map has made room for a popup: a click on what still moves may miss it."""
    expect(page.locator(".leaflet-pan-anim, .leaflet-zoom-anim")).to_have_count(0)


@contextmanager
def saving_data(browser, base: str):
    """Somebody whose browser sends Save-Data."""
    with visitor(browser, base, PHONE, touch=True) as resident:
        resident.context.add_init_script(
            "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
        )
        yield resident


def test_the_map_in_a_browser(browser, live_server, hai_phong, subtests):
    base = live_server.url
    checks = [
        nothing_is_loaded_before_it_is_scrolled_to,
        who_saves_data_is_asked_first,
        a_failure_is_said_and_can_be_tried_again,
        what_the_map_shows,
        in_english,
        by_keyboard_alone,
        the_filter_holds,
        the_whole_country_has_both_archipelagos,
        it_fits_and_is_dark_at_night,
        fingers_move_the_page,
    ]
    for check in checks:
        with subtests.test(check.__name__):
            check(browser, base)


def nothing_is_loaded_before_it_is_scrolled_to(browser, base: str) -> None:
    with visitor(browser, base, {"width": 360, "height": 300}, touch=True) as resident:
        for address in ("/hai-phong/", LIST):
            page = resident.open(address)
            page.wait_for_load_state("networkidle")
            assert asked_for(page) == []
            page.locator("[data-map]").scroll_into_view_if_needed()
            expect(page.locator(".map-below")).to_be_visible()
            names = {name.rsplit("/", 1)[1].split("?")[0] for name in asked_for(page)}
            assert names == LOADED
        assert resident.faults == []


def who_saves_data_is_asked_first(browser, base: str) -> None:
    with saving_data(browser, base) as resident:
        page = resident.open(LIST)
        page.locator("[data-map]").scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert asked_for(page) == []
        page.get_by_role("button", name="Xem bản đồ").click()
        expect(page.locator(".map-below")).to_be_visible()
        expect(page.locator(".map")).to_be_focused()
        assert resident.faults == []


def a_failure_is_said_and_can_be_tried_again(browser, base: str) -> None:
    with saving_data(browser, base) as resident:
        page = resident.open(LIST)
        page.route("**/ban-do.json*", lambda route: route.fulfill(status=503))
        button = page.get_by_role("button", name="Xem bản đồ")
        button.click()
        status = page.locator("[data-map] [role=status]")
        expect(status).to_have_text("Không tải được bản đồ. Danh sách ở trên vẫn đầy đủ.",
                                    use_inner_text=True)  # fmt: skip
        page.unroute("**/ban-do.json*")
        button.click()
        expect(page.locator(".map-below")).to_be_visible()
        expect(page.locator(".map-target")).to_have_count(2)


def what_the_map_shows(browser, base: str) -> None:
    with visitor(browser, base, DESKTOP) as resident:
        page = to_the_map(resident)
        shown = page.locator(".map")
        assert (
            shown.get_attribute("aria-label") == "Bản đồ địa điểm liên quan ca bệnh tại Hải Phòng"
        )
        expect(page.locator("[data-map] p:visible", has_text="địa điểm không có")).to_have_text(
            "1 địa điểm không có trên bản đồ: xem danh sách."
        )
        expect(shown.locator(".outline")).to_have_count(65)
        expect(shown.locator(".outline.own")).to_have_count(1)
        for control, name in (("in", "Phóng to"), ("out", "Thu nhỏ")):
            button = shown.locator(f".leaflet-control-zoom-{control}")
            assert button.get_attribute("aria-label") == button.get_attribute("title") == name
            assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 44
        # The commune is an area with a dashed edge, of its radius and no more.
        (area,) = shown.locator(".map-area").all()
        assert area.evaluate("e => getComputedStyle(e).strokeDasharray") != "none"
        shown.get_by_role("button", name="xã Đại Hợp").click()
        popup = shown.locator(".map-popup")
        expect(popup.locator(".approximate")).to_have_text("Vị trí gần đúng: cả xã Đại Hợp")
        expect(popup.locator(".when")).to_have_text("19:00–21:30 ngày 26/03/2021")
        settled(page)
        shown.get_by_role("button", name="Đóng").click()
        expect(popup).to_have_count(0)  # it fades, and lies over the map until it is gone
        # A place is another sign, and its popup leads to its page.
        hotel = shown.get_by_role("button", name="Khách sạn Pari")
        assert hotel.locator(".map-sign").get_attribute("class") == "map-sign place"
        assert hotel.bounding_box()["width"] >= 44
        hotel.click()
        expect(popup).to_have_count(1)
        expect(popup.locator(".approximate")).to_have_count(0)
        settled(page)
        shown.get_by_role("link", name="Khách sạn Pari").click()
        expect(page.locator("h1")).to_have_text("Khách sạn Pari")
        assert resident.faults == []


def in_english(browser, base: str) -> None:
    with visitor(browser, base, PHONE, touch=True) as resident:
        page = to_the_map(resident, f"/en{LIST}")
        page.get_by_role("button", name="Pari").tap()
        popup = page.locator(".map-popup")
        expect(popup.locator("a")).to_have_text("Khách sạn Pari (Pari hotel)")
        close = page.locator(".leaflet-popup-close-button")
        assert close.get_attribute("aria-label") == "Close"
        settled(page)
        close.tap()
        expect(popup).to_have_count(0)
        expect(page.locator("[data-map] p:visible", has_text="not on the map")).to_have_text(
            "1 place is not on the map: see the list."
        )
        expect(page.locator(".leaflet-control-attribution")).to_have_text(
            "Outlines: Stephen Truong, CC BY 4.0, simplified"
        )
        assert resident.faults == []


def by_keyboard_alone(browser, base: str) -> None:
    with visitor(browser, base, DESKTOP) as resident:
        page = to_the_map(resident)
        shown = page.locator(".map")
        shown.focus()
        before = shown.locator(".leaflet-map-pane").get_attribute("style")
        page.keyboard.press("ArrowRight")
        expect(shown.locator(".leaflet-map-pane")).not_to_have_attribute("style", before)
        hotel = shown.get_by_role("button", name="Khách sạn Pari")
        commune = shown.get_by_role("button", name="xã Đại Hợp")
        reached = []
        for _ in range(2):
            page.keyboard.press("Tab")
            reached += [sign for sign in (hotel, commune) if sign.evaluate(FOCUSED)]
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        assert set(reached) == {hotel, commune}
        assert "vị trí gần đúng" in commune.text_content()
        if reached[0] is hotel:
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        popup = shown.locator(".map-popup")
        expect(popup).to_have_count(1)
        expect(popup.locator("a")).to_be_focused()
        page.keyboard.press("Escape")
        expect(popup).to_have_count(0)
        expect(hotel).to_be_focused()
        page.keyboard.press("Enter")
        expect(popup.locator("a")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Khách sạn Pari")
        assert resident.faults == []


def the_filter_holds(browser, base: str) -> None:
    with visitor(browser, base, DESKTOP) as resident:
        page = to_the_map(resident, f"{LIST}?q=pari")
        expect(page.locator(".map-target")).to_have_count(1)
        assert page.locator("[data-map] p:visible", has_text="không có trên bản đồ").count() == 0


def the_whole_country_has_both_archipelagos(browser, base: str) -> None:
    with visitor(browser, base, PHONE, touch=True) as resident:
        page = to_the_map(resident)
        page.get_by_role("button", name="Cả nước").tap()
        for name in ("Quần đảo Hoàng Sa", "Quần đảo Trường Sa"):
            label = page.locator(".map-name", has_text=name)
            expect(label).to_be_in_viewport()
        islets = page.locator(".outline.archipelago")
        expect(islets).to_have_count(2)
        for islet in islets.all():
            expect(islet).to_be_in_viewport()
        page.get_by_role("button", name="Hải Phòng", exact=True).tap()
        expect(page.locator(".map-name", has_text="Quần đảo Trường Sa")).not_to_be_in_viewport()


def it_fits_and_is_dark_at_night(browser, base: str) -> None:
    for size in (PHONE, DESKTOP):
        colours = {}
        for scheme in ("light", "dark"):
            with visitor(browser, base, size, touch=size is PHONE) as resident:
                resident.page.emulate_media(color_scheme=scheme)
                page = to_the_map(resident, "/hai-phong/")
                assert resident.overflow == 0
                box = page.locator(".map").bounding_box()
                assert box["height"] >= 300
                colours[scheme] = page.evaluate(
                    "['.map', '.outline.own', '.map-target .map-sign.area'].map((name) => {"
                    " const style = getComputedStyle(document.querySelector(name));"
                    " return name === '.outline.own' ? style.fill : style.backgroundColor; })"
                )
                assert resident.faults == []
        assert all(day != night for day, night in zip(*colours.values(), strict=True))


def fingers_move_the_page(browser, base: str) -> None:
    """One finger scrolls past the map; the wheel too, until the map has the focus."""
    with visitor(browser, base, PHONE, touch=True) as resident:
        page = to_the_map(resident)
        assert "pan-y" in page.locator(".map").evaluate("e => getComputedStyle(e).touchAction")
        expect(page.get_by_text("Dùng hai ngón tay để di chuyển bản đồ.")).to_be_visible()
    with visitor(browser, base, DESKTOP) as resident:
        page = to_the_map(resident)
        page.locator(".map").hover()
        scale = "document.querySelector('.map .outline.own').getBoundingClientRect().width"
        before = page.evaluate(scale)
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(600)
        assert page.evaluate(scale) == before


def test_three_hundred_places_are_clusters(browser, live_server, hai_phong):
    made = MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))
    assert list(made.locations([hai_phong], 300))
    with_point = sum(
        1 for place in ExposureLocation.objects.concerning(hai_phong).listed() if place.point
    )
    with visitor(browser, live_server.url, DESKTOP) as resident:
        page = to_the_map(resident)
        signs = page.locator(".map-target .map-sign")
        clusters = page.locator(".map-target .map-sign.cluster")
        counts = [int(text) for text in clusters.locator("[aria-hidden]").all_text_contents()]
        assert sum(counts) + signs.count() - clusters.count() == with_point > 50
        assert signs.count() < 40
        # A cluster says how many places it is, is reached by Tab and opened by Enter.
        biggest = page.get_by_role("button", name=f"{max(counts)} địa điểm: phóng to").first
        target = biggest.element_handle()
        target.focus()
        page.keyboard.press("Enter")
        wait_until(page, "e => !e.isConnected", target)
        assert page.evaluate("document.querySelector('.map').contains(document.activeElement)")
        assert resident.faults == []


def test_a_tile_server_that_is_set_is_asked_and_nobody_else(
    browser, live_server, hai_phong, settings
):
    settings.MAP_TILES_URL = TILES
    settings.MAP_TILES_ATTRIBUTION = "© Bản đồ thử https://tiles.test/copyright"
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": directives | {"img-src": [*directives["img-src"], "https://tiles.test"]}
    }
    with visitor(browser, live_server.url, DESKTOP) as resident:
        asked = []

        def answer(route):
            asked.append(route.request.url)
            # Slowly, so that some are still on the way when the map is moved.
            resident.page.wait_for_timeout(20)
            route.fulfill(body=PIXEL, content_type="image/png")

        resident.context.route("https://tiles.test/**", answer)
        page = to_the_map(resident)
        expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
        for _ in range(4):
            page.locator(".leaflet-control-zoom-in").click()
        page.get_by_role("button", name="Cả nước").click()
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("© Bản đồ thử")
        page.wait_for_timeout(800)
        assert asked
        others = [fault for fault in resident.faults if "https://tiles.test/" not in fault]
        assert others == []
        assert not [fault for fault in resident.faults if not fault.startswith("foreign: ")]
