"""`/xac-minh/`: whatever is pasted gets an answer that one can act on, and never an error."""

from datetime import timedelta

import pytest

from alerts.models import Figure
from portal import clock
from portal.pages import asked_address
from portal.pages.asked_address import Asked, look_alikes, read
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Code
from portal.publishing.models.code import ALPHABET
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.pages.reading import plain

pytestmark = pytest.mark.usefixtures("story_time")
CODE = "7H3KDX"


@pytest.fixture
def verify(read):
    """What the page answers to `asked`."""

    def verify(asked: str, prefix: str = ""):
        return read(f"{prefix}/xac-minh/", {"ma": asked}).section("answer")

    return verify


@pytest.fixture
def place(hai_phong):
    return factories.location(hai_phong)


# --- what is understood

OURS = {
    "7H3KDX": (CODE, None),
    " 7h3kdx\n": (CODE, None),
    "7H3 KDX": (CODE, None),
    "“7H3KDX”.": (CODE, None),
    "7H3KDX/2": (CODE, "2"),
    "7h3kdx/2e": (CODE, "2"),
    "Q/7H3KDX": (CODE, None),
    "/q/7h3kdx/2/": (CODE, "2"),
    "testserver/Q/7H3KDX/2": (CODE, "2"),
    "http://testserver/Q/7H3KDX": (CODE, None),
    "HTTP://TESTSERVER/Q/7H3KDX/2E": (CODE, "2"),
    "https://testserver/Q/7H3KDX/2": (CODE, "2"),
    "http:/testserver/Q/7H3KDX": (CODE, None),
    "http://testserver:80/Q/7H3KDX": (CODE, None),
    "http://testserver./Q/7H3KDX": (CODE, None),
    "http://testserver/Q/7H3KDX/2.png": (CODE, "2"),
    "http://testserver/Q/7H3KDX/12E.png": (CODE, "12"),
    "http://testserver/Q/7H3KDX.svg": (CODE, None),
    "http://testserver/hai-phong/dia-diem/7H3KDX/": (CODE, None),
    "http://testserver/en/hai-phong/thong-bao/7H3KDX/?lan=3#x": (CODE, "3"),
    "/hai-phong/chuyen-bay/7h3kdx/?lan=x": (CODE, "x"),
    "\u202e7H3KDX\u200b": (CODE, None),
    "７Ｈ３ＫＤＸ": (CODE, None),
    "ｈｔｔｐ：／／testserver／Q／7H3KDX": (CODE, None),
    "Xem ngay: http://testserver/Q/7H3KDX/1, rồi gửi cho mọi người.": (CODE, "1"),
    "Kiểm tra tại testserver.\nhttp://testserver/Q/7H3KDX/1": (CODE, "1"),
}
ELSEWHERE = {
    "https://evil.example/Q/7H3KDX": "evil.example",
    "evil.example/Q/7H3KDX/1": "evil.example",
    "evil.example": "evil.example",
    "//evil.example/x": "evil.example",
    "https://testserver@evil.example/Q/7H3KDX": "evil.example",
    "https://testserver:x@evil.example/": "evil.example",
    r"https://evil.example\@testserver/Q/7H3KDX": "evil.example",
    "https://testserver.evil.example/Q/7H3KDX": "testserver.evil.example",
    "http://testserver:8443/Q/7H3KDX": "testserver:8443",
    "http://tеstserver/Q/7H3KDX": "xn--tstserver-g0h",  # with a Cyrillic е
    "http://%zz": "%zz",
    "http://10.0.0.1/Q/7H3KDX": "10.0.0.1",
    "Nhận quà tại https://evil.example/qua nhé": "evil.example",
}
NEITHER = [
    "", " ", "\x00", "\u202e", "?", "xin chào", "đi/đến nhé", "26/03/2021", "[", "http://[", "http://",
    "https://[::1", "javascript:alert(1)", "data:text/html,x", "http://testserver:99999/",
    "x" * 10_000, "/" * 10_000, "\ud800", "🙂", "a\tb", "1,5",
]  # fmt: skip


@pytest.mark.parametrize("text", OURS)
def test_codes_and_our_addresses_are_understood(text):
    code, number = OURS[text]
    assert read(text) == Asked(code=code, number=number)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_other_hosts_are_seen_through_their_disguise(text):
    assert read(text) == Asked(host=ELSEWHERE[text])


@pytest.mark.parametrize("text", NEITHER, ids=lambda text: ascii(text)[:20])
def test_what_is_neither_is_neither(text):
    assert read(text) == Asked()


def test_a_message_with_our_address_and_another_host_tells_of_both():
    text = "Thông báo khẩn http://testserver/Q/7H3KDX/1 nhận tiền hỗ trợ tại https://evil.example/"
    assert read(text) == Asked(code=CODE, number="1", host="evil.example")


