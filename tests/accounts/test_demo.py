"""A newcomer signs in to a demonstration with what it prints and shows."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.publishing import demo
from portal.publishing.accounts import second_factor
from portal.publishing.models import Officer
from tests.accounts.conftest import CODE, Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(hai_phong, binh_duong, capsys) -> dict[str, str]:
    """Passwords by name, as printed."""
    call_command("make_demo_accounts")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    return {words[0]: words[1] for words in lines if words[0] != "*"}


def test_every_account_comes_in_with_what_is_printed_and_shown(accounts):
    assert set(accounts) == {account.username for account in demo.ACCOUNTS}
    for username, password in accounts.items():
        browser = Browser()
        browser.give_password(username, password)
        officer = Officer.objects.get(username=username)
        if officer.needs_second_factor:
            code = browser.get(CODE).context["demo_code"]
            assert code in browser.get(CODE).content.decode()
            browser.give_code(code)
        assert browser.is_inside, username


def test_signing_in_again_at_once_works_too(accounts):
    with time_machine.travel(timezone.now(), tick=False):
        for _n in range(2):
            browser = Browser()
            browser.give_password("duyet-hai-phong", accounts["duyet-hai-phong"])
            browser.give_code(browser.get(CODE).context["demo_code"])
            assert browser.is_inside


def test_the_command_prints_the_code(accounts, capsys):
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        call_command("demo_code", "duyet-hai-phong")
        code = capsys.readouterr().out.strip()
        assert second_factor.verify(Officer.objects.get(username="duyet-hai-phong"), code)


@pytest.mark.parametrize("username", ["soan-hai-phong", "nobody"])
def test_the_command_says_when_there_is_none(username, accounts):
    with pytest.raises(CommandError, match=username):
        call_command("demo_code", username)


def test_outside_a_demonstration_no_code_is_told(accounts, settings):
    settings.DEMO = False
    officer = Officer.objects.get(username="duyet-hai-phong")
    assert demo.code_to_show(officer) is None
    with pytest.raises(CommandError, match="DEMO"):
        call_command("demo_code", "duyet-hai-phong")


def test_a_phone_of_ones_own_is_not_told(accounts):
    officer = Officer.objects.get(username="duyet-hai-phong")
    second_factor.enrol(officer, key=second_factor.new_key())
    assert demo.code_to_show(officer) is None
