"""Without ZALO_SEND, and without an account, everything is done but the call."""

import pytest

from alerts.delivery.channels import zalo as module
from alerts.delivery.fan_out import fan_out
from alerts.delivery.zalo.article import copy_of, message
from alerts.models import Delivery, Notice, ZaloArticle
from tests import factories
from tests.delivery.conftest import revise, withdraw, work

pytestmark = pytest.mark.django_db
WAYS = ("zalo",)


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", "kind"))


@pytest.fixture
def silent(zalo, settings):
    settings.ZALO_SEND = False
    return zalo


def test_nothing_is_sent_unless_it_is_asked_for(silent, connected, hai_phong):
    factories.notice(hai_phong)
    said = work()
    assert states() == [("rehearsed", "new")] and silent.calls == []
    assert Delivery.objects.get().last_error == "ZALO_SEND is not set"
    assert "zalo: 1 only rehearsed" in said
    assert not Delivery.objects.sent().exists() and not ZaloArticle.objects.exists()


def test_a_rehearsal_goes_as_far_as_the_call(silent, connected, hai_phong, monkeypatch):
    """What would break a real message shows in the rehearsal."""

    def broken(*_arguments):
        raise ValueError

    monkeypatch.setattr(module, "article", broken)
    factories.notice(hai_phong)
    work()
    assert Delivery.objects.get().state == "queued"
    assert "could not be made" in Delivery.objects.get().last_error


def test_corrections_and_withdrawals_are_rehearsed_too(silent, connected, hai_phong):
    notice = factories.notice(hai_phong)
    work()
    revise(notice, action="Gọi 115.")
    work()
    withdraw(notice)
    work()
    assert states() == [
        ("rehearsed", "new"), ("rehearsed", "correction"), ("rehearsed", "withdrawal"),
    ]  # fmt: skip


def test_what_was_only_rehearsed_is_new_to_the_followers(silent, connected, hai_phong, settings):
    told, untold = factories.notice(hai_phong), factories.notice(hai_phong)
    work()
    settings.ZALO_SEND = True
    revise(told, action="Gọi 115.")
    withdraw(untold)
    work()
    ((_id, article),) = silent.broadcasts
    assert "Đính chính" not in article["title"]
    assert states()[2:] == [("sent", "new")]


def test_a_province_that_does_not_speak_on_zalo_has_nothing_to_rehearse(hai_phong):
    hai_phong.accounts.all().delete()
    factories.notice(hai_phong)
    list(fan_out())
    assert not Delivery.objects.exists()


def test_the_words_for_one_follower_are_those_of_the_public_page(hai_phong, client):
    notice = factories.notice(hai_phong)
    page = client.get(notice.get_absolute_url())
    words = copy_of(Notice.objects.for_lists().get(pk=notice.pk))
    assert message(words.share) == words.share.message == page.context["share"].message
    assert words.picture == f"http://testserver{page.context['share'].picture}"


def test_long_words_for_one_follower_keep_the_address(hai_phong):
    notice = factories.notice(hai_phong, action="Gọi ngay. " * 400)
    words = message(copy_of(Notice.objects.for_lists().get(pk=notice.pk)).share)
    assert len(words) <= 2000
    assert words.endswith(f"http://testserver/Q/{notice.code}/1") and "…\n" in words


def test_an_exercise_is_never_told(silent, connected, hai_phong):
    notice = factories.notice(hai_phong, is_exercise=True)
    work()
    assert states() == []
    with pytest.raises(ValueError, match="exercise"):
        copy_of(notice)


@pytest.mark.parametrize("make", ["notice", "location", "flight", "cases"])
def test_every_public_entry_offers_words_and_a_picture(make, hai_phong, client):
    entry = getattr(factories, make)(hai_phong)
    for prefix in ("", "/en"):
        share = client.get(prefix + entry.get_absolute_url()).context["share"]
        assert entry.code in share.message and share.picture.endswith(".png")
        assert client.get(share.picture).status_code == 200
