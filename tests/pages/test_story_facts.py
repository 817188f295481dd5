"""Every fact of the story is on the page where it belongs, in both languages, and nothing more.

The facts are walked in the built-in story file; `REPORT` is what the news report says, written
down once more, so that neither file nor pages can lose or gain a fact unnoticed.
"""

import json
import re
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alerts import story as story_package
from alerts.models import CaseAnnouncement, Notice
from locations.models import Division, ExposureLocation, Flight
from tests.conftest import STORY_TIME
from tests.pages.reading import Page, plain

STORY = json.loads((Path(story_package.__file__).parent / "story.json").read_text())
VI, EN = "vi", "en"
LANGUAGES = [VI, EN]
NOTICE = "thông báo khẩn"
ACTION = "liên hệ lực lượng chức năng hoặc khai báo với cơ quan y tế"
SIX = "2021-03-26T06:00:00+07:00"
REPORT = {
    "published": "2021-03-26",
    "provinces": [
        {
            "slug": "hai-phong", "name": "Hải Phòng", "gso_code": "31",
            "kind": "thành phố trực thuộc trung ương",
            "official_account": {"channel": "zalo", "name": "Chính quyền điện tử TP Hải Phòng"},
            "menu_feature": {
                "name": "Hỗ trợ", "leads_to": "Cổng thông tin điện tử TP Hải Phòng",
            },
            "today": "merged with Hải Dương on 2025-07-01, still Thành phố Hải Phòng (31)",
        },
        {
            "slug": "binh-duong", "name": "Bình Dương", "gso_code": "74", "kind": "tỉnh",
            "official_account": {"channel": "zalo", "name": "Bình Dương SmartCity"},
            "menu_feature": {
                "name": "Covid-19",
                "leads_to": "tình hình phòng chống dịch bệnh, thông báo khẩn, truy vết bệnh nhân"
                " trên địa bàn",
            },
            "today": "part of Thành phố Hồ Chí Minh (79) since 2025-07-01",
        },
    ],
    "how_to_follow": ["quét mã QR", "nhấn nút “Quan tâm”"],
    "case_announcements": [
        {
            "provinces": ["hai-phong", "binh-duong"], "new_cases_together": 3,
            "from": "2021-03-25", "to": "2021-03-26", "hai_phong_cases_named_in_notice": 2,
        }
    ],
    "notices": [
        {
            "province": "hai-phong", "kind": NOTICE, "action": ACTION,
            "covers": ["VJ458", "xã Đại Hợp", "xã Tú Sơn", "khách sạn Pari"],
        },
        {
            "province": "binh-duong", "kind": NOTICE, "action": ACTION,
            "covers": ["259-260 khu dân cư Oasis 2", "công ty C63-64"],
        },
    ],
    "flights": [
        {
            "number": "VJ458", "origin": "PQC (Phú Quốc)", "destination": "HAN (Nội Bài, Hà Nội)",
            "at": "2021-03-22T12:15:00+07:00", "notice": "hai-phong",
            "at_is": "as announced: the report does not say whether 12h15 is departure or arrival",
        }
    ],
    "exposure_locations": [
        {
            "province": "hai-phong", "name": "xã Đại Hợp", "kind": "area",
            "district": "huyện Kiến Thụy", "ward": "xã Đại Hợp",
            "from": "2021-03-22", "to": "2021-03-22", "note": "liên quan 2 ca bệnh",
        },
        {
            "province": "hai-phong", "name": "xã Tú Sơn", "kind": "area",
            "district": "huyện Kiến Thụy", "ward": "xã Tú Sơn",
            "from": "2021-03-22", "to": "2021-03-22", "note": "liên quan 2 ca bệnh",
        },
        {
            "province": "hai-phong", "name": "khách sạn Pari", "kind": "hotel",
            "address": "số 2/8A Lê Hồng Phong", "ward": "phường Đằng Giang",
            "district": "quận Ngô Quyền", "from": "2021-03-23", "to": "2021-03-25",
        },
        {
            "province": "binh-duong", "name": "259-260 khu dân cư Oasis 2", "kind": "residential",
            "address": "259-260 khu dân cư Oasis 2", "ward": "phường An Phú",
            "district": "TP Thuận An", "from": None, "to": None,
        },
        {
            "province": "binh-duong", "name": "công ty C63-64", "kind": "workplace",
            "address": "khu dân cư Việt Sing", "ward": "phường An Phú",
            "district": "TP Thuận An", "from": None, "to": None,
        },
    ],
    "figures": [
        {
            "scope": "Việt Nam", "what": "ca mắc COVID-19 do lây nhiễm trong nước",
            "value": 1603, "as_of": SIX,
        },
        {
            "scope": "Việt Nam", "what": "ca mắc mới do lây nhiễm trong nước",
            "value": 910, "since": "2021-01-27", "as_of": SIX,
        },
    ],
    "guidance": [
        {
            "by": "Trung tâm Kiểm soát Bệnh tật TP.HCM (HCDC)",
            "points": [
                "cảnh giác trước các trường hợp nhập cảnh trái phép",
                "tuân thủ quy định cách ly khi nhập cảnh",
                "phát hiện nhập cảnh trái phép thì thông tin đến chính quyền địa phương",
            ],
        }
    ],
}  # fmt: skip


