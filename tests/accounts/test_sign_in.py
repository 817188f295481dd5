"""The way in, step by step, and how it ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django_otp.plugins.otp_static.models import StaticToken

from portal.publishing.accounts import second_factor
from portal.publishing.models import Officer
from tests import factories
from tests.accounts.conftest import (
    CODE,
    INDEX,
    LOGIN,
    SET_UP,
    Browser,
    code_for,
    code_of,
    key_on,
    kinds,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_an_author_comes_in_with_a_password(browser, author):
    assert browser.give_password(author)["Location"] == INDEX
    assert browser.is_inside
    assert kinds(author) == ["signed_in"]


def test_an_approver_without_a_second_factor_can_only_set_one_up(browser, approver):
    browser.give_password(approver)
    assert browser.get(INDEX)["Location"].startswith(SET_UP)
    page = browser.get(SET_UP)
    assert page.status_code == 200
    assert b"<svg" in page.content
    assert b"style=" not in page.content
    refused = browser.post(SET_UP, {"code": "000000"})
    assert refused.context["form"].errors
    assert not browser.is_inside
    codes = browser.post(SET_UP, {"code": code_for(key_on(page))}).context["codes"]
    assert len(set(codes)) == 10
    assert browser.is_inside
    assert kinds(approver) == ["signed_in", "factor_set", "recovery_codes_made"]


def test_an_officer_on_the_way_in_can_change_the_password_only_before_a_second_factor_exists(
    browser, approver
):
    browser.give_password(approver)
    assert browser.get("/admin/password_change/").status_code == 200
    factories.phone(approver)
    assert browser.get("/admin/password_change/")["Location"].startswith(CODE)


def test_after_the_password_comes_the_code(browser, approver):
    factories.phone(approver)
    browser.give_password(approver)
    assert browser.get(INDEX)["Location"].startswith(CODE)
    assert browser.get(CODE).status_code == 200
    assert browser.give_code("000000").context["form"].errors
    assert not browser.is_inside


def test_the_code_lets_in_and_renews_the_session(browser, approver):
    factories.phone(approver)
    browser.give_password(approver)
    before = browser.session.session_key
    assert browser.give_code(code_of(approver))["Location"] == INDEX
    assert browser.is_inside
    assert browser.session.session_key != before
    assert kinds(approver) == ["password_accepted", "signed_in"]


def test_a_code_is_not_accepted_twice(approver):
    factories.phone(approver)
    first, second = Browser(), Browser()
    for browser in (first, second):
        browser.give_password(approver)
        browser.give_code(code_of(approver))
    assert first.is_inside
    assert not second.is_inside


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_minute_is_not_accepted(steps, browser, approver):
    factories.phone(approver)
    browser.give_password(approver)
    browser.give_code(code_of(approver, steps=steps))
    assert not browser.is_inside


def test_the_code_that_set_a_phone_up_does_not_sign_in(browser, approver):
    browser.give_password(approver)
    page = browser.get(SET_UP)
    code = code_for(key_on(page))
    browser.post(SET_UP, {"code": code})
    second = Browser()
    second.give_password(approver)
    second.give_code(code)
    assert not second.is_inside


def test_a_wrong_code_makes_the_next_one_wait(browser, approver, clock):
    factories.phone(approver)
    browser.give_password(approver)
    browser.give_code("000000")
    browser.give_code("000001")
    assert "1 " in str(browser.give_code(code_of(approver)).context["form"].errors)
    assert not browser.is_inside
    clock.shift(timedelta(minutes=1))
    browser.give_code(code_of(approver))
    assert browser.is_inside


def test_the_wait_after_wrong_codes_is_bounded(approver):
    device = factories.phone(approver)
    device.throttling_failure_count = 40
    device.throttling_failure_timestamp = NOW
    device.save()
    assert second_factor.verify(approver, "000000") is None
    assert second_factor.seconds_to_wait(approver) <= 513


def test_a_recovery_code_works_once_and_is_not_stored(approver):
    factories.phone(approver)
    codes = second_factor.make_recovery_codes(approver)
    assert not StaticToken.objects.filter(token__in=[c.replace("-", "") for c in codes]).exists()
    first, second = Browser(), Browser()
    for browser in (first, second):
        browser.give_password(approver)
        browser.give_code(f" {codes[0].upper()} ")
    assert first.is_inside
    assert not second.is_inside
    assert second_factor.recovery_codes_left(approver) == 9
    assert "recovery_code_used" in kinds(approver)


def test_new_recovery_codes_void_the_old(approver):
    factories.phone(approver)
    old = second_factor.make_recovery_codes(approver)[0]
    browser = Browser().sign_in(approver)
    new = browser.post("/admin/second-factor/").context["codes"][0]
    assert second_factor.verify(approver, old) is None
    device = second_factor.StaticDevice.objects.get(user=approver)
    device.throttle_reset()
    assert second_factor.verify(approver, new)


def test_an_author_may_set_up_a_second_factor_and_is_then_asked_for_it(author):
    browser = Browser().sign_in(author)
    assert browser.get("/admin/second-factor/").status_code == 200
    page = browser.get(SET_UP)
    browser.post(SET_UP, {"code": code_for(key_on(page))})
    assert browser.is_inside
    again = Browser()
    again.give_password(author)
    assert not again.is_inside
    assert again.get(INDEX)["Location"].startswith(CODE)


def test_another_phone_takes_the_place_of_the_first(approver, clock):
    first = factories.phone(approver)
    browser = Browser().sign_in(approver)
    page = browser.get(SET_UP)
    browser.post(SET_UP, {"code": code_for(key_on(page))})
    assert browser.is_inside
    assert factories.phone(approver).key != first.key


def test_a_phone_of_somebody_else_verifies_nobody(browser, approver, stranger):
    factories.phone(stranger)
    factories.phone(approver)
    browser.give_password(approver)
    browser.give_code(code_of(stranger))
    assert not browser.is_inside
    session = browser.session
    session["otp_device_id"] = factories.phone(stranger).persistent_id
    session.save()
    assert not browser.is_inside


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_code_page_leads_nowhere_else(target, browser, approver):
    factories.phone(approver)
    browser.give_password(approver)
    response = browser.post(f"{CODE}?next={target}", {"code": code_of(approver), "next": target})
    assert response["Location"] == INDEX


def test_the_page_asked_for_comes_after_the_code(browser, approver):
    factories.phone(approver)
    wanted = "/admin/publishing/revision/?state__exact=submitted"
    step = browser.get(wanted)
    assert step["Location"].startswith(LOGIN)
    step = browser.post(
        step["Location"],
        {"username": "approver", "password": factories.PASSWORD, "next": wanted},
    )
    step = browser.get(step["Location"])
    assert step["Location"].startswith(CODE)
    page = browser.get(step["Location"])
    step = browser.post(CODE, {"code": code_of(approver), "next": page.context["next"]})
    assert step["Location"] == wanted


# --- nobody learns whether an account exists


def test_a_failed_sign_in_says_and_costs_the_same_whoever_it_names(author, approver, monkeypatch):
    approver.is_active = False
    approver.save()
    invited = Officer.objects.create_user("invited", is_staff=True)
    assert not invited.has_usable_password()
    outsider = Officer.objects.create_user("outsider", password="x")
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args)
    )
    answers = set()
    for name in (author, approver, invited, outsider, "nobody"):
        hashed.clear()
        page = Browser().give_password(name, "wrong")
        answers.add((page.status_code, str(page.context["form"].non_field_errors()), len(hashed)))
    assert len(answers) == 1