def test_a_path_never_becomes_another_host():
    assert read("http://testserver//evil.example/").path == "/evil.example/"


# --- what is answered


@pytest.mark.parametrize("written", ["{}", "{}/1", "http://testserver/Q/{}/1", "q/{}"])
def test_an_entry_in_force(written, place, verify):
    answer = verify(written.format(place.code))
    assert answer.one("section", class_="unchanged").text.startswith("Đúng:")
    assert answer.one("h2").text == "Chợ Sắt"
    assert answer.links["Mở trang"] == place.get_absolute_url()
    picture = answer.one("img")
    assert plain(picture.get("src")) == f"/Q/{place.code}/1.png"
    assert "Chợ Sắt" in picture.get("alt")
    english = verify(written.format(place.code), "/en")
    assert english.one("section", class_="unchanged").text.startswith("Right:")
    assert english.links["Open the page"] == f"/en{place.get_absolute_url()}"


def test_a_corrected_entry_says_what_was_changed(place, verify):
    revision = workflow.save_draft(
        entry=place,
        content=contents.snapshot(place) | {"name": "Chợ Đổ"},
        by=factories.national(AUTHOR),
        public_note="Nhầm chợ",
    )
    factories.approve(revision)
    for asked in (f"{place.code}/1", place.code):
        box = verify(asked).one("section", class_="changed")
        assert "Chợ Sắt" in box.one("del").text
        assert "Chợ Đổ" in box.one("ins").text
        assert "Nhầm chợ" in box.text
    assert verify(f"{place.code}/2").all("section", class_="unchanged")


def test_a_withdrawn_entry_says_why(place, verify):
    revision = workflow.request_withdrawal(
        entry=place, by=factories.national(AUTHOR), reason="Nhầm địa điểm"
    )
    workflow.approve(revision=revision, by=factories.national(APPROVER))
    for asked in (place.code, f"{place.code}/1", f"{place.code}/2"):
        box = verify(asked).one("section", class_="withdrawn")
        assert box.text.startswith("Đã gỡ:")
        assert "Nhầm địa điểm" in box.text


def test_a_past_entry_says_since_when(place, verify, story_time):
    story_time.shift(timedelta(days=365))
    box = verify(f"{place.code}/1").one("section", class_="past")
    assert box.text.startswith("Đã qua:")
    assert "09/04/2021" in box.text


def test_a_picture_that_was_never_made(place, verify):
    answer = verify(f"{place.code}/7")
    assert answer.one("section", class_="unknown").text.startswith("Không có ảnh này:")
    assert "Còn hiệu lực" in answer.text


def test_codes_of_a_province_say_what_they_are(hai_phong, verify):
    page, follow = verify(hai_phong.code), verify(hai_phong.follow_code)
    assert "trang của Hải Phòng" in page.text
    assert page.links["Mở trang"] == "/hai-phong/"
    assert "quan tâm tài khoản chính thức của Hải Phòng" in follow.text
    assert follow.links["Mở trang"] == "/hai-phong/theo-doi/"
    for address in ("http://testserver/hai-phong/", "testserver/en/hai-phong/"):
        assert verify(address).links == page.links
    assert verify("/hai-phong/theo-doi/").links == follow.links


def test_other_pages_of_ours_are_said_to_be_ours(hai_phong, verify):
    for path in ("/", "/tim-kiem/", "/hai-phong/dia-diem/"):
        answer = verify(f"http://testserver{path}")
        assert answer.links["Mở trang"] == path
        assert verify(f"http://testserver{path}", "/en").links["Open the page"] == f"/en{path}"
    for path in ("/khong-co/", "/hai-phong/khong-co/", "/khong-co/dia-diem/"):
        assert verify(f"http://testserver{path}").text.startswith("Không có trang này:")


def test_the_code_of_a_figure_says_where_it_stands(hai_phong, verify):
    figure = factories.publish(
        Figure(province=hai_phong, what="ca mắc", value=5, as_of=clock.now())
    )
    answer = verify(figure.code)
    assert "số liệu hoặc khuyến cáo" in answer.text
    assert answer.links["Mở trang"] == "/hai-phong/"


def test_an_exercise_is_called_one_and_not_led_to(hai_phong, verify):
    exercise = factories.notice(hai_phong, is_exercise=True, title="Chợ Tưởng Tượng")
    answer = verify(exercise.code)
    assert answer.text.startswith("Diễn tập:")
    assert not answer.links
    assert "Chợ Tưởng Tượng" not in answer.text


@pytest.mark.parametrize("text", ELSEWHERE)
def test_another_host_is_named_and_warned_of(text, hai_phong, verify):
    for prefix, words in (("", "Không phải địa chỉ"), ("/en", "Not an address of this portal")):
        answer = verify(text, prefix)
        assert answer.text.startswith(words)
        assert answer.one("bdi").text == ELSEWHERE[text]
        assert not answer.all("a")
        assert answer.all("div", role="alert")


