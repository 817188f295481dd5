"""How a session begins, goes on and ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.urls import reverse

from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.accounts import second_factor
from tests import factories
from tests.accounts.conftest import (
    CODE,
    INDEX,
    LOGIN,
    SET_UP,
    Browser,
    code_for,
    code_of,
    form,
    key_on,
    kinds,
    officers_page,
    opened,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_an_idle_session_ends(browser, author, clock):
    browser.give_password(author)
    assert browser.is_inside
    clock.shift(timedelta(minutes=30, seconds=1))
    assert browser.get(INDEX)["Location"].startswith(LOGIN)


def test_a_session_in_use_goes_on(browser, author, clock):
    browser.give_password(author)
    for _n in range(6):
        clock.shift(timedelta(minutes=28))
        assert browser.is_inside


def test_no_session_outlives_a_working_day(browser, author, clock):
    browser.give_password(author)
    for _n in range(25):
        browser.get(INDEX)
        clock.shift(timedelta(minutes=29))
    assert not browser.is_inside
    assert kinds(author) == ["signed_in", "signed_out"]


def test_public_pages_neither_prolong_a_session_nor_set_a_cookie(author, hai_phong, clock):
    browser = Browser().sign_in(author)
    browser.get(INDEX)
    clock.shift(timedelta(minutes=20))
    page = browser.get(hai_phong.get_absolute_url())
    assert not page.cookies
    clock.shift(timedelta(minutes=11))
    assert not browser.is_inside


@pytest.mark.parametrize("stage", ["inside", "code", "set up"])
def test_signing_out_clears_the_browser(stage, browser, author, approver):
    if stage == "code":
        factories.phone(approver)
    officer = author if stage == "inside" else approver
    browser.give_password(officer)
    response = browser.post("/admin/logout/")
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.get(INDEX)["Location"].startswith(LOGIN)
    assert kinds(officer)[-1] == "signed_out"


def test_signing_in_renews_the_session(browser, author):
    browser.get(LOGIN)
    session = browser.session
    session["kept"] = 1
    session.save()
    before = session.session_key
    browser.give_password(author)
    assert browser.session.session_key != before


def test_a_new_password_ends_the_other_sessions(author):
    here, there = Browser().sign_in(author), Browser().sign_in(author)
    new = "another-long-passphrase"
    here.post(
        "/admin/password_change/",
        {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert here.is_inside
    assert not there.is_inside
    assert "password_changed" in kinds(author)


@pytest.mark.parametrize("weak", ["eleven-char", "1qaz2wsx3edc", "849302758193", "haiphong.gov.vn"])
def test_weak_passwords_are_refused(weak, author):
    """Too short, too common, only digits, too much like the officer's own e-mail address."""
    author.email = "soan@haiphong.gov.vn"
    author.save()
    browser = Browser().sign_in(author)
    data = {"old_password": factories.PASSWORD, "new_password1": weak, "new_password2": weak}
    page = browser.post("/admin/password_change/", data)
    assert page.status_code == 200
    assert "new_password2" in page.context["form"].errors


def test_disabling_an_officer_ends_their_sessions(author):
    browser = Browser().sign_in(author)
    author.is_active = False
    author.save()
    assert not browser.is_inside


def test_becoming_an_approver_asks_for_a_second_factor_at_once(author, approver):
    browser = Browser().sign_in(author)
    assert browser.is_inside
    author.groups.set(approver.groups.all())
    assert browser.get(INDEX)["Location"].startswith(SET_UP)


def test_an_officer_who_is_enabled_again_has_to_sign_in_again(office, author, hai_phong):
    browser = Browser().sign_in(author)
    disabled = form(hai_phong)
    del disabled["is_active"]
    for values in (disabled, form(hai_phong)):
        office.post(officers_page("change", author.pk), values | opened(author))
    author.refresh_from_db()
    assert author.is_active
    assert not browser.is_inside


def test_an_administrator_signs_an_officer_out_everywhere(office, author, colleague):
    here, there, other = (Browser().sign_in(one) for one in (author, author, colleague))
    data = {"action": "sign_out", "_selected_action": [author.pk]}
    office.post(officers_page("changelist"), data)
    assert not here.is_inside and not there.is_inside
    assert other.is_inside and office.is_inside
    assert kinds(author) == ["signed_in", "signed_in", "signed_out"]


