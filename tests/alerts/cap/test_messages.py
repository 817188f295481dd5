"""CAP messages: valid for others' tools, in step with the page, signed for anybody to check."""

from datetime import timedelta

import capvalidator
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.dateparse import parse_datetime
from lxml import etree
from signxml import XMLVerifier

from locations.models import Division
from portal import clock, environment
from portal.environment import SigningPair
from tests import factories
from tests.alerts.cap.keys import key_and_certificate
from tests.factories import correct, withdraw

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


@pytest.fixture
def place(hai_phong):
    ward = Division.objects.get(pk="2004-11752")  # xã Đại Hợp, huyện Kiến Thụy
    return factories.location(hai_phong, name="Chợ Đại Hợp", name_en="Đại Hợp market", ward=ward)


@pytest.fixture
def notice(hai_phong, place):
    flight = factories.flight(hai_phong, number="VJ458", origin="PQC", destination="HAN")
    return factories.notice(
        hai_phong,
        title="Chợ Đại Hợp & VJ458",
        title_en="Đại Hợp market & VJ458",
        action="Khai báo với cơ quan y tế.",
        action_en="Report to a health facility.",
        locations=[place],
        flights=[flight],
    )


@pytest.fixture
def read(client):
    """The notice's CAP message, once a validator that is not ours has found it valid."""

    def read(notice) -> etree._Element:
        response = client.get(notice.get_absolute_url().rstrip("/") + ".cap.xml")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/cap+xml"
        assert "Set-Cookie" not in response.headers
        verdict = capvalidator.check_schema(response.content)
        assert verdict.passed, response.content.decode()
        return etree.fromstring(response.content)

    return read


def text(element: etree._Element, path: str) -> str | None:
    return element.findtext("/".join(CAP + name for name in path.split("/")))


def infos(alert: etree._Element) -> dict[str, etree._Element]:
    return {text(info, "language"): info for info in alert.findall(f"{CAP}info")}


def reference(alert: etree._Element) -> str:
    return ",".join(text(alert, name) for name in ("sender", "identifier", "sent"))


def test_the_first_message_says_what_the_page_says(notice, read):
    alert = read(notice)
    assert text(alert, "sender") == "hai-phong@testserver"
    assert text(alert, "status") == "Actual"
    assert text(alert, "msgType") == "Alert"
    assert text(alert, "scope") == "Public"
    assert text(alert, "references") is None
    assert parse_datetime(text(alert, "sent")) == notice.published_at.replace(microsecond=0)
    both = infos(alert)
    assert list(both) == ["vi-VN", "en-GB"]
    vietnamese, english = both.values()
    assert text(vietnamese, "headline") == notice.title
    assert text(english, "headline") == notice.title_en
    assert text(vietnamese, "instruction") == notice.action
    assert text(english, "instruction") == notice.action_en
    assert text(english, "web") == f"http://testserver/en{notice.get_absolute_url()}"
    for info in both.values():
        assert text(info, "category") == "Health"
        assert text(info, "urgency") == "Immediate"
        assert text(info, "severity") == "Severe"
        assert text(info, "contact") == "CDC: 0225 123 456"
        assert parse_datetime(text(info, "expires")) == notice.listed_until
        assert "VJ458" in text(info, "description")
        assert "19:00" in text(info, "description")
    assert "Chợ Đại Hợp, xã Đại Hợp" in text(vietnamese, "description")
    assert "Đại Hợp market, xã Đại Hợp" in text(english, "description")


def test_times_carry_the_offset_of_vietnam_as_a_number(notice, read):
    alert = read(notice)
    times = [
        text(alert, "sent"),
        *(text(alert, f"info/{name}") for name in ("effective", "expires")),
    ]
    assert all(time.endswith("+07:00") for time in times)


