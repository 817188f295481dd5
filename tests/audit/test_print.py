"""A notice on paper: one sheet, with a code that leads back to what holds today."""

import pypdfium2
import pytest

from locations.qr.codes import printed_url
from tests.browser import DESKTOP
from tests.scanning import scan

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("site")]

A4 = (595.28, 841.89)  # points


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("province", ["hai-phong", "da-nang"])
def test_a_notice_is_one_sheet_whose_code_leads_to_its_page(province, prefix, browser, site):
    """Also one that covers eight places and a flight."""
    context = browser.new_context(viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"{site}{prefix}/{province}/")
    page.locator("article.notice h2 a").first.click()
    page.wait_for_url(f"**/{province}/thong-bao/*/")
    code = page.url.rstrip("/").rpartition("/")[2]
    action = page.locator(".action").inner_text()
    pdf = page.pdf(prefer_css_page_size=True)
    context.close()
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        assert document[0].get_size() == pytest.approx(A4, abs=1)
        words = document[0].get_textpage().get_text_range()
        assert " ".join(action.split()) in " ".join(words.split())
        assert code in words  # for who cannot scan
        picture = document[0].render(scale=200 / 72).to_pil()
    assert scan(picture) == printed_url(site, code)
