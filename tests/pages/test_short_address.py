"""`/Q/<CODE>`: behind every printed code, in any case, for ever, and never to another host."""

from urllib.parse import urlsplit

import pytest

from alerts.models import Figure, Notice
from locations.models import Province
from portal import clock
from portal.publishing.models import Code
from tests import factories

pytestmark = pytest.mark.usefixtures("story_time")


@pytest.fixture
def leads_to(client):
    def leads_to(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 302, address
        location = response.headers["Location"]
        assert not urlsplit(location).netloc
        assert location.startswith("/")
        assert not location.startswith("//")
        return location

    return leads_to


CASES = {
    "as printed": str.upper,
    "in small letters": str.lower,
    "mixed": lambda code: "".join(
        letter.lower() if index % 2 else letter for index, letter in enumerate(code)
    ),
}


@pytest.mark.parametrize("written", CASES.values(), ids=CASES)
@pytest.mark.parametrize("path", ["/Q/{}", "/q/{}", "/Q/{}/"])
def test_a_code_leads_on_however_it_is_typed(path, written, hai_phong, leads_to):
    assert leads_to(path.format(written(hai_phong.follow_code))) == "/hai-phong/theo-doi/"
    assert leads_to(path.format(written(hai_phong.code))) == "/hai-phong/"


def test_every_entry_has_a_code_that_leads_to_its_page(hai_phong, leads_to, client):
    place = factories.location(hai_phong)
    flight = factories.flight(hai_phong)
    entries = [place, flight, factories.notice(hai_phong), factories.cases(hai_phong)]
    for entry in entries:
        assert leads_to(f"/Q/{entry.code}") == entry.get_absolute_url()
        assert client.get(f"/Q/{entry.code}", follow=True).status_code == 200


def test_a_figure_leads_to_the_page_where_it_stands(hai_phong, leads_to):
    of_province = Figure(province=hai_phong, what="ca mắc", value=5, as_of=clock.now())
    of_country = Figure(what="ca mắc", value=5, as_of=clock.now())
    assert leads_to(f"/Q/{factories.publish(of_province).code}") == "/hai-phong/"
    assert leads_to(f"/Q/{factories.publish(of_country).code}") == "/"


@pytest.mark.parametrize("code", ["222222", "ABC", "0", "OOOOOO", "ZZZZZZZZZZZZ"])
def test_an_unknown_code_says_so(code, client, hai_phong):
    response = client.get(f"/Q/{code}")
    assert response.status_code == 404
    assert "/tim-kiem/" in response.content.decode()


@pytest.mark.parametrize("path", ["/Q/", "/Q/%2F%2Fevil.example", "/Q/evil.example", "/Q/ABC-DEF",
                                  "/Q/%00", "/Q/Đ", "/Q/" + "A" * 200])  # fmt: skip
def test_what_is_no_code_is_not_found(path, client, hai_phong):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", ["?next=https://evil.example", "?url=//evil.example"])
def test_nothing_in_the_address_changes_where_a_code_leads(query, hai_phong, leads_to):
    assert leads_to(f"/Q/{hai_phong.follow_code}{query}") == "/hai-phong/theo-doi/"


def test_the_code_of_a_draft_leads_nowhere(hai_phong, client):
    revision = factories.draft(Notice(province=hai_phong, title="Chợ Bí Mật", action="Gọi CDC"))
    response = client.get(f"/Q/{revision.entry.code}")
    assert response.status_code == 404
    assert revision.entry.title not in response.content.decode()


def test_the_code_of_a_province_that_is_not_public_leads_nowhere(hai_phong, client):
    Province.objects.filter(pk=hai_phong.pk).update(
        state="draft", revision_number=0, published_at=None
    )
    assert client.get(f"/Q/{hai_phong.code}").status_code == 404
    assert client.get(f"/Q/{hai_phong.follow_code}").status_code == 404


def test_no_code_is_ever_given_twice(hai_phong):
    values = list(Code.objects.values_list("value", flat=True))
    assert {hai_phong.code, hai_phong.follow_code} <= set(values)
    more = Code.objects.allocate_many(Notice, 500)
    assert len(set(more)) == 500
    assert not set(more) & set(values)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_follow_page_names_the_account_and_leads_to_it(prefix, hai_phong, read):
    account = hai_phong.accounts.get()
    for address in ("/hai-phong/", "/hai-phong/theo-doi/"):
        page = read(f"{prefix}{address}").main
        assert account.name in page.text
        away = {link.get("href") for link in page.all("a") if "//" in link.get("href")}
        assert away - {f"http://testserver{prefix}/hai-phong/"} == {account.url}


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "http://zalo.me/1234", "https://zalo.me.evil.example/",
            "javascript:alert(1)", "//evil.example/"],
)  # fmt: skip
def test_an_address_that_came_past_the_form_is_never_linked(url, hai_phong, read):
    """As by a restored backup, or after a host was taken off the list."""
    hai_phong.accounts.update(url=url)
    for address in ("/hai-phong/", "/hai-phong/theo-doi/", "/en/hai-phong/theo-doi/"):
        page = read(address)
        assert url not in page.html
        assert hai_phong.accounts.get().name in page.main.text


def test_a_province_without_an_account_has_a_follow_page_that_says_so(hai_phong, read):
    hai_phong.accounts.all().delete()
    page = read("/hai-phong/theo-doi/").main
    assert not [link for link in page.all("a") if "zalo" in link.get("href")]
    assert "Hải Phòng" in page.text
