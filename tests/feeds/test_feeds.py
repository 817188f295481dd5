"""The Atom feeds: valid, what stands in them and in which words, and what never does."""

from datetime import datetime, timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from alerts.feeds.selection import LENGTH
from alerts.models import Notice
from portal import clock
from tests import factories, states
from tests.feeds.reading import faults, parsed, terms
from tests.pages.reading import Page

pytestmark = pytest.mark.usefixtures("story_time")
BOTH = pytest.mark.parametrize("prefix", ["", "/en"])
FOLLOWED = [kind for kind in states.KINDS if kind != "so-lieu"]
KIND_TERMS = {"thong-bao": "notice", "dia-diem": "location", "chuyen-bay": "flight",
              "ca-benh": "case"}  # fmt: skip
STATUS = {"current": ["current"], "corrected": ["current", "corrected"],
          "withdrawn": ["withdrawn"], "past": ["past"]}  # fmt: skip


@pytest.fixture
def feed(client: Client):
    return lambda address="/hai-phong/feed.atom", **query: parsed(client.get(address, query))


def words(entry) -> str:
    """What a reader shows of an entry."""
    [content] = entry.content
    assert content.type == "application/xhtml+xml"
    return " ".join(Page(_Answer(content.value)).text.split())


class _Answer:
    def __init__(self, html: str) -> None:
        self.content = html.encode()


def ids(feed) -> list[str]:
    return [entry.link.rstrip("/").rpartition("/")[2] for entry in feed.entries]


# --- valid


def test_every_feed_is_valid_by_the_grammar_of_the_rfc(hai_phong, client, tmp_path):
    empty = {
        "country-empty": client.get("/feed.atom").content,
        "province-empty": client.get("/hai-phong/feed.atom").content,
    }
    for kind in FOLLOWED:
        states.one_in_every_state(kind, hai_phong)
    ward = hai_phong.division.children.first().children.first()
    factories.location(hai_phong, ward=ward)
    addresses = {
        "country": "/feed.atom",
        "country-en": "/en/feed.atom",
        "province": "/hai-phong/feed.atom",
        "province-en": "/en/hai-phong/feed.atom",
        "ward": f"/hai-phong/feed.atom?ward={ward.pk}",
    }
    full = {name: client.get(address).content for name, address in addresses.items()}
    assert all(content.count(b"<entry") > 1 for name, content in full.items() if name != "ward")
    assert faults(tmp_path, empty | full) == ""


def test_the_validator_notices_what_is_wrong(hai_phong, client, tmp_path):
    factories.notice(hai_phong)
    content = client.get("/feed.atom").content
    without_id = content.replace(b"<id>", b"<name>").replace(b"</id>", b"</name>")
    assert "name" in faults(tmp_path, {"wrong": without_id})


@BOTH
def test_a_feed_says_what_it_is_and_where(prefix, hai_phong, feed):
    of_province = feed(f"{prefix}/hai-phong/feed.atom").feed
    assert of_province.language == (prefix.strip("/") or "vi")
    assert "Hải Phòng" in of_province.title
    links = {link.rel: link.href for link in of_province.links}
    base = f"http://testserver{prefix}"
    assert links == {"self": f"{base}/hai-phong/feed.atom", "alternate": f"{base}/hai-phong/"}
    assert of_province.id == links["self"]
    assert of_province.author_detail.name == "Chính quyền Hải Phòng"
    # Who opens it in a browser reads what to do with it.
    assert f"{base}/hai-phong/feed.atom" in of_province.subtitle
    of_country = feed(f"{prefix}/feed.atom").feed
    assert {link.href for link in of_country.links} == {f"{base}/feed.atom", f"{base}/"}


def test_the_author_is_the_office_if_it_has_a_name(divisions, feed):
    factories.notice(factories.province("Hải Phòng", "31", office="CDC", office_en="The CDC"))
    assert [feed(f"{prefix}/feed.atom").entries[0].author for prefix in ("", "/en")] == [
        "CDC", "The CDC",
    ]  # fmt: skip


# --- what stands in them


@BOTH
@pytest.mark.parametrize("kind", FOLLOWED)
def test_a_feed_holds_what_is_public_and_says_where_it_stands(kind, prefix, hai_phong, feed):
    entries = states.one_in_every_state(kind, hai_phong)
    public = {entries[state].code: state for state in states.PUBLIC}
    for address in ("/feed.atom", "/hai-phong/feed.atom"):
        said = feed(prefix + address)
        found = dict(zip(ids(said), said.entries, strict=True))
        assert found.keys() == public.keys()
        for code, state in public.items():
            item, entry = found[code], entries[state]
            assert item.link == f"http://testserver{prefix}{entry.get_absolute_url()}"
            assert terms(item, "kind") == [KIND_TERMS[kind]]
            assert terms(item, "status") == STATUS[state]
            assert terms(item, "severity") == (["urgent"] if kind == "thong-bao" else [])
            assert all(tag.label for tag in item.tags)
            assert item.author == "Chính quyền Hải Phòng"
            assert datetime.fromisoformat(item.published) == entry.published_at
            assert datetime.fromisoformat(item.updated) == entry.updated_at
            assert item.published.endswith("+07:00")


