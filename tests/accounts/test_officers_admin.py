"""The page of accounts: inviting, scoping and disabling, and every forged way around its limits."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import transaction

from portal.publishing.accounts import second_factor
from portal.publishing.models import AccountEvent, Officer
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUDITOR, AUTHOR, NATIONAL
from tests import factories
from tests.accounts.conftest import Browser, kinds, officers_page

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a-passphrase-of-their-own"


@pytest.fixture
def office(administrator) -> Browser:
    return Browser().sign_in(administrator)


def form(*provinces, roles=(AUTHOR,), **values):
    return {
        "username": "newcomer",
        "first_name": "An",
        "last_name": "Nguyễn",
        "email": "",
        "language": "vi",
        "is_active": "on",
        "provinces": [province.pk for province in provinces],
        "groups": [Group.objects.get(name=role).pk for role in roles],
    } | values


def rights(officer):
    officer.refresh_from_db()
    return (
        {group.name for group in officer.groups.all()},
        {province.name for province in officer.provinces.all()},
        officer.is_national,
        officer.is_superuser,
        officer.is_staff,
        officer.is_active,
        officer.user_permissions.count(),
        officer.password,
    )


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


# --- every forged form

FORGED = {
    "another province": lambda hp, bd: form(bd),
    "another province beside one's own": lambda hp, bd: form(hp, bd),
    "no province": lambda hp, bd: form(),
    "administrator": lambda hp, bd: form(hp, roles=[ADMINISTRATOR]),
    "Trung ương": lambda hp, bd: form(hp, roles=[NATIONAL]),
    "a group that is no role": lambda hp, bd: form(
        hp, groups=[Group.objects.create(name="other").pk]
    ),
}
# Fields that the form does not have are not read at all.
EXTRA = {
    "is_superuser": "on",
    "is_national": "on",
    "user_permissions": ["1", "2", "3"],
    "password": "pbkdf2_sha256$1$x$y",
    "is_staff": "",
    "_popup": "1",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_invitation_is_refused(forgery, office, hai_phong, binh_duong):
    response = office.post(officers_page("add"), FORGED[forgery](hai_phong, binh_duong))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not Officer.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_change_is_refused(forgery, office, author, hai_phong, binh_duong):
    before = rights(author)
    page = officers_page("change", author.pk)
    response = office.post(page, FORGED[forgery](hai_phong, binh_duong))
    assert response.status_code == 200
    assert rights(author) == before


@pytest.mark.parametrize("page", ["add", "change"])
def test_fields_beyond_the_form_change_nothing(page, office, author, hai_phong):
    args = [author.pk] if page == "change" else []
    assert office.post(officers_page(page, *args), form(hai_phong) | EXTRA).status_code in (
        200,
        302,
    )
    username = "author" if page == "change" else "newcomer"
    officer = Officer.objects.get(username=username)
    assert rights(officer)[:7] == ({AUTHOR}, {"Hải Phòng"}, False, False, True, True, 0)
    assert not officer.password.startswith("pbkdf2_sha256$1$x")


@pytest.fixture
def out_of_reach(administrator, hai_phong, binh_duong, their_author):
    """Officers whom an administrator of Hải Phòng must not touch, by why."""
    return {
        "oneself": administrator,
        "another administrator": factories.officer("deputy", ADMINISTRATOR, hai_phong),
        "another province": their_author,
        "two provinces": factories.officer("both", AUTHOR, hai_phong, binh_duong),
        "a national officer": factories.officer("nation", APPROVER, national=True),
        "Trung ương": factories.officer("centre", NATIONAL, national=True),
        "a superuser": Officer.objects.create_superuser("root", password=factories.PASSWORD),
        "nobody's": factories.officer("nobodys", AUTHOR),
    }


WHY = (
    "oneself",
    "another administrator",
    "another province",
    "two provinces",
    "a national officer",
    "Trung ương",
    "a superuser",
    "nobody's",
)


@pytest.mark.parametrize("why", WHY)
def test_who_is_out_of_reach_stays_as_they_are(why, office, out_of_reach, hai_phong):
    officer = out_of_reach[why]
    phone = factories.phone(officer)
    before = rights(officer)
    for page in ("change", "delete"):
        path = officers_page(page, officer.pk)
        assert office.post(path, form(hai_phong, roles=[APPROVER])).status_code in (302, 403)
    for action in ("send_link", "remove_second_factor", "delete_selected"):
        data = {"action": action, "_selected_action": [officer.pk], "select_across": "1"}
        office.post(officers_page("changelist"), data)
    assert rights(officer) == before
    assert second_factor.TOTPDevice.objects.filter(pk=phone.pk).exists()
    assert "invited" not in kinds(officer)


@pytest.mark.parametrize("why", WHY[2:])
def test_who_belongs_elsewhere_is_not_even_listed(why, office, out_of_reach):
    listed = office.get(officers_page("changelist")).context["cl"].queryset
    assert out_of_reach[why] not in listed
    assert office.get(officers_page("change", out_of_reach[why].pk)).status_code in (302, 403)


def test_an_administrator_disables_an_officer(office, author, hai_phong):
    theirs = Browser().sign_in(author)
    values = form(hai_phong)
    del values["is_active"]
    assert office.post(officers_page("change", author.pk), values).status_code == 302
    assert not theirs.is_inside
    theirs.give_password(author)
    assert not theirs.is_inside
    event = AccountEvent.objects.get(officer=author, details__is_active=False)
    assert event.by.username == "administrator"


def test_an_administrator_makes_an_author_an_approver(office, author, hai_phong):
    values = form(hai_phong, roles=[AUTHOR, APPROVER])
    office.post(officers_page("change", author.pk), values)
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


def test_no_address_sets_the_password_of_somebody_else(office, author):
    before = rights(author)
    path = officers_page("changelist") + f"{author.pk}/password/"
    assert office.post(
        path, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    ).status_code in (
        302,
        404,
    )
    assert rights(author) == before


@pytest.mark.parametrize(
    "query",
    ["password__startswith=a", "totpdevice__key__startswith=a", "password=a",
     "account_events__details__contains=a"],
)  # fmt: skip
def test_secrets_cannot_be_guessed_by_filters(query, office, author):
    response = office.get(f"{officers_page('changelist')}?{query}")
    assert response.status_code in (302, 400)
    if response.status_code == 302:
        assert response["Location"].endswith("?e=1")


def test_the_centre_gives_national_and_no_more(cast, author):
    centre = Browser().sign_in(cast(NATIONAL))
    page = officers_page("change", author.pk)
    assert centre.post(page, form(is_national="on") | {"is_superuser": "on"}).status_code == 302
    assert rights(author)[:4] == ({AUTHOR}, set(), True, False)
    refused = centre.post(page, form(is_national="on", roles=[NATIONAL]))
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
    response = root.post(officers_page("change", author.pk), values)
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
