"""Guesses are cut off by account and address; nobody is locked out from elsewhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.backends import ModelBackend
from django.db import connections

from portal.publishing.accounts import lockout
from tests import factories
from tests.accounts.conftest import Browser, code_of, kinds

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ATTACKER, OFFICE = "198.51.100.66", "203.0.113.7"


@pytest.fixture
def evaluated(monkeypatch) -> list[str]:
    """The guesses whose password was looked at."""
    looked_at = []
    authenticate = ModelBackend.authenticate

    def watched(self, request, username=None, password=None, **kwargs):
        looked_at.append(password)
        return authenticate(self, request, username, password, **kwargs)

    monkeypatch.setattr(ModelBackend, "authenticate", watched)
    return looked_at


# Headers of the n-th guess, how many proxies the operator trusts, how many guesses are looked at
# of 40, and whether the officer can then sign in from the office.
ATTACKS = {
    "plain": (lambda n: {}, 0, 5),
    "forged": (lambda n: {"HTTP_X_FORWARDED_FOR": f"10.0.0.{n}"}, 0, 5),
    "forged chain": (lambda n: {"HTTP_X_FORWARDED_FOR": f"10.0.0.{n}, {OFFICE}"}, 0, 5),
    "other headers": (
        lambda n: {
            "HTTP_X_REAL_IP": f"10.0.0.{n}",
            "HTTP_FORWARDED": f"for=10.0.0.{n}",
            "HTTP_CLIENT_IP": f"10.0.0.{n}",
            "HTTP_USER_AGENT": f"agent {n}",
        },
        0,
        5,
    ),
    "forged before a trusted proxy": (
        lambda n: {"HTTP_X_FORWARDED_FOR": f"10.0.0.{n}, {ATTACKER}"},
        1,
        5,
    ),
    "no header behind a trusted proxy": (lambda n: {}, 1, 5),
    "not an address": (lambda n: {"HTTP_X_FORWARDED_FOR": f"evil{n}"}, 1, 5),
    "addresses of one IPv6 household": (lambda n: {"REMOTE_ADDR": f"2001:db8::{n:x}"}, 0, 5),
    "the same address written otherwise": (
        lambda n: {"REMOTE_ADDR": ATTACKER if n % 2 else f"::ffff:{ATTACKER}"},
        0,
        5,
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_at_most_five_guesses_are_looked_at(attack, author, evaluated, settings):
    headers, settings.TRUSTED_PROXIES, limit = ATTACKS[attack]
    attacker = Browser(ATTACKER)
    statuses = [
        attacker.give_password(author, f"guess-{n}", **headers(n)).status_code for n in range(40)
    ]
    assert len(evaluated) == limit
    assert statuses == [200] * (limit - 1) + [429] * (40 - limit + 1)
    assert kinds(author) == ["sign_in_failed"] * limit + ["locked_out"]

    victim = Browser(OFFICE, HTTP_X_FORWARDED_FOR=OFFICE)
    victim.give_password(author)
    assert victim.is_inside


def test_the_right_password_does_not_help_while_locked_out(author, evaluated):
    attacker = Browser(ATTACKER)
    for n in range(5):
        attacker.give_password(author, f"guess-{n}")
    assert attacker.give_password(author).status_code == 429
    assert not attacker.is_inside
    assert factories.PASSWORD not in evaluated


def test_a_colleague_at_the_same_address_is_not_locked_out(author, colleague):
    here = Browser(OFFICE)
    for n in range(10):
        here.give_password(author, f"guess-{n}")
    here.give_password(colleague)
    assert here.is_inside


def test_the_name_is_one_name_however_it_is_written(author, evaluated):
    attacker = Browser(ATTACKER)
    for name in ("author", " author ", "ａｕｔｈｏｒ", "author\n") * 5:
        attacker.give_password(name, "guess")
    assert len(evaluated) == 5


def test_one_network_has_so_many_guesses_over_all_accounts(author, evaluated):
    """Each costs a tenth of a second, also for names that nobody has."""
    attacker, most = Browser(ATTACKER), lockout.GUESSES_OF_NETWORK
    pages = [attacker.give_password(f"name-{n}", "guess") for n in range(most + 20)]
    assert len(evaluated) == most
    assert [page.status_code for page in pages] == [200] * most + [429] * 20
    assert "Từ mạng này đã có quá nhiều lần thử" in pages[-1].content.decode()
    assert pages[-1]["Retry-After"] == "900"

    assert attacker.give_password(author).status_code == 429
    victim = Browser(OFFICE)
    victim.give_password(author)
    assert victim.is_inside


def test_names_that_do_not_exist_are_locked_out_alike(evaluated, db):
    attacker = Browser(ATTACKER)
    statuses = [attacker.give_password("nobody", f"{n}").status_code for n in range(8)]
    assert statuses == [200] * 4 + [429] * 4
    assert len(evaluated) == 5


def test_the_lock_ends_by_itself_and_leaves_nothing(author):
    with time_machine.travel(NOW, tick=False) as clock:
        here = Browser(OFFICE)
        for n in range(7):
            here.give_password(author, f"guess-{n}")
        clock.shift(timedelta(minutes=14))
        assert here.give_password(author).status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        here.give_password(author)
        assert here.is_inside
        assert not AccessAttempt.objects.exists()


def test_signing_in_counts_from_nought_here_and_not_at_the_attackers(author):
    attacker, here = Browser(ATTACKER), Browser(OFFICE)
    for n in range(4):
        attacker.give_password(author, f"guess-{n}")
        here.give_password(author, f"slip-{n}")
    here.give_password(author)
    assert here.is_inside
    assert attacker.give_password(author, "guess").status_code == 429


def test_no_address_and_nothing_of_the_request_is_stored(author):
    Browser(ATTACKER, HTTP_USER_AGENT="a browser").give_password(author, "guess")
    (stored,) = AccessAttempt.objects.values()
    assert ATTACKER not in str(stored)
    assert "browser" not in str(stored)
    assert "guess" not in str(stored)


def test_codes_are_guesses_too(author, approver):
    """Who has the password gets five codes, however often they give the password again."""
    factories.phone(approver)
    attacker = Browser(ATTACKER)
    statuses = []
    with time_machine.travel(NOW, tick=False):
        for n in range(12):
            attacker.give_password(approver)
            statuses.append(attacker.give_code(f"00000{n % 10}").status_code)
    assert statuses[:5] == [200, 200, 200, 200, 429]
    assert 200 not in statuses[5:]
    assert kinds(approver).count("code_refused") == 5
    assert kinds(approver).count("locked_out") == 1

    victim = Browser(OFFICE)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        victim.give_password(approver)
        victim.give_code(code_of(approver))
        assert victim.is_inside


def test_giving_up_at_the_code_is_no_failure(approver, evaluated):
    factories.phone(approver)
    here = Browser(OFFICE)
    for _n in range(10):
        assert here.give_password(approver).status_code == 302
    here.give_code(code_of(approver))
    assert here.is_inside


@pytest.mark.parametrize(
    ("login", "text"),
    [("/en/admin/login/", "cannot be used from here for 15 minutes"), ("/admin/login/", "15")],
)
def test_the_page_says_what_to_do_in_the_readers_language(login, text, author):
    here = Browser(OFFICE)
    for n in range(6):
        page = here.post(login, {"username": "author", "password": f"slip-{n}"})
    assert page.status_code == 429
    assert page["Retry-After"] == "900"
    assert page["Cache-Control"] == "no-store"
    assert text in page.content.decode()
    assert b"author" not in page.content.replace(b"authorized", b"").replace(b"authenticator", b"")


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_do_not_slip_past_together(divisions, evaluated):
    from portal.publishing.models import Officer

    Officer.objects.create_user("target", password=factories.PASSWORD, is_staff=True)

    def guess(n: int) -> int:
        try:
            return Browser(ATTACKER).give_password("target", f"guess-{n}").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(24)))
    assert len(evaluated) == 5
    assert set(statuses) <= {200, 429}