def test_what_is_embargoed_comes_in_its_time(hai_phong, feed, story_time):
    entry = states.entry_in("embargoed", "thong-bao", hai_phong)
    assert ids(feed()) == []
    story_time.shift(timedelta(hours=1))
    assert ids(feed()) == [entry.code]
    assert feed().entries[0].updated == "2021-03-26T09:00:00+07:00"


@BOTH
def test_what_to_do_comes_first_and_then_whom_to_call(prefix, hai_phong, feed, client):
    notice = Notice(
        province=hai_phong, title="Chợ Sắt", title_en="Sắt market", action="Ở yên tại nhà.",
        action_en="Stay at home.", body="Người từng đến chợ.", body_en="Whoever was there.",
    )  # fmt: skip
    line = notice.hotlines.model(label="CDC", number="1900 9095")
    factories.publish(notice, children={"hotlines": [line]})
    [entry] = feed(f"{prefix}/feed.atom").entries
    told = words(entry)
    action, call, body = {
        "": ("Ở yên tại nhà.", "Gọi 1900 9095", "Người từng đến chợ."),
        "/en": ("Stay at home.", "Call 1900 9095", "Whoever was there."),
    }[prefix]
    assert told.startswith(action)
    assert told.index(call) < told.index(body)
    assert ("Chợ Sắt" if prefix == "" else "Sắt market") in entry.title
    # Read as it is sent: not every reader lets one call by a tap.
    assert 'href="tel:19009095"' in client.get(f"{prefix}/feed.atom").content.decode()


def test_what_is_not_translated_is_marked_as_vietnamese(hai_phong, feed):
    factories.notice(hai_phong, action="Ở yên tại nhà.")
    [entry] = feed("/en/feed.atom").entries
    assert '<p class="action" lang="vi">Ở yên tại nhà.</p>' in entry.content[0].value


@BOTH
def test_a_correction_says_what_changed_and_why(prefix, hai_phong, feed, story_time):
    place = factories.location(hai_phong, action="Gọi CDC.", action_en="Call the CDC.")
    [before] = feed(f"{prefix}/feed.atom").entries
    story_time.shift(timedelta(hours=2))
    factories.correct(place, name="Chợ Đổ", why="Nhầm chợ")
    [after] = feed(f"{prefix}/feed.atom").entries
    told = words(after)
    assert told.startswith("Gọi CDC." if prefix == "" else "Call the CDC.")
    assert "Chợ Sắt → Chợ Đổ" in told
    assert "Nhầm chợ" in told
    assert "10:00 26/03/2021" in told
    assert after.title.startswith("Đã đính chính" if prefix == "" else "Corrected")
    assert (after.id, after.published) == (before.id, before.published)
    assert (before.updated, after.updated) == (
        "2021-03-26T08:00:00+07:00", "2021-03-26T10:00:00+07:00",
    )  # fmt: skip


@BOTH
@pytest.mark.parametrize("kind", FOLLOWED)
def test_a_withdrawal_says_so_first_and_why(kind, prefix, hai_phong, feed):
    make, _change = states.KINDS[kind]
    entry = make(hai_phong)
    [before] = feed(f"{prefix}/feed.atom").entries
    factories.withdraw(entry, reason="Nhầm cơ sở")
    [after] = feed(f"{prefix}/feed.atom").entries
    assert words(after).startswith("Đã gỡ." if prefix == "" else "Withdrawn.")
    assert "Nhầm cơ sở" in words(after)
    assert after.title.startswith("Đã gỡ" if prefix == "" else "Withdrawn")
    assert after.id == before.id
    assert 'lass="action"' not in after.content[0].value  # nothing to do any more


def test_what_is_published_again_says_so(hai_phong, feed):
    factories.correct(factories.withdraw(factories.location(hai_phong)))
    [entry] = feed().entries
    assert entry.title.startswith("Đăng lại")
    assert terms(entry, "status") == ["current", "corrected"]


def test_updated_moves_only_with_what_residents_read(hai_phong, feed, story_time):
    place = factories.location(hai_phong)
    before = feed()
    story_time.shift(timedelta(days=1))
    factories.correct(place, external_id="HP-12")
    factories.correct(place)
    after = feed()
    assert after.entries[0].updated == before.entries[0].updated
    assert after.feed.updated == before.feed.updated == "2021-03-26T08:00:00+07:00"
    assert terms(after.entries[0], "status") == ["current"]