def test_another_host_beside_a_true_code_is_warned_of_first(place, verify):
    answer = verify(f"http://testserver/Q/{place.code}/1 và https://evil.example/")
    assert answer.text.index("evil.example") < answer.text.index("Đúng:")
    assert "evil.example" not in "".join(answer.links.values())


# --- codes that do not exist


def known(code: str, entry) -> None:
    """Gives `entry` the code `code`."""
    Code.objects.create(value=code, target_type=Code.objects.get(pk=entry.code).target_type)
    type(entry).objects.filter(pk=entry.pk).update(code=code)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("7H3KOX", "7H3KDX"), ("7H3KQX", "7H3KDX"), ("1H3KDX", "7H3KDX"), ("IH30DX", "7H3QDX"),
     ("8BCDEF", "BBCDEF"), ("5AB2GH", "SAB2GH"), ("ABLDEF", "AB7DEF"), ("ABUDEF", "ABVDEF")],
)  # fmt: skip
def test_likely_misreadings_are_suggested(typed, meant, place, verify):
    known(meant, place)
    answer = verify(typed)
    assert answer.text.startswith("Không có mã này:")
    assert answer.links == {f"{meant} Chợ Sắt": f"/xac-minh/?ma={meant}#answer"}


def test_signs_that_no_code_has_are_named(place, verify):
    answer = verify("7O3K1X")
    assert "Không mã nào có ký tự: O1." in answer.text
    assert "Mã gồm 6" in verify("7H3K").text
    assert "so từng chữ" in verify("222222").text


def test_what_is_not_public_is_never_suggested_nor_found(hai_phong, verify):
    draft = factories.draft(factories.location_draft(hai_phong)[0]).entry
    early = factories.location(hai_phong, publish_from=clock.now() + timedelta(days=1))
    exercise = factories.location(hai_phong, is_exercise=True)
    known("7H3KDX", draft)
    known("7H3KQX", early)
    for asked in ("7H3KDX", "7H3KQX", "7H3KOX", exercise.code[1:]):
        answer = verify(asked)
        assert answer.text.startswith("Không có mã này:")
        assert not answer.links


def test_guesses_are_codes_and_not_endless():
    for typed in ("OOOOOO", "0I1LUO", "7H3KDX", "BBBBBB"):
        guesses = look_alikes(typed)
        assert typed not in guesses
        assert 0 < len(guesses) <= asked_address.MOST_GUESSES
        assert all(len(guess) == 6 and set(guess) <= set(ALPHABET) for guess in guesses)
    assert look_alikes("7H3KD") == []


# --- the page


def test_it_explains_itself_and_can_be_found(hai_phong, read):
    for prefix, words in (("", "Tin này có thật không?"), ("/en", "Is this real?")):
        page = read(f"{prefix}/xac-minh/")
        assert page.main.one("h1").text == words
        assert len(page.main.one("ol").all("li")) == 3
        assert "testserver/" in page.main.one("ol").text
        form = page.main.one("form")
        assert form.get("action") == f"{prefix}/xac-minh/#answer"
        field = form.one("input")
        assert form.one("label").get("for") == field.get("id")
        assert field.get("name") == "ma"
        assert not page.all("meta", name="robots")
        assert words in page.one("footer").links
        assert [one for one in page if one.get("id") == "answer"] == []
    assert "/xac-minh/" in read("/sitemap-pages.xml").html


def test_with_a_question_it_is_not_for_search_engines(place, read):
    page = read("/xac-minh/", {"ma": place.code})
    assert page.meta("robots") == "noindex, follow"
    assert "og:image" not in page.html
    assert page.main.one("input").get("value") == place.code


def test_the_box_beside_every_code_leads_here(place, read):
    page = read(place.get_absolute_url())
    assert "/xac-minh/" in page.main.one("div", class_="genuine").links.values()


@pytest.mark.parametrize("text", [*NEITHER, "<script>alert(1)</script>", "' OR 1=1 --",
                                  "%s" * 500, "a/" * 4000, "http://" + "a." * 4000 + "vn/"],
                         ids=lambda text: ascii(text)[:20])  # fmt: skip
def test_junk_is_answered(text, hai_phong, client):
    for prefix in ("", "/en"):
        response = client.get(f"{prefix}/xac-minh/", {"ma": text.encode("utf-8", "replace")})
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers
        assert "<script>alert" not in response.content.decode()
        assert "\x00" not in response.content.decode()


def test_undecodable_bytes_are_answered(hai_phong, client):
    assert client.get("/xac-minh/?ma=%ff%fe%00&ma=x&lan=%00").status_code == 200


def test_only_reading_is_allowed(hai_phong, client):
    assert client.post("/xac-minh/", {"ma": "x"}).status_code == 405