def test_nobody_signs_out_whom_they_do_not_manage(office, their_author, cast):
    others = [their_author, cast("superuser")]
    browsers = [Browser().sign_in(officer) for officer in others]
    data = {"action": "sign_out", "_selected_action": [officer.pk for officer in others]}
    office.post(officers_page("changelist"), data)
    assert all(browser.is_inside for browser in browsers)


@pytest.mark.parametrize("page", [SET_UP, "/admin/second-factor/"])
def test_who_changes_a_second_factor_has_just_signed_in(page, approver, clock):
    """Else whoever finds a desk where somebody is signed in makes the account their own."""
    device = factories.phone(approver)
    browser = Browser().sign_in(approver)
    assert browser.get(page).status_code == 200
    clock.shift(timedelta(minutes=10))
    asked = browser.post(page, {"code": "000000"})
    assert asked["Location"] == f"{LOGIN}?next={page.replace('/', '%2F')}"
    assert "đăng nhập lại" in browser.get(asked["Location"]).content.decode()
    assert not browser.is_inside
    assert factories.phone(approver) == device
    browser.post(asked["Location"], {"username": "approver", "password": factories.PASSWORD,
                                     "next": page})  # fmt: skip
    browser.post(CODE, {"code": code_of(approver), "next": page})
    assert browser.get(page).status_code == 200


def test_another_phone_ends_the_other_sessions(approver):
    first = factories.phone(approver)
    here, there = Browser().sign_in(approver), Browser().sign_in(approver)
    page = here.get(SET_UP)
    here.post(SET_UP, {"code": code_for(key_on(page))})
    assert factories.phone(approver).key != first.key
    assert here.is_inside
    assert not there.is_inside


def test_keys_of_sessions_cannot_be_guessed(author):
    """32 letters and digits by chance: 165 bits."""
    keys = {Browser().sign_in(author).session.session_key for _n in range(50)}
    assert len(keys) == Session.objects.count() == 50
    assert all(len(key) == 32 and key.isalnum() for key in keys)
    assert len(set("".join(keys))) == 36


def test_every_page_of_staff_has_the_way_out(author, approver):
    browser = Browser().sign_in(author)
    addresses = [INDEX, reverse("admin:locations_exposurelocation_changelist"), SET_UP,
                 "/admin/password_change/", "/admin/second-factor/"]  # fmt: skip
    pages = [browser.get(address) for address in addresses]
    factories.phone(approver)
    waiting = Browser()
    waiting.give_password(approver)
    for page in (*pages, waiting.get(CODE)):
        assert 'action="/admin/logout/"' in page.content.decode()


def test_a_session_that_was_ended_is_no_use_to_who_kept_its_cookie(author):
    browser, thief = Browser().sign_in(author), Browser()
    thief.cookies.load({name: cookie.value for name, cookie in browser.cookies.items()})
    assert thief.is_inside
    browser.post("/admin/logout/")
    thief.cookies.load({name: cookie.value for name, cookie in thief.cookies.items()})
    assert not thief.is_inside
    assert not Session.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_asking_alone_changes_nothing(method, author, approver, hai_phong):
    """However a picture or link of another site asks: only a form that was sent does something."""
    entry, children = factories.location_draft(hai_phong)
    content = contents.content_of(entry, children=children)
    revision = workflow.save_draft(entry=entry, content=content, by=author)
    workflow.submit(revision=revision, by=author)
    factories.phone(approver)
    codes = second_factor.make_recovery_codes(approver)
    browser = Browser().sign_in(approver)
    review = reverse("admin:publishing_revision_review", args=[revision.pk])
    for address in (review, "/admin/logout/", "/admin/second-factor/", "/admin/password_change/"):
        asked = {"_approve": "1", "understood": "on", "old_password": factories.PASSWORD}
        getattr(browser, method)(address, asked)
    revision.refresh_from_db()
    assert revision.state == revision.State.SUBMITTED
    assert browser.is_inside
    assert second_factor.verify(approver, codes[0])