def without_translations(facts):
    if isinstance(facts, list):
        return [without_translations(fact) for fact in facts]
    if isinstance(facts, dict):
        return {
            name: without_translations(value)
            for name, value in facts.items()
            if not name.endswith("_en") and name != "_about"
        }
    return facts


def test_the_story_file_holds_exactly_what_the_report_says():
    assert without_translations(STORY) == REPORT


# --- how the pages say it

pytestmark = pytest.mark.usefixtures("told", "story_time", "db")


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The story is loaded once, since these tests only read; it is gone after the last one."""
    with (
        time_machine.travel(STORY_TIME, tick=False),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        if not Division.objects.exists():
            call_command("load_divisions", verbosity=0)
        call_command("load_story", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def path(language: str, address: str) -> str:
    return f"/en{address}" if language == EN else address


def said(language: str, facts: dict, name: str) -> str:
    """The words of a fact in the language of the page."""
    return (language == EN and facts.get(f"{name}_en")) or facts.get(name) or ""


def sign(language: str, facts: dict) -> str:
    """The name as it stands on the sign, in English with its translation behind it."""
    english = facts.get("name_en", "")
    return f"{facts['name']} ({english})" if language == EN and english else facts["name"]


def sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def day(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%d/%m/%Y}"


def words(language: str, text: str) -> str:
    """`text` of the catalogue, in the language of the page."""
    with translation.override(language):
        return _(text)


def named(name: str) -> ExposureLocation:
    return ExposureLocation.objects.get(name=name)


def when(facts: dict, language: str) -> list[str]:
    """What must be said of the days of a place."""
    if facts["from"] is None:
        return [words(language, "time not known")]
    return [day(facts["from"]), day(facts["to"])]


def shown(page: Page) -> str:
    """The page without what machines read: JSON-LD, until when an entry is listed, and the seconds
    and offset of moments."""
    unsaid = r'<script.*?</script>| data-listed-until="[^"]*"'
    return MOMENTS.sub("", re.sub(unsaid, "", page.html, flags=re.DOTALL))


MOMENTS = re.compile(r"T(?!00:00)\d{2}:\d{2}:00\+07:00")
HOURS = re.compile(r"\b\d{1,2}(?::|h|g|\s*giờ\s*)\d{2}\b")
DAYS = re.compile(r"\b\d{1,2}/\d{1,2}/\d{4}\b|\b\d{4}-\d{2}-\d{2}\b")

by_language = pytest.mark.parametrize("language", LANGUAGES)


@by_language
@pytest.mark.parametrize("facts", STORY["provinces"], ids=lambda facts: facts["slug"])
class TestProvinces:
    def test_home_leads_to_it(self, facts, language, read):
        provinces = read(path(language, "/")).section("provinces")
        (link,) = [a for a in provinces.all("a") if a.text.startswith(facts["name"])]
        assert link.get("href") == path(language, f"/{facts['slug']}/")

    def test_its_page_names_it_and_its_account(self, facts, language, read):
        page = read(path(language, f"/{facts['slug']}/"))
        assert page.main.one("h1").text == facts["name"]
        assert facts["official_account"]["name"] in page.main.text
        assert facts["official_account"]["name"] in page.section("follow").text
        assert "Zalo" in page.section("follow").text

    def test_its_page_names_the_menu_feature_and_what_it_leads_to(self, facts, language, read):
        for address in (f"/{facts['slug']}/", f"/{facts['slug']}/theo-doi/"):
            said_of_menu = read(path(language, address)).main.text
            assert said(language, facts["menu_feature"], "name") in said_of_menu
            assert said(language, facts["menu_feature"], "leads_to") in said_of_menu

    def test_following_takes_two_steps(self, facts, language, read):
        for address in (f"/{facts['slug']}/", f"/{facts['slug']}/theo-doi/"):
            page = read(path(language, address))
            code = page.main.one("div", class_="by-code")
            assert [step.text for step in code.all("li")] == [
                words(language, "Scan the QR code"),
                words(language, "Press “Quan tâm” (Follow)"),
            ]
            assert "“Quan tâm”" in code.text
            picture = code.one("img").get("src")
            assert plain(picture).endswith("theo-doi.svg")
            assert facts["official_account"]["name"] in page.main.text

    def test_no_telephone_number_is_made_up(self, facts, language, read):
        for address in ("/", f"/{facts['slug']}/", f"/{facts['slug']}/theo-doi/"):
            assert 'href="tel:' not in read(path(language, address)).html


@by_language
@pytest.mark.parametrize("facts", STORY["case_announcements"])
class TestCases:
    def own(self, facts) -> CaseAnnouncement:
        return CaseAnnouncement.objects.get(province__slug=facts["provinces"][0])

    def test_both_provinces_announce_them(self, facts, language, read):
        for slug in facts["provinces"]:
            for address in (f"/{slug}/", f"/{slug}/ca-benh/"):
                (row,) = read(path(language, address)).main.all("li", class_="case")
                assert row.text.startswith(str(facts["new_cases_together"]))
                assert day(facts["from"]) in row.text
                assert day(facts["to"]) in row.text
                assert "Hải Phòng" in row.text
                assert "Bình Dương" in row.text

    def test_its_page_says_how_many_where_and_when(self, facts, language, read):
        page = read(path(language, self.own(facts).get_absolute_url())).main
        assert page.one("h1").text.startswith(f"{facts['new_cases_together']} ")
        assert f"{day(facts['from'])} – {day(facts['to'])}" in page.text
        assert "Hải Phòng, Bình Dương" in page.text

    def test_its_page_says_how_many_the_notice_of_hai_phong_names(self, facts, language, read):
        page = read(path(language, self.own(facts).get_absolute_url())).main
        named = facts["hai_phong_cases_named_in_notice"]
        note = {VI: f"thông báo khẩn của Hải Phòng nêu {named} ca bệnh",
                EN: f"Hải Phòng's urgent notice names {named} cases"}[language]  # fmt: skip
        assert note in page.text


@by_language
@pytest.mark.parametrize("facts", STORY["notices"], ids=lambda facts: facts["province"])
class TestNotices:
    def own(self, facts) -> Notice:
        return Notice.objects.get(province__slug=facts["province"])

    def test_it_is_urgent_and_says_what_to_do_wherever_it_stands(self, facts, language, read):
        own = self.own(facts).get_absolute_url()
        for address in ("/", f"/{facts['province']}/", f"/{facts['province']}/thong-bao/", own):
            page = read(path(language, address)).main.text
            assert sentence(said(language, facts, "action")) in page
            assert words(language, "urgent notice").casefold() in page.casefold()

    def test_it_covers_what_the_report_names(self, facts, language, read):
        own = self.own(facts).get_absolute_url()
        for address in (f"/{facts['province']}/", own):
            links = read(path(language, address)).main.links
            for name in facts["covers"]:
                if flight := Flight.objects.filter(number=name).first():
                    label, entry = f"{words(language, 'Flight')} {name}", flight
                else:
                    entry = named(name)
                    label = sign(language, {"name": name, "name_en": entry.name_en})
                assert links[label] == path(language, entry.get_absolute_url())

    def test_it_covers_nothing_else(self, facts, language, read):
        notice = self.own(facts)
        covered = [*notice.flights.all(), *notice.locations.all()]
        assert len(covered) == len(facts["covers"])
        rows = read(path(language, notice.get_absolute_url())).main.all("li", class_="row")
        assert len(rows) == len(facts["covers"])

    def test_it_names_nobody_to_call(self, facts, language, read):
        assert 'href="tel:' not in read(path(language, self.own(facts).get_absolute_url())).html


@by_language
@pytest.mark.parametrize("facts", STORY["flights"], ids=lambda facts: facts["number"])
class TestFlights:
    def test_every_page_that_shows_it_says_number_route_day_and_hour(self, facts, language, read):
        own = Flight.objects.get(number=facts["number"]).get_absolute_url()
        slug = facts["notice"]
        for address in (f"/{slug}/", f"/{slug}/chuyen-bay/", "/chuyen-bay/", own):
            page = read(path(language, address)).main.text
            assert facts["number"] in page
            for end in ("origin", "destination"):
                code, name = re.fullmatch(r"(\w+) \((.+)\)", facts[end]).groups()
                assert f"{name} ({code})" in page
            assert "12:15" in page
            assert "22/03/2021" in page

    def test_its_hour_is_said_to_be_as_announced(self, facts, language, read):
        flight = Flight.objects.get(number=facts["number"])
        with translation.override(language):
            as_announced = flight.when
            as_departure = Flight(
                number="VJ458", date=flight.date, local_time=flight.local_time, origin="PQC",
                destination="HAN", time_kind="departure",
            ).when  # fmt: skip
        assert as_announced != as_departure
        slug = facts["notice"]
        for address in (f"/{slug}/", "/chuyen-bay/", flight.get_absolute_url()):
            page = read(path(language, address))
            assert as_announced in page.main.text
            machine = {time.get("datetime") for time in page.main.all("time")}
            assert facts["at"] in machine

    def test_it_neither_departs_nor_arrives_at_that_hour(self, facts, language, read):
        """The one sentence that may name both says that the report names neither."""
        flight = Flight.objects.get(number=facts["number"])
        neither = "The announcement does not say whether this is departure or arrival."
        wording = {VI: r"khởi hành|cất cánh|hạ cánh|giờ đến|giờ đi|xuất phát",
                   EN: r"depart|arriv|land|take-?off"}[language]  # fmt: skip
        for address in ("/hai-phong/", "/hai-phong/chuyen-bay/", flight.get_absolute_url()):
            page = read(path(language, address)).main
            texts = page.text.replace(words(language, neither), "")
            assert not re.search(wording, texts, re.IGNORECASE), texts
        own = read(path(language, flight.get_absolute_url())).main.text
        assert words(language, neither) in own

    def test_it_does_not_concern_binh_duong(self, facts, language, read):
        page = read(path(language, "/binh-duong/")).main
        assert facts["number"] not in page.text


@by_language
@pytest.mark.parametrize("facts", STORY["exposure_locations"], ids=lambda facts: facts["name"])
class TestPlaces:
    def test_lists_say_where_and_when(self, facts, language, read):
        name = sign(language, facts)
        for address in (f"/{facts['province']}/", f"/{facts['province']}/dia-diem/"):
            page = read(path(language, address))
            (row,) = [r for r in page.main.all("li", class_="location") if r.one("h3").text == name]
            self.is_told(facts, language, row.text)
            assert row.links[name] == path(language, named(facts["name"]).get_absolute_url())

    def test_its_page_says_where_and_when_and_what_to_do(self, facts, language, read):
        page = read(path(language, named(facts["name"]).get_absolute_url())).main
        assert page.one("h1").text == sign(language, facts)
        self.is_told(facts, language, page.text)
        with translation.override(language):
            kind = str(ExposureLocation.Kind(facts["kind"]).label)
        assert kind in page.text
        assert said(language, facts, "note").casefold() in page.text.casefold()
        (notice,) = [n for n in STORY["notices"] if facts["name"] in n["covers"]]
        assert sentence(said(language, notice, "action")) in page.text

    def is_told(self, facts, language, text):
        district = facts["district"].replace("TP ", "thành phố ")
        for fact in (facts.get("address", ""), facts["ward"], district, *when(facts, language)):
            assert fact in text, fact

    def test_its_hours_are_said_to_be_unknown_and_never_midnight(self, facts, language, read):
        for address in (f"/{facts['province']}/dia-diem/", named(facts["name"]).get_absolute_url()):
            page = read(path(language, address))
            assert "00:00" not in shown(page)
            whens = page.main.all("p", class_="when")
            assert whens
            assert not any(HOURS.search(when.text) for when in whens)
            moments = [time.get("datetime") for when in whens for time in when.all("time")]
            assert not any("T" in moment for moment in moments)


@by_language
@pytest.mark.parametrize(
    "facts",
    [facts for facts in STORY["exposure_locations"] if facts["province"] == "binh-duong"],
    ids=lambda facts: facts["name"],
)
class TestTheReportDoesNotSayWhen:
    def test_no_day_and_no_hour_stands_beside_the_address(self, facts, language, read):
        name = sign(language, facts)
        unknown = words(language, "time not known")
        for address in ("/binh-duong/", "/binh-duong/dia-diem/"):
            page = read(path(language, address)).main
            (row,) = [r for r in page.all("li", class_="location") if r.one("h3").text == name]
            whens = [one.text for one in row.all("p", class_="when")]
            assert whens == [unknown]
            self.only_the_publication_is_dated(row)

    def test_its_page_dates_only_the_publication(self, facts, language, read):
        page = read(path(language, named(facts["name"]).get_absolute_url()))
        (row,) = page.main.all("p", class_="when")
        assert row.text == words(language, "time not known")
        description = page.meta("description")
        assert words(language, "time not known") in description
        assert not DAYS.search(description)
        assert not HOURS.search(description)

    def test_the_notice_dates_only_itself(self, facts, language, read):
        page = read(path(language, "/binh-duong/"))
        covers = page.section("notices").one("div", class_="covers").text
        assert covers.count(words(language, "time not known")) == 2
        assert not DAYS.search(covers)
        assert not HOURS.search(covers)

    def test_no_filter_by_day_finds_it(self, facts, language, read):
        page = read(path(language, "/binh-duong/dia-diem/"), {"from": "01/01/2020"})
        assert facts["name"] not in page.main.text

    def only_the_publication_is_dated(self, row):
        dated = {time.get("datetime") for time in row.all("time")}
        merged = {time.get("datetime") for now in row.all("span", class_="today")
                  for time in now.all("time")}  # fmt: skip
        until = {time.get("datetime") for now in row.all("span", class_="in-force")
                 for time in now.all("time")}  # fmt: skip
        assert dated - merged - until == {"2021-03-26T08:00:00+07:00"}
        assert until <= {"2021-04-09"}
        assert merged <= {"2025-07-01"}


@by_language
@pytest.mark.parametrize("facts", STORY["figures"], ids=lambda facts: facts["value"])
class TestFigures:
    def test_home_says_what_is_counted_since_when_and_as_of_when(self, facts, language, read):
        for address in ("/", "/hai-phong/", "/binh-duong/"):
            figures = read(path(language, address)).section("figures")
            what = sentence(said(language, facts, "what"))
            (figure,) = [f for f in figures.all("div", class_="figure") if f.one("dt").text == what]
            number = f"{facts['value']:,}"
            assert figure.one("strong").text == (
                number.replace(",", ".") if language == VI else number
            )
            moments = [time.text for time in figure.all("time")]
            since = [day(facts["since"])] if "since" in facts else []
            assert moments == [*since, "06:00 26/03/2021"]
            assert re.search("Việt Nam|cả nước", figure.text)


@by_language
@pytest.mark.parametrize("facts", STORY["guidance"])
def test_every_province_passes_on_the_guidance_and_says_whose_it_is(facts, language, read):
    for slug in ("hai-phong", "binh-duong"):
        guidance = read(path(language, f"/{slug}/")).section("guidance")
        points = facts["points_en"] if language == EN else facts["points"]
        said_points = [point.text.rstrip(".") for point in guidance.all("li")]
        assert said_points == [sentence(point) for point in points]
        assert said(language, facts, "by") in guidance.text


# --- nothing more

EVERY_PAGE = ["/", "/hai-phong/", "/binh-duong/", "/hai-phong/theo-doi/", "/binh-duong/theo-doi/",
              *(f"/{slug}/{kind}/" for slug in ("hai-phong", "binh-duong")
                for kind in ("dia-diem", "chuyen-bay", "ca-benh", "thong-bao"))]  # fmt: skip


def every_page() -> list[str]:
    entries = (
        entry.get_absolute_url()
        for model in (ExposureLocation, Flight, CaseAnnouncement, Notice)
        for entry in model.objects.all()
    )
    return [*EVERY_PAGE, *entries]


# Every day and hour that the report names or that follows from it, and why.
KNOWN_DAYS = {
    "22/03/2021", "23/03/2021", "25/03/2021", "26/03/2021",  # the report
    "27/01/2021",  # since when the 910 are counted
    "01/07/2025",  # the mergers
    "05/04/2021", "08/04/2021", "09/04/2021",  # listed for 14 days after
}  # fmt: skip
KNOWN_HOURS = {"12:15", "06:00", "08:00"}  # the flight; the figures; when the story was loaded


@by_language
def test_no_page_says_a_day_or_hour_that_the_report_does_not(language, read, subtests):
    for address in every_page():
        with subtests.test(address):
            page = read(path(language, address))
            assert set(DAYS.findall(page.main.text)) <= KNOWN_DAYS
            assert set(HOURS.findall(page.main.text)) <= KNOWN_HOURS
            assert "00:00" not in shown(page)
            assert 'href="tel:' not in page.html


@by_language
def test_no_number_of_people_is_said_but_those_of_the_report(language, read, subtests):
    """Codes, QR sizes and years aside: 3 and 2 cases, 910, 1603."""
    case = {VI: r"(?<!COVID-)\b(\d[\d.]*) ca\b", EN: r"(?<!COVID-)\b(\d[\d,]*) (?:new )?cases?\b"}[
        language
    ]
    for address in every_page():
        with subtests.test(address):
            counted = re.findall(case, read(path(language, address)).main.text)
            assert set(counted) <= {"3", "2"}


@by_language
def test_nothing_but_the_account_names_what_the_portal_links_to(language, read, subtests):
    """No page leads away but to Zalo itself, and to those whose outlines the map draws."""
    drawn_from = {
        "https://www.npmjs.com/package/@svg-maps/vietnam",
        "https://creativecommons.org/licenses/by/4.0/",
    }
    for address in every_page():
        with subtests.test(address):
            page = read(path(language, address))
            away = {link.get("href") for link in page.all("a") if "//" in link.get("href")}
            assert away <= {"https://zalo.me/", *drawn_from}


# --- later: the real clock, and what became of the provinces

REAL_TIME = datetime.fromisoformat("2026-11-23T10:00:00+07:00")


@by_language
def test_years_later_the_entries_are_past_on_their_own_pages(language, read, story_time, subtests):
    story_time.move_to(REAL_TIME)
    for model in (ExposureLocation, Flight, CaseAnnouncement, Notice):
        for entry in model.objects.all():
            with subtests.test(str(entry)):
                page = read(path(language, entry.get_absolute_url())).main
                assert words(language, "Past.") in page.one("div", class_="past").text
                assert not page.all("div", class_="current")


@by_language
def test_years_later_nothing_is_current_on_the_province_page(language, read, story_time):
    story_time.move_to(REAL_TIME)
    for slug in ("hai-phong", "binh-duong"):
        page = read(path(language, f"/{slug}/"))
        assert not page.main.all("li", class_="row")
        assert not page.main.all("article")
        assert "VJ458" not in page.main.text
        assert "figures" not in page.sections()
        for kind in ("dia-diem", "ca-benh", "thong-bao"):
            assert f"/{slug}/{kind}/?status=past" in page.html
            assert read(path(language, f"/{slug}/{kind}/?status=past")).main.all("li", class_="row")
    assert not read(path(language, "/")).section("notices").all("li", class_="row")


@by_language
@pytest.mark.parametrize("at", [STORY_TIME, REAL_TIME], ids=["story", "real"])
class TestMergersAreSaidWhateverTheClock:
    def test_binh_duong_is_part_of_ho_chi_minh_city(self, at, language, read, story_time):
        story_time.move_to(at)
        merger = read(path(language, "/binh-duong/")).main.one("p", class_="merger")
        assert "Bình Dương" in merger.text
        assert "01/07/2025" in merger.text
        address = merger.links["Thành phố Hồ Chí Minh"]
        assert address == path(language, "/ho-chi-minh/")
        assert read(address).main.one("h1").text == "Hồ Chí Minh"

    def test_hai_phong_merged_and_keeps_its_name(self, at, language, read, story_time):
        story_time.move_to(at)
        merger = read(path(language, "/hai-phong/")).main.one("p", class_="merger")
        assert "Hải Dương" in merger.text
        assert "01/07/2025" in merger.text
        assert "Hải Phòng" in merger.text
        assert merger.links == {}

    @pytest.mark.parametrize(
        ("name", "then", "now"),
        [
            ("khách sạn Pari", "phường Đằng Giang, quận Ngô Quyền", "phường Gia Viên"),
            ("công ty C63-64", "phường An Phú, thành phố Thuận An", "phường An Phú"),
            ("xã Đại Hợp", "huyện Kiến Thụy, thành phố Hải Phòng", "xã Kiến Hải"),
        ],
    )
    def test_an_address_of_2021_says_what_it_is_part_of_now(
        self, name, then, now, at, language, read, story_time
    ):
        story_time.move_to(at)
        place = named(name)
        page = read(path(language, place.get_absolute_url())).main
        assert then in page.text
        (today,) = page.all("span", class_="today")
        assert now in today.text
        assert "01/07/2025" in today.text
        province = "Hồ Chí Minh" if place.province.slug == "binh-duong" else "Hải Phòng"
        assert f"hành phố {province}" in today.text
        assert "quận" not in today.text
