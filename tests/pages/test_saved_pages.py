"""What pages carry so that they stay true when they are saved or left open, and the page shown
instead of what is not saved."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portal import clock
from portal.publishing import workflow
from portal.publishing.roles import APPROVER, AUTHOR
from portal.web.times import iso
from tests import factories

PREFIXES = {"vi": "", "en": "/en"}
by_language = pytest.mark.parametrize("language", PREFIXES)


class TestOfflinePage:
    @by_language
    def test_it_is_for_no_search_engine_and_sets_no_cookie(self, language, read):
        page = read(f"{PREFIXES[language]}/ngoai-tuyen/")
        assert page.language == language
        assert page.meta("robots") == "noindex, follow"
        assert not page.response.cookies

    def test_no_province_can_take_its_address(self, divisions):
        with pytest.raises(ValidationError, match="ngoai-tuyen"):
            factories.province("Ngoại tuyến", "31")


class TestMarks:
    """What portal.js goes by when the page has become old."""

    def test_a_page_says_when_it_was_made_by_the_portals_clock(self, story, read):
        assert read("/hai-phong/").one("html").get("data-now") == "2021-03-26T08:00:00+07:00"

    def test_what_is_in_force_says_until_when(self, read, hai_phong):
        location = factories.location(hai_phong)
        notice = factories.notice(hai_phong)
        until = {iso(location.listed_until), iso(notice.listed_until)}
        page = read("/hai-phong/")
        marked = {e.get("data-listed-until") for e in page.main if e.get("data-listed-until")}
        assert marked == until
        for entry in (location, notice):
            page = read(entry.get_absolute_url())
            assert page.one("div", class_="current").get("data-listed-until") in until

    def test_what_is_past_or_withdrawn_says_nothing_of_it(self, read, hai_phong):
        past = factories.location(hai_phong, on=(clock.today() - timedelta(days=60),))
        withdrawn = factories.location(hai_phong, name="Chợ Đổ")
        withdraw(withdrawn)
        for address in (past.get_absolute_url(), withdrawn.get_absolute_url()):
            assert "data-listed-until" not in read(address).html
        assert "data-listed-until" not in read("/hai-phong/dia-diem/", {"status": "past"}).html


def withdraw(entry) -> None:
    revision = workflow.request_withdrawal(
        entry=entry, by=factories.national(AUTHOR), reason="Nhầm địa điểm"
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))
