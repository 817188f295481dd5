"""The page on following a province: each way is a section, the official account first."""

import pytest

from alerts.delivery.channels.email import EmailChannel
from alerts.models import Subscription
from tests import factories
from tests.pages.reading import Page, plain

pytestmark = pytest.mark.usefixtures("story_time")
BOTH = pytest.mark.parametrize("prefix", ["", "/en"])


def channels(page: Page) -> list[str]:
    [around] = page.all("div", class_="channels")
    return [section.get("id") for section in around.all("section")]


@BOTH
def test_the_official_account_comes_first_with_its_two_steps(prefix, story, client):
    page = Page(client.get(f"{prefix}/hai-phong/theo-doi/"))
    assert channels(page) == ["zalo", "email", "push", "feed"]
    zalo = page.section("zalo")
    assert "Chính quyền điện tử TP Hải Phòng" in zalo.text
    scan, press = zalo.all("ol")[0].all("li")
    assert (scan.text, press.text) == {
        "": ("Quét mã QR", "Nhấn nút “Quan tâm”"),
        "/en": ("Scan the QR code", "Press “Quan tâm” (Follow)"),
    }[prefix]
    assert plain(zalo.one("img").get("src")).endswith("/hai-phong/theo-doi.svg")


@BOTH
def test_without_a_mail_server_no_e_mails_are_offered(prefix, story, client, settings):
    settings.EMAIL_REACHES_PEOPLE = False
    page = Page(client.get(f"{prefix}/hai-phong/theo-doi/"))
    assert channels(page) == ["zalo", "push", "feed"]
    form = {"address": "an@example.com", "language": "vi", "minimum": "information"}
    for answer in (client.get, lambda address: client.post(address, form)):
        assert answer(f"{prefix}/hai-phong/theo-doi/email/").status_code == 404
    assert not Subscription.objects.exists()
    assert not EmailChannel().is_set_up


@BOTH
def test_the_address_of_the_feed_is_there_to_copy(prefix, story, client):
    feed = Page(client.get(f"{prefix}/hai-phong/theo-doi/")).section("feed")
    address = f"{prefix}/hai-phong/feed.atom"
    assert "".join(feed.one("code").text.split()) == f"http://testserver{address}"
    assert address in feed.links.values()
    assert client.get(address).status_code == 200


def test_wards_with_a_feed_can_be_chosen_without_javascript(story, client):
    form = Page(client.get("/hai-phong/theo-doi/")).section("feed").one("form")
    wards = form.one("select").all("option")
    named = ["".join(ward.content) for ward in wards]
    assert named == ["xã Đại Hợp, huyện Kiến Thụy", "phường Đằng Giang, quận Ngô Quyền",
                     "xã Tú Sơn, huyện Kiến Thụy"]  # fmt: skip
    for ward in wards:
        answer = client.get(form.get("action"), {form.one("select").get("name"): ward.get("value")})
        assert answer.status_code == 200


def test_a_province_that_has_listed_nothing_offers_no_wards(hai_phong, client):
    feed = Page(client.get("/hai-phong/theo-doi/")).section("feed")
    assert feed.all("form") == []
    assert "/hai-phong/feed.atom" in feed.one("code").text


def test_a_province_without_an_account_can_still_be_followed(divisions, client):
    page = factories.province("Hải Phòng", "31")
    page.accounts.all().delete()
    shown = Page(client.get("/hai-phong/theo-doi/"))
    assert channels(shown) == ["zalo", "email", "push", "feed"]
    assert "Hải Phòng chưa có tài khoản" in shown.section("zalo").text
