"""The page of accounts: inviting officers, giving them roles, disabling them."""

import re

import pytest
from django.core import mail
from django.db import transaction

from portal.publishing.accounts import second_factor
from portal.publishing.models import AccountEvent, Officer
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR, NATIONAL
from tests.accounts.conftest import (
    NEW_PASSWORD,
    Browser,
    form,
    kinds,
    officers_page,
    opened,
    rights,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_once(monkeypatch) -> None:
    """What waits for the commit is done at once: a test's own transaction is never committed."""
    monkeypatch.setattr(transaction, "on_commit", lambda do, **kwargs: do())


def link_in(text: str) -> str:
    return re.search(r"http://testserver([^\s<]+/set-password/[^\s<]+/)", text)[1]


# --- inviting


def test_an_invited_officer_chooses_a_password_and_comes_in(office, hai_phong, at_once):
    page = office.post(officers_page("add"), form(hai_phong, roles=[AUTHOR, AUDITOR]), follow=True)
    link = link_in(page.content.decode())
    newcomer = Officer.objects.get(username="newcomer")
    assert rights(newcomer)[:6] == ({AUTHOR, AUDITOR}, {"Hải Phòng"}, False, False, True, True)
    assert not newcomer.has_usable_password()
    assert link not in office.get(officers_page("changelist")).content.decode()

    browser = Browser()
    choose = browser.get(link)["Location"]
    assert "An Nguyễn" not in browser.get(choose).content.decode()
    weak = browser.post(choose, {"new_password1": "short", "new_password2": "short"})
    assert weak.context["form"].errors
    chosen = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert browser.post(choose, chosen).status_code == 302
    browser.give_password("newcomer", NEW_PASSWORD)
    assert browser.is_inside
    assert kinds(newcomer) == ["invited", "password_changed", "signed_in"]
    invited = AccountEvent.objects.get(officer=newcomer, kind="invited")
    assert invited.by.username == "administrator"
    changed = AccountEvent.objects.get(officer=newcomer, kind="password_changed")
    assert changed.by == newcomer


def test_the_link_works_once_and_for_three_days(office, hai_phong, settings, at_once):
    page = office.post(officers_page("add"), form(hai_phong), follow=True)
    link = link_in(page.content.decode())
    choose = Browser()
    chosen = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    choose.post(choose.get(link)["Location"], chosen)
    again = Browser().get(link)
    assert again.status_code == 200
    assert "form" not in again.context or again.context["form"] is None
    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 3600


@pytest.mark.parametrize(("language", "prefix"), [("vi", "/admin/"), ("en", "/en/admin/")])
def test_an_officer_with_an_address_gets_the_link_by_mail_in_their_language(
    language, prefix, office, hai_phong, django_capture_on_commit_callbacks
):
    values = form(hai_phong, email="an@haiphong.example", language=language)
    with django_capture_on_commit_callbacks(execute=True):
        page = office.post(officers_page("add"), values, follow=True)
        assert not mail.outbox  # only after commit
    (sent,) = mail.outbox
    assert sent.to == ["an@haiphong.example"]
    assert link_in(sent.body).startswith(prefix)
    assert "newcomer" in sent.body
    assert "/set-password/" not in page.content.decode()


def test_a_mail_server_that_refuses_is_said_and_the_link_shown(
    office, hai_phong, settings, at_once
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = office.post(officers_page("add"), form(hai_phong, email="an@x.vn"), follow=True)
    assert link_in(page.content.decode())


def test_a_new_link_ends_a_lock(office, author, at_once):
    browser = Browser("198.51.100.1")
    for n in range(5):
        browser.give_password(author, f"slip-{n}")
    data = {"action": "send_link", "_selected_action": [author.pk]}
    page = office.post(officers_page("changelist"), data, follow=True)
    choose = browser.get(link_in(page.content.decode()))["Location"]
    browser.post(choose, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    browser.give_password(author, NEW_PASSWORD)
    assert browser.is_inside


def test_an_administrator_disables_an_officer(office, author, hai_phong):
    theirs = Browser().sign_in(author)
    values = form(hai_phong)
    del values["is_active"]
    values |= opened(author)
    assert office.post(officers_page("change", author.pk), values).status_code == 302
    assert not theirs.is_inside
    theirs.give_password(author)
    assert not theirs.is_inside
    event = AccountEvent.objects.get(officer=author, details__is_active=False)
    assert event.by.username == "administrator"


def test_an_administrator_makes_an_author_an_approver(office, author, hai_phong):
    values = form(hai_phong, roles=[AUTHOR, APPROVER])
    office.post(officers_page("change", author.pk), values | opened(author))
    assert rights(author)[0] == {AUTHOR, APPROVER}
    event = AccountEvent.objects.filter(officer=author).first()
    assert event.details == {"roles": {"added": [APPROVER]}}
    assert event.by.username == "administrator"


def test_removing_a_second_factor_ends_the_session_and_is_recorded(office, approver):
    theirs = Browser().sign_in(approver)
    second_factor.make_recovery_codes(approver)
    assert theirs.is_inside
    data = {"action": "remove_second_factor", "_selected_action": [approver.pk]}
    office.post(officers_page("changelist"), data)
    assert not theirs.is_inside
    assert not second_factor.is_enrolled(approver)
    assert second_factor.recovery_codes_left(approver) == 0
    event = AccountEvent.objects.get(officer=approver, kind="factor_removed")
    assert event.by.username == "administrator"


def test_the_centre_gives_national_and_no_more(cast, author):
    centre = Browser().sign_in(cast(NATIONAL))
    page = officers_page("change", author.pk)
    values = form(is_national="on") | {"is_superuser": "on"}
    assert centre.post(page, values | opened(author)).status_code == 302
    assert rights(author)[:4] == ({AUTHOR}, set(), True, False)
    refused = centre.post(page, form(is_national="on", roles=[NATIONAL]) | opened(author))
    assert refused.status_code == 200


@pytest.mark.parametrize(
    ("roles", "national", "valid"),
    [
        ([NATIONAL], True, True),
        ([NATIONAL], False, False),
        ([ADMINISTRATOR], True, False),
        ([ADMINISTRATOR], False, True),
    ],
)
def test_the_role_of_the_centre_goes_with_being_national(
    roles, national, valid, cast, author, hai_phong
):
    root = Browser().sign_in(cast("superuser"))
    values = form(hai_phong, roles=roles) | ({"is_national": "on"} if national else {})
    response = root.post(officers_page("change", author.pk), values | opened(author))
    assert (response.status_code == 302) == valid


def test_an_auditor_reads_accounts_and_changes_none(cast, author, hai_phong):
    auditor = Browser().sign_in(cast(AUDITOR))
    page = officers_page("change", author.pk)
    assert auditor.get(page).status_code == 200
    assert author.password not in auditor.get(page).content.decode()
    before = rights(author)
    assert auditor.post(page, form(hai_phong, roles=[APPROVER])).status_code == 403
    assert auditor.get(officers_page("add")).status_code == 403
    assert rights(author) == before
