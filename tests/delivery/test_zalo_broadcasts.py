"""One article for a notice, broadcast when there is something to tell."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from alerts.delivery import dead_letters
from alerts.delivery.fan_out import fan_out
from alerts.delivery.zalo import broadcasting
from alerts.models import Delivery, ZaloArticle, ZaloConnection
from portal import clock
from tests import factories, zalo_server
from tests.delivery.conftest import connection, revise, withdraw, work
from tests.pages.reading import plain
from tests.ports import free_port
from tests.zalo_server import Answer

pytestmark = pytest.mark.django_db
WAYS = ("zalo",)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(broadcasting, "BETWEEN", 0)


def text_of(article):
    return "\n\n".join(part["content"] for part in article["body"])


def titles(zalo):
    return [article["title"] for _id, article in zalo.broadcasts]


def delivery():
    return Delivery.objects.latest("pk")


# --- what it says


def test_a_notice_becomes_an_article_with_all_that_residents_need(zalo, connected, hai_phong):
    place = factories.location(hai_phong, name="Chợ Sắt", address="12 Lạch Tray")
    flight = factories.flight(hai_phong)
    notice = factories.notice(
        hai_phong, title="Ai đã đến Chợ Sắt", action="Ở nhà.\nGọi 115.", body="Người đã đến.",
        title_en="Visitors of Sat market", action_en="Stay at home.",
        locations=[place], flights=[flight],
    )  # fmt: skip
    work()
    ((article_id, article),) = zalo.broadcasts
    assert zalo.articles == {article_id: article}
    assert article["title"] == "[Hải Phòng] Thông báo khẩn: Ai đã đến Chợ Sắt"
    assert article["description"] == "Ở nhà.; Gọi 115."
    assert article["author"] == "Hải Phòng"
    photo = article["cover"]["photo_url"]
    assert plain(photo) == f"http://testserver/Q/{notice.code}/1.png"
    assert (article["status"], article["comment"]) == ("show", "hide")
    text = text_of(article)
    assert text.startswith("VIỆC CẦN LÀM\nỞ nhà.\nGọi 115.")
    for part in ("CDC: 0225 123 456", "Chợ Sắt, 12 Lạch Tray", "19:00–21:30", "VN1234",
                 "Người đã đến.", f"http://testserver{notice.get_absolute_url()}"):  # fmt: skip
        assert part in text, part
    english = article["body"][-1]["content"]
    assert english.startswith("ENGLISH\n") and "Stay at home." in english
    assert f"http://testserver/en{notice.get_absolute_url()}" in english


def test_a_notice_without_english_has_no_english_paragraph(zalo, connected, hai_phong):
    factories.notice(hai_phong)
    work()
    assert "ENGLISH" not in text_of(zalo.broadcasts[0][1])


def test_texts_are_cut_to_what_zalo_takes_and_hold_no_markup(zalo, connected, hai_phong):
    factories.notice(hai_phong, title="Chợ " * 49, action="<b>Gọi</b> ngay " * 40)
    work()
    ((_id, article),) = zalo.broadcasts
    assert len(article["title"]) <= 150 and article["title"].endswith("Chợ…")
    assert len(article["description"]) <= 300 and article["description"].endswith("…")
    assert "<" not in str(article["body"]) and "‹b›Gọi‹/b›" in text_of(article)


def test_the_cover_can_be_fetched_and_is_no_larger_than_zalo_takes(
    zalo, connected, hai_phong, client
):
    factories.notice(hai_phong)
    work()
    cover = zalo.broadcasts[0][1]["cover"]["photo_url"]
    picture = client.get(cover.removeprefix("http://testserver"))
    assert picture.status_code == 200 and picture["Content-Type"] == "image/png"
    assert len(picture.content) < 1_000_000


# --- what follows what


def test_a_correction_changes_the_article_and_is_broadcast(zalo, connected, hai_phong):
    notice = factories.notice(hai_phong)
    work()
    revise(notice, action="Gọi 115.")
    work()
    (first, _), (second, article) = zalo.broadcasts
    assert first == second and list(zalo.articles) == [first]
    assert article["title"].startswith("[Hải Phòng] Đính chính: ")
    assert "Gọi 115." in text_of(article) and "Giờ đã được sửa." in text_of(article)
    assert plain(article["cover"]["photo_url"]).endswith("/2.png")


def test_a_change_that_is_no_correction_for_residents_is_not_broadcast(zalo, connected, hai_phong):
    notice = factories.notice(hai_phong)
    work()
    revise(notice)
    work()
    assert len(zalo.broadcasts) == 1


def test_a_withdrawal_is_said_in_the_article_and_broadcast(zalo, connected, hai_phong):
    notice = factories.notice(hai_phong)
    work()
    withdraw(notice)
    work()
    (first, _), (second, article) = zalo.broadcasts
    assert first == second and zalo.articles[first] == article
    assert article["title"].startswith("[Hải Phòng] Đã gỡ: ")
    assert text_of(article).startswith("ĐÃ GỠ\n")
    assert article["status"] == "show", "it stays, and says so"
    assert zalo.called("/v2.0/article/remove") == 0


def test_what_was_withdrawn_before_anybody_was_told_is_not_told(zalo, connected, hai_phong):
    notice = factories.notice(hai_phong)
    list(fan_out())
    withdraw(notice)
    work()
    assert zalo.calls == []


def test_a_correction_before_anybody_was_told_is_told_as_new(zalo, connected, hai_phong):
    notice = factories.notice(hai_phong)
    list(fan_out())
    revise(notice, action="Gọi 115.")
    work()
    assert len(zalo.broadcasts) == 1 and "Đính chính" not in titles(zalo)[0]


def test_a_broadcast_without_an_answer_counts_as_told_when_it_is_withdrawn(
    zalo, connected, hai_phong
):
    notice = factories.notice(hai_phong)
    zalo.fail(zalo_server.BROADCAST, Answer(is_cut=True, is_done=True))
    work()
    assert delivery().state == "queued"
    withdraw(notice)
    work()
    assert [title.split(":")[0] for title in titles(zalo)] == [
        "[Hải Phòng] Thông báo khẩn", "[Hải Phòng] Đã gỡ",
    ]  # fmt: skip


def test_each_province_speaks_by_its_own_account(zalo, connected, hai_phong, binh_duong):
    factories.notice(hai_phong, title="Của Hải Phòng")
    factories.notice(binh_duong, title="Của Bình Dương")
    work()
    assert titles(zalo) == ["[Hải Phòng] Thông báo khẩn: Của Hải Phòng"]
    other = Delivery.objects.get(dispatch__notice__province=binh_duong)
    assert (other.state, other.last_error) == ("rehearsed", "the account is not connected")


# --- errors


def due_in(of):
    return of.not_before - clock.now()


def at(hour, minute=0):
    return time_machine.travel(datetime(2026, 3, 26, hour, minute, tzinfo=VIETNAM), tick=False)


@pytest.mark.parametrize(
    ("code", "wait"),
    [
        (-211, timedelta(hours=2, minutes=1)),  # until midnight in Vietnam
        (-223, timedelta(hours=2, minutes=1)),
        (-234, timedelta(hours=8, minutes=1)),  # until six
        (-32, timedelta(minutes=1)),
    ],
)
def test_what_is_used_up_is_waited_for(code, wait, zalo, hai_phong):
    with at(22):
        connection(zalo, hai_phong)
        factories.notice(hai_phong)
        zalo.fail(zalo_server.BROADCAST, Answer(error=code))
        work()
        one = delivery()
        assert (one.state, one.attempts) == ("queued", 1) and str(code) in one.last_error
        assert due_in(one) == wait
        made = zalo.called(zalo_server.CREATE), zalo.called(zalo_server.UPDATE)
    with time_machine.travel(one.not_before, tick=False):
        work()
    assert len(zalo.broadcasts) == 1 and delivery().state == "sent"
    assert made == (zalo.called(zalo_server.CREATE), zalo.called(zalo_server.UPDATE))


TROUBLE = [
    Answer(status=500),
    Answer(status=503, headers={"Retry-After": "3600"}),
    Answer(is_cut=True),
    Answer(body=b"?"),
]
STEPS = [zalo_server.CREATE, zalo_server.UPDATE, zalo_server.VERIFY, zalo_server.BROADCAST]


@pytest.mark.parametrize("path", STEPS)
@pytest.mark.parametrize("answer", TROUBLE)
def test_trouble_in_any_call_is_tried_again_and_makes_one_article(
    path, answer, zalo, connected, hai_phong
):
    factories.notice(hai_phong)
    zalo.fail(path, answer)
    with time_machine.travel(clock.now(), tick=False):
        work()
        one = delivery()
        assert one.state == "queued" and one.last_error
        assert due_in(one) >= (timedelta(hours=1) if answer.headers else timedelta(seconds=30))
    with time_machine.travel(one.not_before, tick=False):
        work()
    assert delivery().state == "sent"
    assert len(zalo.articles) == len(zalo.broadcasts) == 1
    connected.refresh_from_db()
    assert connected.last_error


def test_an_article_whose_making_is_not_known_to_have_worked_is_never_seen(
    zalo, connected, hai_phong
):
    factories.notice(hai_phong)
    zalo.fail(zalo_server.CREATE, Answer(is_cut=True, is_done=True))
    work()
    with time_machine.travel(delivery().not_before, tick=False):
        work()
    assert sorted(article["status"] for article in zalo.articles.values()) == ["hide", "show"]
    assert len(zalo.broadcasts) == 1


def test_an_article_that_takes_long_to_make_is_waited_for(zalo, connected, hai_phong):
    factories.notice(hai_phong)
    zalo.processing = 2
    work()
    assert delivery().state == "sent"
    factories.notice(hai_phong)
    zalo.processing = 5
    work()
    assert delivery().state == "queued" and "-214" in delivery().last_error
    with time_machine.travel(delivery().not_before, tick=False):
        work()
    assert delivery().state == "sent" and len(zalo.articles) == 2


def test_what_zalo_has_lost_on_the_way_is_made_anew(zalo, connected, hai_phong):
    factories.notice(hai_phong)
    zalo.processing = 9
    work()
    zalo.processing = 0
    ZaloArticle.objects.update(token="a-token-that-zalo-does-not-know")
    for _ in range(2):
        with time_machine.travel(delivery().not_before, tick=False):
            work()
    assert delivery().state == "sent" and len(zalo.broadcasts) == 1


@pytest.mark.parametrize("code", [-201, -210, -219, -221, -224, -235, -248])
def test_what_zalo_will_never_take_is_given_up_at_once(code, zalo, connected, hai_phong):
    factories.notice(hai_phong)
    zalo.fail(zalo_server.BROADCAST, Answer(error=code))
    work()
    assert (delivery().state, delivery().attempts) == ("dead", 1)
    assert str(code) in delivery().last_error
    assert dead_letters.retry(Delivery.objects.all()) == (1, 0)
    work()
    assert delivery().state == "sent" and len(zalo.broadcasts) == 1


def test_an_error_that_nobody_knows_is_tried_again(zalo, connected, hai_phong):
    factories.notice(hai_phong)
    zalo.fail(zalo_server.BROADCAST, Answer(error=-4711))
    work()
    assert delivery().state == "queued" and "-4711" in delivery().last_error


def test_an_account_that_has_to_be_connected_again_keeps_its_messages(zalo, connected, hai_phong):
    factories.notice(hai_phong)
    zalo.refresh_tokens.clear()
    work()
    assert delivery().state == "queued" and due_in(delivery()) > timedelta(minutes=59)
    connected.refresh_from_db()
    assert connected.is_broken
    connected.renew(zalo.grant())
    connected.save()
    with time_machine.travel(delivery().not_before, tick=False):
        work()
    assert delivery().state == "sent"


def test_zalo_not_reached_costs_no_attempt(zalo, connected, hai_phong, settings):
    settings.ZALO_API_URL = settings.ZALO_OAUTH_URL = f"http://127.0.0.1:{free_port()}"
    factories.notice(hai_phong)
    said = work()
    assert (delivery().state, delivery().attempts) == ("queued", 0)
    assert any("zalo: Zalo is not reached" in line for line in said)


def test_credentials_that_no_key_opens_end_it_without_telling_them(
    zalo, connected, hai_phong, settings
):
    factories.notice(hai_phong)
    settings.SUBSCRIPTION_KEYS = ["another-key-0123456789-0123456789-0123456789"]
    work()
    assert delivery().state == "dead" and "SUBSCRIPTION_KEYS" in delivery().last_error


def test_officers_see_how_many_messages_are_left(zalo, connected, hai_phong):
    zalo.quota = 3
    factories.notice(hai_phong)
    work()
    connected.refresh_from_db()
    assert connected.quota_left == 2
    zalo.fail(zalo_server.QUOTA, Answer(status=500))
    factories.notice(hai_phong)
    work()
    assert delivery().state == "sent", "to ask for it does no harm"
    assert ZaloConnection.objects.get().quota_left == 2
