"""What officers see of Zalo: words to copy, how the connection stands, none of its secrets."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from alerts.models import Dispatch, Notice, ZaloConnection
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR
from tests import factories
from tests.delivery.conftest import connection, work

pytestmark = pytest.mark.django_db
WAYS = ("zalo",)


def form(client, notice):
    response = client.get(reverse("admin:alerts_notice_change", args=[notice.pk]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def signed_in(client, hai_phong):
    def sign_in(role=AUTHOR, *provinces):
        user = factories.officer(f"somebody-{role[:4]}", role, *(provinces or [hai_phong]))
        client.force_login(user)
        return client

    return sign_in


# --- copy for Zalo


@pytest.mark.parametrize("role", [AUTHOR, APPROVER, ADMINISTRATOR, AUDITOR])
def test_a_published_notice_has_words_and_a_picture_to_copy(role, signed_in, hai_phong):
    notice = factories.notice(hai_phong, action="Gọi 115.")
    client = signed_in(role)
    page = form(client, notice)
    share = client.get(notice.get_absolute_url()).context["share"]
    assert "".join(share.message.split()) in "".join(page.split())
    assert f'href="{share.picture}" download="{share.file_name}"' in page
    assert 'data-copies="zalo-vi"' in page and "js/copy.js" in page
    assert 'id="zalo-en"' not in page


def test_english_is_offered_where_the_office_wrote_some(signed_in, hai_phong):
    notice = factories.notice(hai_phong, title_en="Notice", action_en="Call 115 now.")
    page = form(signed_in(), notice)
    assert 'id="zalo-en"' in page and "Call 115 now." in page
    assert f"/en/Q/{notice.code}" in page or f"/Q/{notice.code}/1E" in page


def test_the_words_are_those_that_are_public_and_not_those_of_the_draft(signed_in, hai_phong):
    notice = factories.notice(hai_phong, action="Gọi 115.")
    content = contents.snapshot(Notice.objects.get(pk=notice.pk)) | {"action": "Bản nháp."}
    workflow.save_draft(entry=notice, content=content, by=factories.national(AUTHOR))
    page = form(signed_in(), notice)
    words = page.split('id="zalo-vi"')[1].split("</textarea>")[0]
    assert "Gọi 115." in words and "Bản nháp" not in words


def test_what_is_not_public_has_nothing_to_copy(signed_in, hai_phong):
    draft = factories.draft(Notice(province=hai_phong, title="x", action="y")).entry
    early = factories.notice(hai_phong, publish_from=clock.now() + timedelta(hours=1))
    exercise = factories.notice(hai_phong, is_exercise=True)
    client = signed_in()
    for notice in (draft, early, exercise):
        assert "zalo-vi" not in form(client, notice)
    assert client.get(reverse("admin:alerts_notice_add")).status_code == 200


def test_a_withdrawn_notice_says_so_in_the_words(signed_in, hai_phong):
    notice = factories.withdraw(factories.notice(hai_phong))
    assert "ĐÃ GỠ" in form(signed_in(), notice).split('id="zalo-vi"')[1]


# --- figures


def test_a_rehearsal_is_not_shown_as_sent(signed_in, hai_phong):
    notice = factories.notice(hai_phong)
    work()
    page = form(signed_in(), notice)
    assert "zalo: 1 chỉ diễn thử" in page
    dispatch = Dispatch.objects.get()
    client = signed_in(APPROVER)
    page = client.get(reverse("admin:alerts_dispatch_change", args=[dispatch.pk]))
    assert "tài khoản chưa được kết nối" in page.content.decode()


# --- the connection

LIST = "admin:alerts_zaloconnection_changelist"


@pytest.mark.parametrize("role", [AUTHOR, APPROVER, ADMINISTRATOR, AUDITOR])
def test_nothing_secret_is_shown(role, signed_in, hai_phong, zalo, connected):
    factories.notice(hai_phong)
    work()
    connected.refresh_from_db()
    client = signed_in(role)
    change = reverse("admin:alerts_zaloconnection_change", args=[connected.pk])
    pages = [client.get(address).content.decode() for address in (reverse(LIST), change)]
    secret = (
        zalo.secret, zalo.app_id, connected.access_token, connected.refresh_token,
        connected.sealed_secret, connected.sealed_access_token, connected.sealed_refresh_token,
    )  # fmt: skip
    for page in pages:
        assert "Hải Phòng" in page and "1000" in page.replace(".", "")
        for one in secret:
            assert one not in page
    assert client.post(change, {"mode": "followers"}).status_code == 403
    assert client.get(reverse("admin:alerts_zaloconnection_add")).status_code == 403


def test_another_province_is_not_shown(signed_in, hai_phong, binh_duong, zalo, connected):
    theirs = connection(zalo, binh_duong)
    client = signed_in(APPROVER, hai_phong)
    assert "Bình Dương" not in client.get(reverse(LIST)).content.decode()
    address = reverse("admin:alerts_zaloconnection_change", args=[theirs.pk])
    assert client.get(address).status_code == 302


def test_an_end_that_is_near_is_said_where_officers_work(
    signed_in, hai_phong, binh_duong, zalo, connected
):
    connection(zalo, binh_duong)
    notices = reverse("admin:alerts_notice_changelist")
    client = signed_in()
    assert "Zalo của" not in client.get(notices).content.decode()
    ZaloConnection.objects.update(is_broken=True)
    page = client.get(notices).content.decode()
    assert "Zalo của Hải Phòng: đã hết hạn" in page and "Zalo của Bình Dương" not in page


def test_the_state_of_a_connection_follows_from_the_clock(zalo, connected):
    assert connected.state == "đã kết nối"
    with time_machine.travel(connected.refresh_expires_at - timedelta(days=13), tick=False):
        assert "sắp hết hạn" in connected.state
        assert ZaloConnection.objects.ending().count() == 1
    with time_machine.travel(connected.refresh_expires_at, tick=False):
        assert "đã hết hạn" in connected.state
