"""Every forged way around the limits of who manages whom."""

import pytest
from django.contrib.auth.models import Group

from portal.publishing.accounts import second_factor
from portal.publishing.models import Officer
from portal.publishing.roles import ADMINISTRATOR, APPROVER, AUTHOR, NATIONAL
from tests import factories
from tests.accounts.conftest import NEW_PASSWORD, form, kinds, officers_page, opened, rights

pytestmark = pytest.mark.django_db

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
    response = office.post(page, FORGED[forgery](hai_phong, binh_duong) | opened(author))
    assert response.status_code == 200
    assert rights(author) == before


@pytest.mark.parametrize("page", ["add", "change"])
def test_fields_beyond_the_form_change_nothing(page, office, author, hai_phong):
    args = [author.pk] if page == "change" else []
    values = form(hai_phong) | opened(author) | EXTRA
    # To what calls itself a popup, a page of a script is the answer.
    assert office.post(officers_page(page, *args), values).status_code in (200, 302)
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
        values = form(hai_phong, roles=[APPROVER]) | opened(officer)
        assert office.post(path, values).status_code in (302, 403)
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