def test_the_area_is_the_place_with_its_code_and_a_circle(notice, place, read):
    [area] = infos(read(notice))["vi-VN"].findall(f"{CAP}area")
    assert text(area, "areaDesc").startswith("Chợ Đại Hợp, ")
    assert (text(area, "geocode/valueName"), text(area, "geocode/value")) == ("GSO-2004", "11752")
    point, radius = text(area, "circle").split(" ")
    assert point == f"{place.ward.latitude:.5f},{place.ward.longitude:.5f}"
    assert float(radius) == place.point.radius / 1000


def test_a_notice_that_names_no_place_is_for_the_whole_province(hai_phong, read):
    alert = read(factories.notice(hai_phong))
    [area] = infos(alert)["vi-VN"].findall(f"{CAP}area")
    assert text(area, "areaDesc") == "Hải Phòng"
    assert (text(area, "geocode/valueName"), text(area, "geocode/value")) == ("GSO-2004", "31")
    assert text(area, "circle") is None


@pytest.mark.parametrize(
    ("severity", "codes"),
    [
        ("urgent", ("Execute", "Immediate", "Severe")),
        ("important", ("Prepare", "Expected", "Moderate")),
        ("information", ("Monitor", "Unknown", "Minor")),
    ],
)
def test_codes_follow_from_the_severity(severity, codes, hai_phong, read):
    alert = read(factories.notice(hai_phong, severity=severity))
    names = ("responseType", "urgency", "severity")
    assert tuple(text(alert, f"info/{name}") for name in names) == codes


def test_a_correction_updates_and_names_every_message_before_it(notice, read):
    seen = [read(notice)]
    for title in ("Chợ Đại Hợp", "Chợ Đại Hợp và chuyến VJ458"):
        notice = correct(notice, title=title)
        seen.append(read(notice))
    assert [text(alert, "msgType") for alert in seen] == ["Alert", "Update", "Update"]
    assert text(seen[2], "references").split() == [reference(alert) for alert in seen[:2]]
    assert len({text(alert, "identifier") for alert in seen}) == 3
    assert infos(seen[2])["vi-VN"].findtext(f"{CAP}headline") == notice.title
    assert text(seen[2], "note") == "Gọi lại cơ sở"


def test_a_correction_of_a_place_it_names_updates_it_too(notice, place, read):
    before = read(notice)
    correct(place, name="Chợ Đại Hợp mới")
    after = read(notice)
    assert text(after, "msgType") == "Update"
    assert text(after, "references") == reference(before)
    assert "Chợ Đại Hợp mới" in text(after, "info/description")


def test_a_correction_of_another_place_changes_nothing(notice, hai_phong, read):
    other = factories.location(hai_phong, name="Chợ Sắt")
    before = etree.tostring(read(notice))
    correct(other, name="Chợ Đổ")
    assert etree.tostring(read(notice)) == before


def test_a_withdrawal_cancels_and_does_not_call_it_safe(notice, read):
    before = read(notice)
    withdraw(notice)
    after = read(notice)
    assert text(after, "msgType") == "Cancel"
    assert text(after, "references") == reference(before)
    assert text(after, "note") == "Nhầm địa điểm"
    assert text(after, "info/responseType") == "None"
    assert text(after, "info/urgency") == "Past"


def test_what_is_published_again_begins_a_new_series(notice, read):
    read(notice)
    withdraw(notice)
    again = correct(notice, title="Chợ Đại Hợp")
    assert text(read(again), "msgType") == "Alert"
    assert text(read(again), "references") is None
    last = read(again)
    corrected = correct(again, title="Chợ Đại Hợp, lần nữa")
    assert text(read(corrected), "references") == reference(last)


def test_a_withdrawn_place_is_no_longer_in_the_message(notice, place, read):
    withdraw(place)
    alert = read(notice)
    assert "Chợ Đại Hợp, xã" not in text(alert, "info/description")
    assert text(alert, "info/area/areaDesc") == "Hải Phòng"