def test_an_entry_is_the_same_in_every_feed_and_another_in_english(hai_phong, binh_duong, feed):
    factories.flight(hai_phong, also_concerns=[binh_duong])
    addresses = ["/feed.atom", "/hai-phong/feed.atom", "/binh-duong/feed.atom"]
    vietnamese = [feed(address).entries[0] for address in addresses]
    assert len({(e.id, e.title, e.content[0].value) for e in vietnamese}) == 1
    assert vietnamese[0].id.startswith("tag:testserver,2021-03-26:")
    assert feed("/en/feed.atom").entries[0].id == f"{vietnamese[0].id}/en"


def test_only_the_newest_are_there_the_last_changed_first(hai_phong, feed, story_time):
    first = factories.notice(hai_phong)
    for _number in range(LENGTH):
        story_time.shift(timedelta(minutes=1))
        factories.notice(hai_phong)
    newest = ids(feed())
    assert len(newest) == LENGTH
    assert first.code not in newest
    story_time.shift(timedelta(minutes=1))
    factories.correct(first, title="Chợ Đổ")
    after = ids(feed())
    assert after == [first.code, *newest[:-1]]


def test_of_what_is_published_together_the_notice_comes_first(story, feed):
    kinds = [terms(entry, "kind")[0] for entry in feed("/hai-phong/feed.atom").entries]
    assert kinds == ["notice", "location", "location", "location", "flight", "case"]


@BOTH
def test_the_facts_of_the_story_are_told(prefix, story, feed):
    told = {terms(e, "kind")[0] + e.title: words(e)
            for e in feed(f"{prefix}/hai-phong/feed.atom").entries}  # fmt: skip
    everything = " ".join(f"{title} {text}" for title, text in told.items())
    action = "Liên hệ lực lượng chức năng hoặc khai báo với cơ quan y tế."
    english = "Contact the authorities or report to a health facility."
    facts = ["VJ458", "(PQC)", "(HAN)", "12:15", "22/03/2021", "23/03/2021", "25/03/2021",
             "xã Đại Hợp", "xã Tú Sơn", "khách sạn Pari", "số 2/8A Lê Hồng Phong",
             "phường Đằng Giang", action if prefix == "" else english,
             "3 ca mắc mới" if prefix == "" else "3 new cases", "Bình Dương"]  # fmt: skip
    assert [fact for fact in facts if fact not in everything] == []
    assert "00:00" not in everything  # no hour is made up


def test_a_character_that_xml_cannot_hold_takes_nothing_else_away(hai_phong, feed):
    factories.notice(hai_phong, title="Chợ\x0bSắt \ufffe<b>&", action="Gọi\x08 <script>")
    [entry] = feed().entries
    assert "ChợSắt <b>&" in entry.title
    assert words(entry).startswith("Gọi <script>")
    assert "<script" not in entry.content[0].value


# --- wards


@pytest.fixture
def wards(hai_phong):
    district = hai_phong.division.children.get(name="Kiến Thụy")
    return [district.children.get(name=name) for name in ("Đại Hợp", "Tú Sơn")]


def test_a_ward_has_what_its_residents_must_know(hai_phong, wards, feed):
    here, there = (factories.location(hai_phong, ward=ward) for ward in wards)
    counted = factories.cases(hai_phong, ward=wards[0])
    factories.cases(hai_phong, ward=wards[1])
    factories.flight(hai_phong)
    of_here = factories.notice(hai_phong, locations=[here, there])
    factories.notice(hai_phong, locations=[there])
    for_all = factories.notice(hai_phong)
    found = feed("/hai-phong/feed.atom", ward=wards[0].pk)
    assert sorted(ids(found)) == sorted(e.code for e in (here, counted, of_here, for_all))
    assert "xã Đại Hợp" in found.feed.title
    links = {link.rel: link.href for link in found.feed.links}
    assert links["self"] == f"http://testserver/hai-phong/feed.atom?ward={wards[0].pk}"
    assert "/hai-phong/dia-diem/" in links["alternate"]


def test_a_ward_s_page_opens(hai_phong, wards, feed, client):
    factories.location(hai_phong, ward=wards[0])
    link = feed("/hai-phong/feed.atom", ward=wards[0].pk).feed.link
    page = Page(client.get(link.removeprefix("http://testserver")))
    assert "Chợ Sắt" in page.main.text
    assert not page.main.all("div", class_="problem")


