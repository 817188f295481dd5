"""Ten thousand guesses of passwords, from one network that says it is ten thousand."""

import statistics
import time

import pytest
from django.contrib.auth.backends import ModelBackend

from portal.publishing.accounts import lockout
from tests import factories
from tests.accounts.conftest import Browser

pytestmark = pytest.mark.django_db

ATTACKER, OFFICE = "198.51.100.66", "203.0.113.7"
SCRYPT = ["django.contrib.auth.hashers.ScryptPasswordHasher"]


@pytest.fixture
def officer(divisions):
    from portal.publishing.models import Officer

    return Officer.objects.create_user("target", password=factories.PASSWORD, is_staff=True)


@pytest.fixture
def looked_at(monkeypatch) -> list[str]:
    """The names of the guesses that are compared with a password."""
    names: list[str] = []
    authenticate = ModelBackend.authenticate

    def watched(self, request, username=None, password=None, **kwargs):
        names.append(username)
        return authenticate(self, request, username, password, **kwargs)

    monkeypatch.setattr(ModelBackend, "authenticate", watched)
    return names


# Of the n-th guess whose password it is, how many are looked at, and how many there are at length.
ATTACKS = {
    "one account": (lambda n: "target", 5, 10_000),
    "another name each time": (lambda n: f"name-{n}", lockout.GUESSES_OF_NETWORK, 2_000),
}


@pytest.mark.parametrize("kind", ATTACKS)
def test_few_of_many_guesses_are_looked_at(kind, officer, looked_at, times, tell):
    name, most, at_length = ATTACKS[kind]
    count, attacker = times(300, at_length), Browser(ATTACKER)
    statuses = [
        attacker.give_password(
            name(n),
            f"guess-{n}",
            HTTP_X_FORWARDED_FOR=f"10.{n // 250}.{n % 250}.1",
            HTTP_FORWARDED=f"for=10.0.0.{n % 250}",
        ).status_code
        for n in range(count)
    ]
    assert set(statuses[most:]) == {429}
    victim = Browser(OFFICE)
    victim.give_password(officer)
    tell(
        f"forged guesses of passwords, {kind}",
        injected=count,
        observed=f"{len(looked_at) - 1} looked at; the officer signs in from elsewhere",
        lost=(len(looked_at) - 1 > most) + (not victim.is_inside),
    )


def test_how_long_an_answer_takes_tells_no_names(officer, settings, times, tell):
    """A name that is there and one that is not cost the same work, and say the same."""
    settings.PASSWORD_HASHERS = SCRYPT
    officer.set_password(factories.PASSWORD)
    officer.save()
    count = times(5, 40)
    took: dict[str, list[float]] = {"target": [], "nobody": []}
    pages: dict[str, str] = {}
    for n in range(count):
        for name, seconds in took.items():
            # From another network each time, so that none is refused unseen.
            browser = Browser(f"198.51.{n}.1")
            began = time.perf_counter()
            page = browser.give_password(name, "guess")
            seconds.append(time.perf_counter() - began)
            assert page.status_code == 200
            pages[name] = page.context["form"].errors.as_text()
    assert pages["target"] == pages["nobody"]
    there, missing = (statistics.median(seconds) for seconds in took.values())
    tell(
        "guesses of names, by the time that an answer takes",
        injected=2 * count,
        observed=f"medians {there * 1000:.0f} ms and {missing * 1000:.0f} ms",
        lost=int(not 0.5 < there / missing < 2),
    )
