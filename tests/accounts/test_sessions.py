"""How a session begins, goes on and ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests import factories
from tests.accounts.conftest import INDEX, LOGIN, SET_UP, Browser, kinds

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
