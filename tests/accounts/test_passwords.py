"""What an officer may choose as a password, and how it is taken."""

import base64
import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import ScryptPasswordHasher, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken

from portal import settings as as_deployed
from portal.publishing.accounts import second_factor
from portal.publishing.accounts.invitations import invite
from tests import factories
from tests.accounts.conftest import CODE, INDEX, LOGIN, Browser, code_of
from tests.pages.reading import Page

pytestmark = pytest.mark.django_db
CHANGE = "/admin/password_change/"


def change(browser: Client, new: str, old: str = factories.PASSWORD):
    data = {"old_password": old, "new_password1": new, "new_password2": new}
    return browser.post(CHANGE, data)


@pytest.mark.parametrize(
    "password",
    [
        "Password2026!",
        "password-password",
        "Hải Phòng 2021",
        "haiphonghaiphong",
        "h.a.i.p.h.o.n.g@2026",
        "Mật khẩu 123456",
        "Sở Y tế 19001095",
        "testserver-testserver",
        "trungtam-yte-duphong",
        "qwerty!qwerty!qwerty",
        "VietNam@Covid19",
    ],
)
def test_known_words_with_signs_around_them_are_refused(password, hai_phong):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "password_predictable" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        factories.PASSWORD,
        "chín con mèo qua sông đào",
        "7#1$9@22!04%8",
        "x9#72$1!55@0",
        "пароль-из-двух-слов",
        "twelve words",
        "haiphong ruộng bậc thang mờ sương",
        "🐟🐟🐟🌊🌊🌊🚲🚲🚲🌾🌾🌾",
        "lower case only here",
    ],
)
def test_signs_of_every_kind_are_taken_and_none_is_asked_for(password, hai_phong):
    validate_password(password)


def test_random_passwords_pass(hai_phong):
    for _n in range(200):
        validate_password(secrets.token_urlsafe(9))


def test_it_is_taken_exactly_as_typed_however_long(author):
    """Neither cut off nor trimmed, and large letters are not small ones."""
    new = " Một câu dài " + "n" * 200 + "Kết thúc "
    browser = Browser().sign_in(author)
    assert change(browser, new).status_code == 302
    for typed in (new[:-1], new.strip(), new.lower(), new[:72]):
        wrong = Browser()
        wrong.give_password(author, typed)
        assert not wrong.is_inside
    right = Browser("203.0.113.8")
    right.give_password(author, new)
    assert right.is_inside


def test_the_old_password_is_asked_for(author):
    browser = Browser().sign_in(author)
    page = change(browser, "another-long-passphrase", old="a guess")
    assert "old_password" in page.context["form"].errors
    again = Browser()
    again.give_password(author)
    assert again.is_inside


def test_the_fields_hide_what_is_typed_and_help_password_managers(author):
    """Nothing keeps a password from being pasted: the pages have no script for these fields."""
    login = Page(Browser().get(LOGIN))
    inside = Page(Browser().sign_in(author).get(CHANGE))
    link = invite(author).removeprefix("http://testserver")
    chosen = Page(Browser().get(link, follow=True))
    fields = {
        (login, "id_password"): "current-password",
        (inside, "id_old_password"): "current-password",
        (inside, "id_new_password1"): "new-password",
        (chosen, "id_new_password1"): "new-password",
        (chosen, "id_new_password2"): "new-password",
    }
    for (page, name), purpose in fields.items():
        field = page.one("input", id=name)
        assert field.get("type") == "password"
        assert field.get("autocomplete") == purpose
        assert not {"maxlength", "pattern", "onpaste", "readonly"} & set(field.attributes)


def test_a_new_password_by_link_does_not_pass_by_the_second_factor(approver):
    factories.phone(approver)
    browser = Browser()
    page = browser.get(invite(approver).removeprefix("http://testserver"), follow=True)
    new = "another-long-passphrase"
    set_password = browser.post(
        page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new}
    )
    assert set_password["Location"] == LOGIN
    assert browser.get(INDEX)["Location"].startswith(LOGIN)
    browser.give_password(approver, new)
    assert browser.get(INDEX)["Location"].startswith(CODE)
    browser.give_code(code_of(approver))
    assert browser.is_inside


