"""Public pages: the same for everybody, found by search engines, and only what is public."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.core.serializers import serialize
from django.test import Client
from django.urls import reverse

from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from locations.models import ExposureLocation, Flight
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Revision
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.pages.reading import Page

pytestmark = pytest.mark.usefixtures("story_time")
BASE = "http://testserver"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
LISTS = [f"/hai-phong/{kind}/" for kind in ("thong-bao", "dia-diem", "chuyen-bay", "ca-benh")]
FILES = ["/hai-phong/theo-doi.svg", "/hai-phong/trang.svg", "/robots.txt", "/sitemap.xml",
         "/sitemap-locations.xml", "/feed.atom", "/hai-phong/feed.atom"]  # fmt: skip


@pytest.fixture
def entries(hai_phong, binh_duong):
    """One published entry of every kind that has a page of its own."""
    place = factories.location(hai_phong)
    flight = factories.flight(hai_phong, also_concerns=[binh_duong])
    return {
        "locations": place,
        "flights": flight,
        "notices": factories.notice(hai_phong, locations=[place], flights=[flight]),
        "cases": factories.cases(hai_phong, also_concerns=[binh_duong], locations=[place]),
    }


def addresses_of(entries) -> list[str]:
    pages = ["/", "/tim-kiem/", "/tim-kiem/?q=cho", "/chuyen-bay/", "/du-lieu/", "/hai-phong/",
             "/hai-phong/theo-doi/", "/hai-phong/theo-doi/email/", "/khong-co/",
             *LISTS]  # fmt: skip
    return [*pages, *(entry.get_absolute_url() for entry in entries.values())]


def in_both(addresses: list[str]) -> list[str]:
    return [*addresses, *(f"/en{address}" for address in addresses)]


# --- the same for everybody


def test_a_page_is_the_same_bytes_for_everybody_and_sets_no_cookie(entries, author, subtests):
    signed_in = Client()
    signed_in.force_login(author)
    signed_in.cookies["django_language"] = "en"
    abroad = {
        "Accept-Language": "en-US,en;q=0.9",
        "Referer": "https://zalo.me/",
        "User-Agent": "Mozilla/5.0 (Linux; Android 13) Mobile",
    }
    readers = {
        "a visitor": Client(),
        "an officer who is signed in": signed_in,
        "a reader of English who came from elsewhere": Client(headers=abroad),
    }
    for address in [*in_both(addresses_of(entries)), *FILES]:
        with subtests.test(address):
            answers = {who: reader.get(address) for who, reader in readers.items()}
            for who, answer in answers.items():
                assert answer.content == answers["a visitor"].content, who
                assert answer.status_code == answers["a visitor"].status_code
                assert not answer.cookies, who
                vary = answer.headers.get("Vary", "").lower()
                assert "cookie" not in vary, who
                assert "accept-language" not in vary, who
                assert "csrf" not in answer.content.decode().lower()
    assert Session.objects.count() == 1  # the officer's own


def test_only_the_address_decides_on_the_language(entries, client, subtests):
    for address in addresses_of(entries):
        with subtests.test(address):
            for path, language in ((address, "vi"), (f"/en{address}", "en")):
                response = client.get(path, headers={"Accept-Language": "en,vi;q=0.5"})
                assert response.headers["Content-Language"] == language
                assert Page(response).language == language


def test_head_answers_like_get_without_the_content(entries, client, subtests):
    for address in [*addresses_of(entries), *FILES]:
        with subtests.test(address):
            got, asked = client.get(address), client.head(address)
            assert asked.status_code == got.status_code
            assert asked.content == b""
            assert asked.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_public_pages_take_nothing_from_visitors(method, client, entries):
    for address in ("/", "/hai-phong/", "/hai-phong/dia-diem/", "/tim-kiem/", "/Q/222222"):
        assert getattr(client, method)(address).status_code in (403, 404, 405), address


def test_every_link_within_the_portal_opens(entries, client):
    """Followed from the home page on, in both languages."""
    waiting, seen = ["/", "/en/"], set()
    while waiting:
        address = waiting.pop()
        bare = urlsplit(address)._replace(fragment="").geturl()
        slow = "/ap-phich" in bare and not bare.startswith("/hai-phong/")
        if bare in seen or slow or "status=" in bare:
            continue
        seen.add(bare)
        response = client.get(bare)
        assert response.status_code == 200, bare
        if response.headers["Content-Type"].startswith("text/html"):
            page = Page(response)
            for element in page:
                link = element.get("href") or element.get("src")
                if link.startswith("/static/"):
                    continue
                if link.startswith(("/", "?")) and element.tag in ("a", "img", "form"):
                    waiting.append(link if link.startswith("/") else urlsplit(bare).path + link)
                if link.startswith("#") and len(link) > 1:
                    page.section(link[1:])
    assert len(seen) > 40


def test_every_picture_and_style_is_there(entries, read):
    for address in ("/", "/hai-phong/", "/hai-phong/dia-diem/"):
        page = read(address)
        used = {e.get("href") or e.get("src") for e in page if e.tag in ("link", "img", "script")}
        files = {path.removeprefix("/static/") for path in used if path.startswith("/static/")}
        assert files
        assert [name for name in files if not finders.find(name)] == []


# --- search engines and sharing


def test_pages_say_what_they_are_and_where_they_are_in_the_other_language(entries, read, subtests):
    listed = [a for a in addresses_of(entries) if not a.startswith(("/khong-co/", "/tim-kiem/"))]
    titles = {"vi": set(), "en": set()}
    for address in listed:
        with subtests.test(address):
            for language, path in (("vi", address), ("en", f"/en{address}")):
                page = read(path)
                assert page.one("link", rel="canonical").get("href") == BASE + path
                assert page.alternates() == {
                    "vi": BASE + address,
                    "en": f"{BASE}/en{address}",
                    "x-default": BASE + address,
                }
                title = "".join(page.one("title").content)
                assert page.meta("og:title") in title
                assert len(page.meta("description")) > 10
                assert page.meta("og:description") == page.meta("description")
                assert page.meta("og:url") == BASE + path
                assert page.meta("og:locale") == {"vi": "vi_VN", "en": "en_GB"}[language]
                assert page.meta("og:type") in ("website", "article")
                assert not [m for m in page.all("meta") if m.get("name") == "robots"]
                assert title not in titles[language]
                titles[language].add(title)


def test_search_and_missing_pages_are_for_no_index(entries, read):
    for path, status in (("/tim-kiem/", 200), ("/tim-kiem/?q=x", 200), ("/khong-co/", 404)):
        page = read(path, status=status)
        assert "noindex" in page.meta("robots")
        assert not page.all("link", rel="canonical")


def test_a_second_page_is_canonical_by_itself(hai_phong, read):
    market = factories.location(hai_phong)
    for number in range(50):
        market.pk, market.code = None, f"COPY{number}"
        market.save()
    page = read("/en/hai-phong/dia-diem/?page=2")
    assert page.one("link", rel="canonical").get("href") == (
        f"{BASE}/en/hai-phong/dia-diem/?page=2"
    )
    assert page.alternates()["vi"] == f"{BASE}/hai-phong/dia-diem/?page=2"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_machines_read_every_notice_of_a_province(language, hai_phong, read):
    notice = factories.notice(
        hai_phong, title="Chợ Sắt", title_en="Sắt market", action="Gọi CDC", action_en="Call CDC"
    )
    factories.notice(hai_phong, title="Chợ Đổ", title_en="Đổ market")
    prefix = "/en" if language == "en" else ""
    announced = {one["url"]: one for one in read(f"{prefix}/hai-phong/").json_ld()}
    assert {one["@type"] for one in announced.values()} == {"SpecialAnnouncement"}
    assert len(announced) == 2
    url = BASE + prefix + notice.get_absolute_url()
    assert announced[url] == {
        "@context": "https://schema.org",
        "@type": "SpecialAnnouncement",
        "@id": url,
        "url": url,
        "name": "Sắt market" if language == "en" else "Chợ Sắt",
        "text": "Call CDC" if language == "en" else "Gọi CDC",
        "category": "https://www.wikidata.org/wiki/Q81068910",
        "datePosted": "2021-03-26T08:00:00+07:00",
        "expires": "2021-04-10T00:00:00+07:00",
        "spatialCoverage": {"@type": "AdministrativeArea", "name": "Hải Phòng"},
        "publisher": {"@type": "GovernmentOrganization", "name": "Hải Phòng"},
    }


def test_the_page_of_a_notice_carries_its_announcement(hai_phong, read):
    notice = factories.notice(hai_phong)
    (announcement,) = read(notice.get_absolute_url()).json_ld()
    assert announcement["url"] == BASE + notice.get_absolute_url()


def test_no_title_can_break_out_of_the_json(hai_phong, read):
    title = "</script><script>alert(1)</script><!--&\"'\u2028"
    notice = factories.notice(hai_phong, title=title, action=title)
    for address in ("/hai-phong/", "/en/hai-phong/", notice.get_absolute_url()):
        page = read(address)
        scripts = [s for s in page.all("script") if not s.get("src")]
        assert {script.get("type") for script in scripts} <= {"application/ld+json"}
        assert "alert(1)</script>" not in page.html
        for announcement in page.json_ld():
            assert announcement["name"] == announcement["text"] == title


@pytest.mark.parametrize("markup", ["<b>đậm</b>", "<img src=x onerror=alert(1)>", "{{ 7|add:1 }}"])
def test_whatever_staff_type_is_shown_as_text(markup, hai_phong, read):
    place = factories.location(hai_phong, name=markup, address=markup, note=markup, action=markup)
    flight = factories.flight(hai_phong, note=markup, action=markup)
    notice = factories.notice(hai_phong, title=markup, body=markup, action=markup)
    cases = factories.cases(hai_phong, note=markup, locations=[place])
    for entry in (place, flight, notice, cases):
        page = read(entry.get_absolute_url())
        assert markup in page.main.text
        assert not page.all("b", onerror="alert(1)")
        assert not [img for img in page.all("img") if img.get("src") == "x"]
        assert "<b>đậm</b>" not in page.html


def locations_in(client, address: str) -> dict[str, dict[str, str]]:
    """The addresses in a sitemap with their alternates by language."""
    tree = ElementTree.fromstring(client.get(address).content)
    return {
        url.find("s:loc", SITEMAP).text: {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", SITEMAP)
        }
        for url in tree.findall("s:url", SITEMAP)
    }


def whole_sitemap(client) -> dict[str, dict[str, str]]:
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    sections = [one.text for one in index.findall("s:sitemap/s:loc", SITEMAP)]
    found = {}
    for section in sections:
        assert section.startswith(f"{BASE}/sitemap-")
        found |= locations_in(client, section.removeprefix(BASE))
    return found


def test_the_sitemap_names_every_public_page_in_both_languages(entries, client):
    found = whole_sitemap(client)
    pages = ["/", "/hai-phong/", "/binh-duong/", "/chuyen-bay/"]
    for address in [*pages, *(entry.get_absolute_url() for entry in entries.values())]:
        both = {"vi": BASE + address, "en": f"{BASE}/en{address}", "x-default": BASE + address}
        assert found[both["vi"]] == found[both["en"]] == both
    assert all(client.get(url.removeprefix(BASE)).status_code == 200 for url in found)


def test_the_sitemap_says_when_an_entry_was_last_changed(entries, client):
    tree = ElementTree.fromstring(client.get("/sitemap-notices.xml").content)
    assert {one.text for one in tree.findall("s:url/s:lastmod", SITEMAP)} == {"2021-03-26"}


def test_robots_may_read_everything_but_the_admin(client):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /en/admin/",
        f"Sitemap: {BASE}/sitemap.xml",
    ]


# --- only what is public

SECRET = "Chợ Bí Mật"


def unpublished(hai_phong, how: str) -> dict[str, object]:
    """Entries of every kind with a telling name that residents must not see yet."""
    at = {"publish_from": clock.now() + timedelta(hours=1)} if how == "embargoed" else {}
    place, windows = factories.location_draft(hai_phong, name=SECRET, **at)
    drafts = {
        "location": (place, windows),
        "flight": (Flight(province=hai_phong, number="VJ999", date=clock.today(), origin="PQC",
                          destination="HAN", note=SECRET, **at), None),
        "notice": (Notice(province=hai_phong, title=SECRET, action=SECRET, **at), None),
        "cases": (CaseAnnouncement(province=hai_phong, cases=77, starts_on=clock.today(),
                                   ends_on=clock.today(), note=SECRET, **at), None),
        "figure": (Figure(what=SECRET, value=77, as_of=clock.now(), **at), None),
        "guidance": (Guidance(by=SECRET, points=SECRET, **at), None),
    }  # fmt: skip
    made = {}
    for kind, (entry, children) in drafts.items():
        revision = factories.draft(entry, children=children)
        if how == "submitted":
            workflow.submit(revision=revision, by=revision.author)
        if how == "embargoed":
            factories.approve(revision)
        made[kind] = type(entry).objects.get(pk=revision.entry_id)
    return made


def everywhere(client) -> dict[str, str]:
    """All that the public can ask for, by address."""
    lists = ["/", "/hai-phong/", "/binh-duong/", "/chuyen-bay/", *LISTS]
    searches = [f"{address}?q=bi mat&status=all" for address in LISTS]
    searches += ["/tim-kiem/?q=bi mat", "/tim-kiem/?q=VJ999", "/en/", "/en/hai-phong/"]
    sitemaps = [f"/sitemap-{s}.xml" for s in ("notices", "locations", "flights", "cases")]
    addresses = [*lists, *searches, *sitemaps]
    return {address: client.get(address).content.decode() for address in addresses}


@pytest.mark.parametrize("how", ["draft", "submitted", "embargoed"])
def test_what_is_not_public_is_nowhere(how, hai_phong, binh_duong, client):
    made = unpublished(hai_phong, how)
    for address, content in everywhere(client).items():
        shown = re.sub(r'(value|q)="?[^"]*"', "", content)  # what was asked for is repeated
        assert SECRET not in shown, address
        assert ">VJ999" not in shown, address
        assert "77 ca" not in shown, address
        for entry in made.values():
            assert entry.code not in content, address
    for entry in made.values():
        assert client.get(f"/Q/{entry.code}").status_code == 404
    for kind in ("location", "flight", "notice", "cases"):
        assert client.get(made[kind].get_absolute_url()).status_code == 404


def test_an_embargo_opens_by_the_clock(hai_phong, client, read, story_time):
    made = unpublished(hai_phong, "embargoed")
    opens = clock.now() + timedelta(hours=1)
    address = made["notice"].get_absolute_url()
    story_time.move_to(opens - timedelta(seconds=1))
    assert client.get(address).status_code == 404
    assert SECRET not in read("/hai-phong/").html
    story_time.move_to(opens)
    assert SECRET in read(address).main.text
    assert SECRET in read("/hai-phong/").section("notices").text
    assert SECRET in read("/hai-phong/").section("locations").text
    assert SECRET in read("/").section("figures").text
    assert address in str(whole_sitemap(client))
    assert client.get(f"/Q/{made['notice'].code}").status_code == 302


def test_an_expired_notice_leaves_the_page_at_that_moment(hai_phong, read, story_time):
    end = clock.now() + timedelta(hours=3)
    notice = factories.notice(hai_phong, title=SECRET, expires_at=end)
    before = Revision.objects.count()
    story_time.move_to(end - timedelta(seconds=1))
    for address in ("/", "/hai-phong/", "/hai-phong/thong-bao/"):
        assert SECRET in read(address).main.text
    story_time.move_to(end)
    for address in ("/", "/en/", "/hai-phong/", "/hai-phong/thong-bao/"):
        assert SECRET not in read(address).main.text
    assert read("/hai-phong/").json_ld() == []
    assert read(notice.get_absolute_url()).main.all("div", class_="past")
    assert Revision.objects.count() == before
    notice.refresh_from_db()
    assert notice.state == "published"


def withdrawn(entry, reason: str):
    revision = workflow.request_withdrawal(
        entry=entry, by=factories.national(AUTHOR), reason=reason
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))


@pytest.mark.parametrize("kind", ["locations", "flights", "notices", "cases"])
def test_a_withdrawn_entry_keeps_its_address_and_says_why(kind, entries, client, read):
    entry = entries[kind]
    address = entry.get_absolute_url()
    listed = {"notices": "thong-bao", "locations": "dia-diem", "flights": "chuyen-bay",
              "cases": "ca-benh"}[kind]  # fmt: skip
    withdrawn(entry, "Nhầm địa chỉ")
    for path in (address, f"/en{address}"):
        page = read(path)
        assert "Nhầm địa chỉ" in page.main.one("div", class_="withdrawn").text
        assert not page.main.all("div", class_="current")
    assert client.get(f"/Q/{entry.code}").headers["Location"] == address
    # A province page still names it among its corrections of the last days.
    for path in ("/", f"/binh-duong/{listed}/", f"/hai-phong/{listed}/"):
        assert address not in read(path).html, path
    # A notice that names it still does, and says that it was withdrawn.
    for item in read("/hai-phong/").main.all("li"):
        if address in item.links.values():
            assert item.all("b", class_="withdrawn"), item.text
    assert address not in str(whole_sitemap(client))


def test_a_withdrawn_place_is_marked_where_the_notice_names_it(entries, read):
    withdrawn(entries["locations"], "Nhầm địa chỉ")
    for address in (entries["notices"].get_absolute_url(), entries["cases"].get_absolute_url()):
        page = read(address).main
        rows = [row for row in page.all("li", class_="row") if "Chợ Sắt" in row.text]
        assert all(row.all("b", class_="withdrawn") for row in rows)


def test_a_flight_stands_on_the_pages_of_every_province_it_concerns(entries, read):
    for slug in ("hai-phong", "binh-duong"):
        assert "VN1234" in read(f"/{slug}/").section("flights").text
        assert "VN1234" in read(f"/{slug}/chuyen-bay/").main.text


def test_an_entry_has_one_address_only(entries, client):
    for entry in entries.values():
        elsewhere = entry.get_absolute_url().replace("/hai-phong/", "/binh-duong/")
        assert client.get(elsewhere).status_code == 404


# --- preview


def everything_stored() -> str:
    models = (ExposureLocation, Flight, Notice, CaseAnnouncement, Revision)
    rows = [json.loads(serialize("json", model.objects.order_by("pk"))) for model in models]
    windows = ExposureLocation.windows.rel.related_model.objects.order_by("pk")
    return json.dumps([*rows, json.loads(serialize("json", windows))], default=str)


def preview_of(entry, language="vi") -> str:
    meta = entry._meta
    prefix = "/en" if language == "en" else ""
    return prefix + reverse(f"admin:{meta.app_label}_{meta.model_name}_preview", args=[entry.pk])


@pytest.fixture
def secret_draft(hai_phong, author):
    place, windows = factories.location_draft(hai_phong, name=SECRET, action="Gọi CDC")
    revision = workflow.save_draft(
        entry=place, content=contents.content_of(place, children=windows), by=author
    )
    return revision.entry


def test_an_officer_previews_a_draft_as_residents_will_see_it(
    secret_draft, client, author, approver
):
    client.force_login(author)
    preview = Page(client.get(preview_of(secret_draft)))
    revision = Revision.objects.of(secret_draft).get()
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)
    public = Page(Client().get(secret_draft.get_absolute_url()))
    # All but what can be sent on, which has no address yet.
    assert public.main.text.startswith(preview.main.text)
    assert not preview.all("section", class_="share")
    assert preview.one("title").content == public.one("title").content
    assert f"/Q/{secret_draft.code}" in preview.main.text
    marked = [p.text for p in preview.all("p", class_="banner")]
    assert marked
    assert not public.all("p", class_="banner")


def test_a_preview_speaks_the_language_of_its_address(secret_draft, client, author):
    client.force_login(author)
    assert Page(client.get(preview_of(secret_draft))).language == "vi"
    assert Page(client.get(preview_of(secret_draft, "en"))).language == "en"


def test_a_preview_changes_nothing_and_nobody_else_sees_it(
    secret_draft, client, author, stranger, location
):
    changed = contents.snapshot(location) | {"name": SECRET}
    workflow.save_draft(entry=location, content=changed, by=author)
    before = everything_stored()
    client.force_login(author)
    for entry in (secret_draft, location):
        response = client.get(preview_of(entry))
        assert SECRET in response.content.decode()
        assert response.headers["Cache-Control"] == "no-store"
    assert everything_stored() == before
    assert SECRET not in Client().get(location.get_absolute_url()).content.decode()
    assert SECRET not in Client().get("/hai-phong/").content.decode()
    assert Client().get(secret_draft.get_absolute_url()).status_code == 404
    assert Client().get(preview_of(secret_draft)).status_code == 302
    client.force_login(stranger)
    response = client.get(preview_of(secret_draft))
    assert response.status_code == 403
    assert SECRET not in response.content.decode()
