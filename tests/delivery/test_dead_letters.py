"""What officers see of deliveries in the admin, and what they can do."""

import pytest
from django.urls import reverse

from alerts.delivery import subscribing
from alerts.delivery.fan_out import fan_out
from alerts.models import Delivery, Dispatch
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR, NATIONAL
from tests import factories
from tests.delivery.conftest import revise, subscriber, work

pytestmark = pytest.mark.django_db

DISPATCHES = "admin:alerts_dispatch_changelist"
DEAD = "admin:alerts_deadletter_changelist"


@pytest.fixture
def failed(hai_phong):
    """A message to a resident of Hải Phòng that failed."""
    subscriber(hai_phong, "cu-dan@example.com")
    factories.notice(hai_phong, title="Tin không đến")
    list(fan_out())
    Delivery.objects.update(
        state="dead", attempts=10, last_error="the mail server answered 550 5.1.1"
    )
    return Delivery.objects.get()


def sign_in(client, role, *provinces, **more):
    client.force_login(factories.officer(f"somebody-{role[:4]}", role, *provinces, **more))
    return client


def retry(client, delivery):
    return client.post(
        reverse(DEAD), {"action": "retry", "_selected_action": [delivery.pk]}, follow=True
    )


def test_figures_of_each_dispatch_by_channel(hai_phong, client, failed):
    for _ in range(3):
        subscriber(hai_phong)
    factories.notice(hai_phong, title="Tin đã đến")
    work()
    page = sign_in(client, AUTHOR, hai_phong).get(reverse(DISPATCHES)).content.decode()
    assert "email: 4 đã gửi" in page and "email: 1 không gửi được" in page
    notice = failed.dispatch.notice
    form = client.get(reverse("admin:alerts_notice_change", args=[notice.pk])).content.decode()
    assert "email: 1 không gửi được" in form


def test_the_list_of_dispatches_asks_no_more_queries_for_more_rows(
    hai_phong, client, django_assert_max_num_queries
):
    subscriber(hai_phong)
    sign_in(client, AUTHOR, hai_phong)
    factories.notice(hai_phong)
    list(fan_out())
    client.get(reverse(DISPATCHES))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse(DISPATCHES))
    for _ in range(5):
        factories.notice(hai_phong)
    list(fan_out())
    with django_assert_max_num_queries(len(few)):
        client.get(reverse(DISPATCHES))


@pytest.mark.parametrize("role", [AUTHOR, APPROVER, ADMINISTRATOR, AUDITOR])
def test_every_role_sees_what_failed_and_nobody_sees_to_whom(role, hai_phong, client, failed):
    sign_in(client, role, hai_phong)
    pages = [
        client.get(reverse(DEAD)),
        client.get(reverse(DISPATCHES)),
        client.get(reverse("admin:alerts_deadletter_change", args=[failed.pk])),
        client.get(reverse("admin:alerts_dispatch_change", args=[failed.dispatch_id])),
    ]
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert "Tin không đến" in text
        assert "cu-dan" not in text and failed.subscription.handle not in text
        assert failed.subscription.digest not in text
    assert "550 5.1.1" in pages[0].content.decode()


def test_nobody_finds_a_subscriber_by_searching(hai_phong, client, failed):
    sign_in(client, APPROVER, hai_phong)
    for address in (DEAD, DISPATCHES):
        page = client.get(reverse(address), {"q": "cu-dan@example.com"}).content.decode()
        assert "Tin không đến" not in page


def test_another_province_sees_and_does_nothing(binh_duong, client, failed):
    sign_in(client, APPROVER, binh_duong)
    assert "Tin không đến" not in client.get(reverse(DEAD)).content.decode()
    assert "Tin không đến" not in client.get(reverse(DISPATCHES)).content.decode()
    retry(client, failed)
    failed.refresh_from_db()
    assert failed.state == "dead"


@pytest.mark.parametrize(
    ("role", "may"),
    [(APPROVER, True), (AUTHOR, False), (ADMINISTRATOR, False), (AUDITOR, False)],
)
def test_approvers_have_it_sent_again(role, may, hai_phong, client, failed, outbox):
    sign_in(client, role, hai_phong)
    retry(client, failed)
    work()
    failed.refresh_from_db()
    assert (failed.state, len(outbox)) == (("sent", 1) if may else ("dead", 0))


def test_a_national_officer_sees_all_provinces(client, failed):
    sign_in(client, NATIONAL, national=True)
    assert "Tin không đến" in client.get(reverse(DEAD)).content.decode()


def test_what_says_something_old_is_not_sent_again(hai_phong, client, failed, outbox):
    revise(failed.dispatch.notice, body="Mới")
    list(fan_out())
    page = retry(sign_in(client, APPROVER, hai_phong), failed).content.decode()
    assert "không được gửi lại" in page
    work()
    assert len(outbox) == 1, "the newer version, which was sent anyway"
    failed.refresh_from_db()
    assert failed.state == "dead"


def test_who_has_left_is_sent_nothing_again(hai_phong, client, failed, outbox):
    subscribing.forget(failed.subscription_id)
    retry(sign_in(client, APPROVER, hai_phong), failed)
    work()
    failed.refresh_from_db()
    assert outbox == [] and failed.state == "dead"


def test_nothing_is_added_changed_or_deleted_by_hand(hai_phong, client, failed):
    sign_in(client, APPROVER, hai_phong)
    for model, row in (("dispatch", failed.dispatch), ("deadletter", failed)):
        assert client.get(reverse(f"admin:alerts_{model}_add")).status_code == 403
        change = reverse(f"admin:alerts_{model}_change", args=[row.pk])
        assert client.post(change, {"state": "done"}).status_code == 403
        delete = reverse(f"admin:alerts_{model}_delete", args=[row.pk])
        assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Dispatch.objects.exists() and Delivery.objects.exists()