def test_a_link_that_was_tampered_with_sets_no_password(author, colleague):
    """Made for one account and one moment: neither can be changed in it."""
    *start, uid, token, _end = invite(author).split("/")
    theirs = invite(colleague).split("/")[-3]
    moment, _dash, signature = token.partition("-")
    other = "0" if signature[-1] != "0" else "1"
    forged = {
        (theirs, token),
        (uid, f"{moment}-{signature[:-1]}{other}"),
        (uid, f"zzzzzz-{signature}"),
        (uid, f"{moment}-"),
        ("AAAA", token),
    }
    good = "/".join(["", *start[3:], uid, token, ""])
    assert Browser().get(good).status_code == 302
    for account, secret in forged:
        browser = Browser()
        page = browser.get(good.replace(f"/{uid}/{token}/", f"/{account}/{secret}/"))
        assert page.status_code == 200
        assert not page.context["validlink"]


def test_no_page_offers_a_hint_or_a_question(author):
    for page in (Browser().get(LOGIN), Browser().sign_in(author).get(CHANGE)):
        for words in ("hint", "gợi ý", "câu hỏi bí mật", "security question"):
            assert words not in page.content.decode().lower()


def test_an_old_password_stays_good(author):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=4000)):
        browser = Browser()
        assert browser.give_password(author)["Location"] == INDEX
        assert browser.is_inside


def test_passwords_are_kept_with_scrypt(settings):
    """The first hasher is the one that new passwords get; the tests' own is quicker."""
    settings.PASSWORD_HASHERS = as_deployed.PASSWORD_HASHERS
    kept = make_password("twelve signs or more")
    hasher = identify_hasher(kept)
    assert isinstance(hasher, ScryptPasswordHasher)
    work = hasher.decode(kept)
    assert (work["work_factor"], work["block_size"]) == (2**14, 8)
    assert work["parallelism"] >= 5, "OWASP's least for 2¹⁴"
    assert make_password("twelve signs or more") != kept


def test_a_recovery_code_has_forty_bits(approver, monkeypatch):
    """Eight signs of base32, each of which comes up."""
    monkeypatch.setitem(second_factor.COST, "n", 2)
    codes = [code for _n in range(40) for code in second_factor.make_recovery_codes(approver)]
    signs = [code.replace("-", "").upper() for code in codes]
    assert len(set(signs)) == 400
    assert {len(base64.b32decode(code)) * 8 for code in signs} == {40}
    assert len(set("".join(signs))) == 32


def test_recovery_codes_are_hashed_slowly_and_with_salt(approver, author, monkeypatch):
    """As passwords are. The same code on two papers is not the same in the database."""
    assert second_factor.COST == {"n": 2**14, "r": 8, "p": 5}, "OWASP's least for 2¹⁴"
    hashed = []
    scrypt, by_chance = hashlib.scrypt, secrets.token_bytes

    def watched(code, **how):
        hashed.append(how)
        return scrypt(code, **how | {"n": 2})

    monkeypatch.setattr(hashlib, "scrypt", watched)
    # Every code is the same, and only the salt is left to chance.
    monkeypatch.setattr(secrets, "token_bytes", lambda n: b"\0" * 5 if n == 5 else by_chance(n))
    codes = {second_factor.make_recovery_codes(one)[0] for one in (approver, author)}
    assert codes == {"aaaa-aaaa"}
    assert StaticToken.objects.values("token").distinct().count() == 2
    assert len({how["salt"] for how in hashed}) == 2
    assert {len(how["salt"]) for how in hashed} == {32}
    assert all(how["n"] == 2**14 for how in hashed)

    hashed.clear()
    assert second_factor.verify(approver, "bbbb-bbbb") is None
    assert len(hashed) == 1, "a try costs one hash, and not one for each code"


def test_who_came_in_by_a_recovery_code_stays_in_when_making_new_ones(approver):
    factories.phone(approver)
    code = second_factor.make_recovery_codes(approver)[0]
    browser = Browser()
    browser.give_password(approver)
    browser.give_code(code)
    assert browser.post("/admin/second-factor/").status_code == 200
    assert browser.is_inside
