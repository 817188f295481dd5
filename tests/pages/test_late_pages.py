"""A page that is shown late, because nobody makes a newer one, to a reader without a script."""

import time
from datetime import timedelta

import pytest
import time_machine

from portal import clock
from portal.web.page_cache.as_of import last_good
from portal.web.page_cache.page import Page as Kept
from tests import factories
from tests.pages.reading import Page

pytestmark = pytest.mark.usefixtures("story_time")

SAID = {
    "": {"as of": "Tính đến 08:00 26/03/2021.", "place": "hiển thị đến 08:30 26/03/2021",
         "flight": "hiển thị đến 09/04/2021", "notice": "Còn hiệu lực đến 10:00 26/03/2021",
         "over": "Trang này đã thay đổi hoặc hết hạn một phần"},
    "/en": {"as of": "As of 08:00 26/03/2021.", "place": "listed until 08:30 26/03/2021",
            "flight": "listed until 09/04/2021", "notice": "In force until 10:00 26/03/2021",
            "over": "Something on this page has changed or ended since"},
}  # fmt: skip


@pytest.fixture
def late(client):
    def late(address: str) -> Page:
        response = client.get(address)
        kept = Kept("200 OK", list(response.headers.items()), response.content,
                    until=time.time() + 1800)  # fmt: skip
        with time_machine.travel(clock.now() + timedelta(hours=12), tick=False):
            marked = last_good(kept, address, has_changed=False)
        assert marked is not None
        response.content = marked.body
        return Page(response)

    return late


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_it_says_of_when_it_is_and_of_each_entry_when_it_ends(prefix, hai_phong, late):
    """What has ended meanwhile is still there: which that is, the reader can tell by its end."""
    factories.location(hai_phong, expires_at=clock.now() + timedelta(minutes=30))
    factories.flight(hai_phong)
    factories.notice(hai_phong, expires_at=clock.now() + timedelta(hours=2))
    said = SAID[prefix]
    for address, kinds in (
        ("/hai-phong/", ("place", "flight", "notice")),
        ("/hai-phong/dia-diem/", ("place",)),
        ("/hai-phong/chuyen-bay/", ("flight",)),
        ("/hai-phong/thong-bao/", ("notice",)),
        ("/", ("notice",)),
    ):
        page = late(prefix + address)
        text = " ".join(page.one("body").text.split())
        for what in ("as of", "over", *kinds):
            assert said[what] in text, (address, what)