def test_an_embargoed_notice_has_no_message_before_its_time(hai_phong, client, read, story_time):
    opens = clock.now() + timedelta(hours=2)
    notice = factories.notice(hai_phong, publish_from=opens)
    address = notice.get_absolute_url().rstrip("/") + ".cap.xml"
    assert client.get(address).status_code == 404
    assert notice.title not in client.get("/hai-phong/cap.atom").content.decode()
    story_time.shift(timedelta(hours=2))
    assert parse_datetime(text(read(notice), "sent")) == opens


def test_an_exercise_says_so_and_stands_in_no_index(hai_phong, client, read):
    drill = factories.notice(hai_phong, title="Diễn tập", is_exercise=True)
    assert text(read(drill), "status") == "Exercise"
    assert "Diễn tập" not in client.get("/hai-phong/cap.atom").content.decode()


def test_the_index_leads_to_every_message_and_to_cancellations(notice, hai_phong, client):
    withdraw(factories.notice(hai_phong, title="Nhầm chợ"))
    feed = etree.fromstring(client.get("/hai-phong/cap.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    links = feed.findall(f"{atom}entry/{atom}link[@type='application/cap+xml']")
    assert len(links) == 2
    for link in links:
        path = link.get("href").removeprefix("http://testserver")
        assert capvalidator.check_schema(client.get(path).content).passed
    assert feed.findtext(f"{atom}entry/{atom}title").endswith("Nhầm chợ")


def test_messages_are_signed_by_the_key_of_the_portal(notice, client, settings, read):
    settings.CAP_SIGNING = SigningPair(*key_and_certificate())
    signed = client.get(notice.get_absolute_url().rstrip("/") + ".cap.xml").content
    assert capvalidator.check_schema(signed).passed
    assert capvalidator.check_signature(signed).passed
    published = client.get("/du-lieu/cap.pem")
    assert published.content == settings.CAP_SIGNING.certificate
    verified = XMLVerifier().verify(signed, x509_cert=published.content.decode()).signed_xml
    assert verified.tag == f"{CAP}alert"
    forged = signed.replace("Khai báo".encode(), "Bỏ qua".encode())
    assert forged != signed
    assert not capvalidator.check_signature(forged).passed


def test_without_a_key_there_is_no_certificate(db, client):
    assert client.get("/du-lieu/cap.pem").status_code == 404


def test_a_key_and_certificate_that_do_not_fit_stop_the_start(tmp_path, monkeypatch):
    (key, certificate), (other, _) = key_and_certificate(), key_and_certificate()
    for name, content in (("key", key), ("other", other), ("crt", certificate), ("junk", b"x")):
        (tmp_path / name).write_bytes(content)

    def pair(key: str, certificate: str) -> SigningPair | None:
        monkeypatch.setenv("CAP_KEY", str(tmp_path / key) if key else "")
        monkeypatch.setenv("CAP_CERTIFICATE", str(tmp_path / certificate) if certificate else "")
        return environment.signing_pair("CAP_KEY", "CAP_CERTIFICATE")

    assert pair("", "") is None
    assert pair("key", "crt") == SigningPair(key, certificate)
    for names, words in {
        ("key", ""): "must be set together",
        ("key", "missing"): "CAP_CERTIFICATE .*: No such file",
        ("junk", "crt"): "CAP_KEY is no private key",
        ("key", "junk"): "CAP_CERTIFICATE is no certificate",
        ("other", "crt"): "does not belong",
    }.items():
        with pytest.raises(ImproperlyConfigured, match=words):
            pair(*names)


def test_a_message_takes_few_queries_however_many_places(
    hai_phong, django_assert_max_num_queries, client
):
    places = [factories.location(hai_phong, name=f"Chợ {n}") for n in range(12)]
    few = factories.notice(hai_phong, locations=places[:1])
    many = factories.notice(hai_phong, locations=places)
    for notice in (few, many):
        with django_assert_max_num_queries(24):
            client.get(notice.get_absolute_url().rstrip("/") + ".cap.xml")
