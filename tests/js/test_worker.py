"""The worker in a real browser: as a module, under a policy as strict as the portal's."""

import pytest

from tests.browser import PHONE, visitor
from tests.js.server import served

pytestmark = pytest.mark.xdist_group("browser")

RUN = "async ([name, given]) => (await import('/bench/check_page.js'))[name](...given)"


@pytest.fixture
def page(browser):
    with served() as base, visitor(browser, base, PHONE) as resident:
        page = resident.open("/")
        page.evaluate(RUN, ["prepare", [2_000, 60_000]])
        resident.faults.clear()
        yield page
        assert resident.faults == []


def test_a_file_is_compared_in_the_worker_with_progress_in_both_phases(page):
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.evaluate(RUN, ["ask", []])
    loaded = [url for url in asked if "/static/js/check/" not in url]
    del asked[:]
    answer = page.evaluate(RUN, ["ask", []])
    assert answer["type"] == "result"
    assert answer["summary"]["points"] == 60_000
    assert answer["summary"]["skipped"] == 0
    assert answer["matches"] > 50
    assert answer["certain"] > 10
    assert answer["reading"] > 0
    assert answer["matching"] > 0
    assert loaded == asked == []


@pytest.mark.parametrize("phase", ["reading", "matching"])
def test_a_cancel_is_heard_in_the_middle_of_each_phase(page, phase):
    after = page.evaluate(RUN, ["ask", [phase]])["after"]
    assert [message["type"] for message in after if message["type"] != "progress"] == []
    assert len(after) <= 2, "it went on"
    assert page.evaluate(RUN, ["ask", []])["type"] == "result"