@pytest.mark.parametrize("key", ["2004-11749", "khong-co", "", "2004-11752'--", "x" * 500])
def test_a_ward_in_which_nothing_is_listed_is_refused(key, hai_phong, wards, client):
    factories.location(hai_phong, ward=wards[0])
    for prefix, told in (("", "chưa đăng gì về phường/xã có mã"), ("/en", "has listed nothing")):
        response = client.get(f"{prefix}/hai-phong/feed.atom", {"ward": key})
        assert response.status_code == 404
        page = Page(response)
        assert "“ward”" in page.main.text
        assert told in page.main.text


def test_a_ward_whose_listing_is_not_public_has_no_feed(hai_phong, wards, client):
    later = clock.now() + timedelta(hours=1)
    factories.location(hai_phong, ward=wards[0], publish_from=later)
    factories.location(hai_phong, ward=wards[0], is_exercise=True)
    assert client.get("/hai-phong/feed.atom", {"ward": wards[0].pk}).status_code == 404


def test_the_country_has_no_wards(hai_phong, client):
    response = client.get("/feed.atom", {"ward": "2004-11752"})
    assert response.status_code == 404
    assert "địa chỉ của tỉnh" in Page(response).main.text


# --- how they answer


def test_a_feed_may_be_styled_by_our_own_css_and_nothing_else(hai_phong, client):
    response = client.get("/hai-phong/feed.atom")
    head = response.content.decode().splitlines()[1]
    assert head == '<?xml-stylesheet type="text/css" href="/static/css/feed.css"?>'
    assert finders.find("css/feed.css")
    assert "style-src 'self'" in response.headers["Content-Security-Policy"]
    # By which browsers show it with its style; as application/atom+xml they show bare text.
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"


def test_asked_again_a_feed_says_that_nothing_has_changed(hai_phong, client, story_time):
    factories.notice(hai_phong)
    first = client.get("/hai-phong/feed.atom")
    assert first.headers["Last-Modified"] == "Fri, 26 Mar 2021 01:00:00 GMT"
    again = {"If-None-Match": first.headers["ETag"]}
    story_time.shift(timedelta(hours=1))
    assert client.get("/hai-phong/feed.atom", headers=again).status_code == 304
    factories.notice(hai_phong)
    assert client.get("/hai-phong/feed.atom", headers=again).status_code == 200


def test_an_empty_feed_stays_the_same(hai_phong, client, story_time):
    first = client.get("/hai-phong/feed.atom").content
    story_time.shift(timedelta(hours=5))
    assert client.get("/hai-phong/feed.atom").content == first


def test_a_feed_takes_nothing_and_answers_everybody_alike(hai_phong, client):
    assert client.post("/feed.atom").status_code in (403, 405)
    assert client.get("/khong-co/feed.atom").status_code == 404
    odd = client.get("/feed.atom", headers={"Accept-Language": "en", "Cookie": "x=y"})
    assert odd.content == client.get("/feed.atom").content
    assert not odd.cookies


@BOTH
def test_pages_name_their_feeds_to_browsers_and_readers(prefix, hai_phong, client):
    factories.location(hai_phong)
    for address, own in (("/", 1), ("/hai-phong/", 2), ("/hai-phong/dia-diem/", 2),
                         ("/hai-phong/thong-bao/?q=x", 2), ("/chuyen-bay/", 1)):  # fmt: skip
        page = Page(client.get(prefix + address))
        links = page.all("link", rel="alternate", type="application/atom+xml")
        expected = [f"{prefix}/feed.atom", f"{prefix}/hai-phong/feed.atom"][:own]
        assert [link.get("href") for link in links] == expected, address
        assert all(link.get("title") for link in links)
        assert all(client.get(address).status_code == 200 for address in expected)


@BOTH
def test_the_page_of_a_notice_names_its_cap_message(prefix, hai_phong, client):
    page = Page(client.get(prefix + factories.notice(hai_phong).get_absolute_url()))
    (link,) = page.all("link", rel="alternate", type="application/cap+xml")
    assert client.get(link.get("href")).headers["Content-Type"] == "application/cap+xml"


def test_ten_and_a_thousand_entries_ask_the_same(
    hai_phong, wards, client, django_assert_num_queries, django_assert_max_num_queries
):
    def fill(number: int) -> None:
        places = [factories.location(hai_phong, ward=ward) for ward in wards]
        flight = factories.flight(hai_phong, number=f"VN{number}")
        factories.notice(hai_phong, locations=places, flights=[flight])
        factories.correct(factories.cases(hai_phong, locations=places), cases=9)
        factories.withdraw(factories.correct(places[0], name="Chợ Đổ"))

    fill(1)
    client.get("/hai-phong/feed.atom")
    with django_assert_max_num_queries(45) as few:
        client.get("/hai-phong/feed.atom")
    for number in range(2, 8):
        fill(number)
    with django_assert_num_queries(len(few)):
        client.get("/hai-phong/feed.atom")
