"""The ways of a resident who has a keyboard and no mouse, with and without JavaScript."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("site")]

MOST_STOPS = 200
# What has the focus, and whether somebody sees that it has.
STOP = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const {outlineStyle, outlineWidth, outlineColor} = getComputedStyle(element);
    const box = element.getClientRects()[0];
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return {
        name: `${element.tagName} ${element.id} ${element.textContent.trim().slice(0, 40)}`,
        section: element.closest("section, nav, form, header, footer")?.outerHTML.slice(0, 60),
        isOutlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
        isSeen: hit !== null && (element.contains(hit) || hit.contains(element)),
        top: box.top + scrollY,
        left: box.left,
        number: [...document.querySelectorAll("*")].indexOf(element),
    };
}"""
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
    .filter(control => control.checkVisibility({visibilityProperty: true}))
    .map(control => [...document.querySelectorAll("*")].indexOf(control))"""


READERS = {
    "phone": (PHONE, True),
    "desk": (DESKTOP, True),
    "phone without JavaScript": (PHONE, False),
}


@pytest.fixture(params=READERS)
def page(request: pytest.FixtureRequest, browser) -> Iterator[Page]:
    size, scripts = READERS[request.param]
    context = browser.new_context(
        viewport=size, java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """Where Tab leads to, one after the other, until it leaves the page; each must be seen."""
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return
        assert stop["isOutlined"], f"no sign of the focus: {stop}"
        assert stop["isSeen"], f"the focus is hidden: {stop}"
        yield stop
    raise AssertionError(f"Tab does not come to an end: {stop}")


def go_to(page: Page, selector: str) -> None:
    """Presses Tab until the element is reached."""
    target = page.locator(selector).first
    for _stop in stops(page):
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_from_the_home_page_to_what_to_do(prefix, page, site):
    page.goto(f"{site}{prefix}/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#find")).to_be_focused()  # past the header, straight to the content
    page.keyboard.type("da nang")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim-kiem/?q=da+nang")
    go_to(page, "#h-provinces + .provinces a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}{prefix}/da-nang/")
    expect(page.locator(".action").first).to_be_in_viewport()
    go_to(page, "article.notice a.call")


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "address", ["/", "/da-nang/", "/hai-phong/dia-diem/", "/hai-phong/theo-doi/"]
)
def test_every_control_is_a_stop_in_the_order_of_reading(address, prefix, page, site):
    # Who saves data has the map by its button only; the map's own stops have their own tests.
    page.add_init_script("Object.defineProperty(navigator.connection, 'saveData', {value: true})")
    page.goto(site + prefix + address)
    controls = page.evaluate(CONTROLS)
    reached = list(stops(page))
    assert [stop["number"] for stop in reached] == controls
    for one, after in zip(reached, reached[1:], strict=False):
        if one["section"] == after["section"]:
            is_below = after["top"] > one["top"] - 8
            is_beside = after["left"] > one["left"] and after["top"] > one["top"] - 48
            assert is_below or is_beside, f"{one['name']} → {after['name']}"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_list_is_searched_and_filtered(prefix, page, site):
    page.goto(f"{site}{prefix}/hai-phong/dia-diem/")
    shown = page.locator("li.row").count()
    go_to(page, "#id_q")
    page.keyboard.type("cho")
    if page.viewport_size == PHONE:
        expect(page.locator("#id_kind")).to_be_hidden()
        go_to(page, "details summary")
        page.keyboard.press("Space")
    expect(page.locator("#id_kind")).to_be_visible()
    go_to(page, "#id_kind")
    for _press in range(page.locator("#id_kind option").count()):
        if page.locator("#id_kind").input_value() != "market":
            page.keyboard.press("ArrowDown")
    go_to(page, "#id_from")
    page.keyboard.type("24/03/2021")
    go_to(page, ".apply button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dia-diem/?*kind=market*")
    expect(page.locator("#results h2")).to_be_in_viewport()
    assert 0 < page.locator("li.row").count() < shown
    go_to(page, "li.row a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/dia-diem/\w{6}/$"))


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_mistake_in_the_filter_leads_to_its_field(prefix, page, site):
    page.goto(f"{site}{prefix}/hai-phong/dia-diem/?from=31/02/2021")
    go_to(page, ".problem a")
    page.keyboard.press("Enter")
    expect(page.locator("#id_from")).to_be_focused()
