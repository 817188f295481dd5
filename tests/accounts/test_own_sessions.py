"""An officer sees where they are signed in, and ends what they do not know."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session

from tests import factories
from tests.accounts.conftest import INDEX, Browser, kinds

pytestmark = pytest.mark.django_db

SESSIONS = "/admin/sessions/"
NOW = datetime(2026, 11, 23, 2, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def signed_in(officer, address: str = "203.0.113.7") -> Browser:
    browser = Browser(address, HTTP_USER_AGENT="a browser of somebody").sign_in(officer)
    browser.get(INDEX)
    return browser


def test_each_session_says_when_it_began_and_was_used(author, clock):
    there = signed_in(author, "198.51.100.66")
    clock.shift(timedelta(minutes=5))
    here = signed_in(author)
    clock.shift(timedelta(minutes=10))
    there.get(INDEX)
    page = here.get(SESSIONS)
    # The own one first. Times of Vietnam, whatever the clock of a demonstration shows.
    shown = [(place.is_here, f"{place.began:%H:%M}", f"{place.seen:%H:%M}")
             for place in page.context["places"]]  # fmt: skip
    assert shown == [(True, "02:05", "02:15"), (False, "02:00", "02:15")]
    text = page.content.decode()
    assert "09:05 23/11/2026" in text and "Trình duyệt này" in text
    for stored in (text, str([session.get_decoded() for session in Session.objects.all()])):
        assert "198.51.100" not in stored and "a browser of somebody" not in stored
    for session in Session.objects.all():
        assert session.pk not in text, "whoever looks over the shoulder could take it over"
    assert "Where you are signed in" in here.get(f"/en{SESSIONS}").content.decode()


def test_one_or_all_others_are_ended(author, colleague):
    here, second, third, other = (signed_in(one) for one in (author, author, author, colleague))
    by_key = {place.session.pk: place for place in here.get(SESSIONS).context["places"]}
    ended = here.post(SESSIONS, {"end": by_key[second.session.session_key].mark}, follow=True)
    assert "Đã kết thúc 1 lần đăng nhập" in ended.content.decode()
    assert not second.is_inside
    assert here.is_inside and third.is_inside and other.is_inside
    here.post(SESSIONS, {"others": "1"})
    assert here.is_inside and other.is_inside
    assert not third.is_inside
    assert kinds(author).count("signed_out") == 2


def test_nothing_of_somebody_else_and_not_the_own_one_is_ended(author, colleague):
    here, other = signed_in(author), signed_in(colleague)
    theirs = other.get(SESSIONS).context["places"][0].mark
    own = here.get(SESSIONS).context["places"]
    assert [place.is_here for place in own] == [True]
    for mark in (theirs, own[0].mark, other.session.session_key, "", "\0"):
        here.post(SESSIONS, {"end": mark})
    assert here.is_inside and other.is_inside


def test_who_knows_the_password_and_no_code_is_seen(approver):
    factories.phone(approver)
    attacker = Browser("198.51.100.66")
    attacker.give_password(approver)
    here = signed_in(approver)
    assert "Ở đó có người biết mật khẩu của bạn" in here.get(SESSIONS).content.decode()
    assert attacker.get(SESSIONS).status_code == 302
    here.post(SESSIONS, {"others": "1"})
    assert not Session.objects.filter(pk=attacker.session.session_key).exists()


def test_what_does_not_hold_any_more_is_not_shown(author, clock):
    old, here = signed_in(author), signed_in(author)
    new = "another-long-passphrase"
    changed = {"old_password": factories.PASSWORD, "new_password1": new, "new_password2": new}
    here.post("/admin/password_change/", changed)
    assert not old.is_inside
    assert [place.is_here for place in here.get(SESSIONS).context["places"]] == [True]
    clock.shift(timedelta(minutes=20))
    author.refresh_from_db()
    later = Browser().sign_in(author)
    clock.shift(timedelta(minutes=20))
    assert [place.is_here for place in later.get(SESSIONS).context["places"]] == [True]
