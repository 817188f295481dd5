"""The trail of accounts: complete, scoped, without secrets, and never changed."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.utils import timezone

from portal.publishing.models import AccountEvent, Officer
from portal.publishing.roles import APPROVER, AUDITOR, AUTHOR
from tests import factories
from tests.accounts.conftest import ATRAIL, Browser, code_of, kinds

pytestmark = pytest.mark.django_db


def last(officer: Officer) -> tuple[str, dict]:
    event = AccountEvent.objects.filter(officer=officer).first()
    return event.kind, event.details


def group(name: str) -> Group:
    return Group.objects.get(name=name)


# What is done to an officer, in whatever way, and what the trail then says.
CHANGES = {
    "a role": (
        lambda o, p: o.groups.add(group(APPROVER)),
        {"roles": {"added": [APPROVER]}},
    ),
    "a role, from the other side": (
        lambda o, p: group(APPROVER).user_set.add(o),
        {"roles": {"added": [APPROVER]}},
    ),
    "no role": (lambda o, p: o.groups.clear(), {"roles": {"removed": [AUTHOR]}}),
    "nobody in the role": (
        lambda o, p: group(AUTHOR).user_set.clear(),
        {"roles": {"removed": [AUTHOR]}},
    ),
    "a province": (lambda o, p: o.provinces.add(p), {"provinces": {"added": ["Bình Dương"]}}),
    "a province, from the other side": (
        lambda o, p: p.officers.add(o),
        {"provinces": {"added": ["Bình Dương"]}},
    ),
    "no province": (
        lambda o, p: o.provinces.clear(),
        {"provinces": {"removed": ["Hải Phòng"]}},
    ),
    "national": (lambda o, p: setattr(o, "is_national", True), {"is_national": True}),
    "superuser": (lambda o, p: setattr(o, "is_superuser", True), {"is_superuser": True}),
    "disabled": (lambda o, p: setattr(o, "is_active", False), {"is_active": False}),
    "no staff": (lambda o, p: setattr(o, "is_staff", False), {"is_staff": False}),
    "e-mail": (lambda o, p: setattr(o, "email", "an@x.vn"), {"email": "…"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_rights_is_recorded(change, author, binh_duong):
    do, details = CHANGES[change]
    do(author, binh_duong)
    author.save()
    assert last(author) == ("rights_changed", details)
    recorded = AccountEvent.objects.filter(officer=author).count()
    author.save()
    assert AccountEvent.objects.filter(officer=author).count() == recorded


def test_a_permission_of_ones_own_is_recorded(author):
    author.user_permissions.add(Permission.objects.get(codename="approve_revision"))
    kind, details = last(author)
    assert kind == "rights_changed"
    assert "approve" in details["permissions"]["added"][0]


def test_a_password_set_on_the_server_is_recorded_and_an_upgraded_hash_is_not(author, settings):
    author.set_password("a-new-long-passphrase")
    author.save()
    assert kinds(author) == ["password_changed"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher",
                                 *settings.PASSWORD_HASHERS]  # fmt: skip
    before = author.password
    assert author.check_password("a-new-long-passphrase")
    author.refresh_from_db()
    assert author.password != before
    assert kinds(author) == ["password_changed"]


def test_a_whole_day_in_order(approver):
    factories.phone(approver)
    browser = Browser()
    browser.give_password(approver, "wrong")
    browser.give_password(approver)
    browser.give_code(code_of(approver))
    browser.post("/admin/logout/")
    assert kinds(approver) == ["sign_in_failed", "password_accepted", "signed_in", "signed_out"]
    by = AccountEvent.objects.filter(officer=approver).order_by("pk").values_list("kind", "by")
    assert dict(by)["sign_in_failed"] is None
    assert dict(by)["signed_in"] == approver.pk


def test_failures_of_names_that_do_not_exist_leave_no_trail(db):
    before = AccountEvent.objects.count()
    Browser().give_password("my-password-typed-in-the-wrong-field", "x")
    assert AccountEvent.objects.count() == before


def test_it_holds_no_secret_and_no_address(approver):
    browser = Browser("198.51.100.9")
    browser.give_password(approver, "wrong-guess")
    browser.give_password(approver)
    secrets = ("198.51.100.9", "wrong-guess", factories.PASSWORD, factories.phone(approver).key)
    stored = str(list(AccountEvent.objects.values()))
    assert not any(secret in stored for secret in secrets)


def test_it_tells_the_real_time_whatever_the_demonstration_shows(author, settings, monkeypatch):
    settings.CLOCK_START = datetime(2021, 3, 26, tzinfo=UTC)
    Browser().give_password(author)
    event = AccountEvent.objects.filter(officer=author).first()
    assert abs((timezone.now() - event.at).total_seconds()) < 60


def test_it_is_neither_changed_nor_deleted(author, cast):
    event = AccountEvent.objects.filter(officer=author).first()
    for tamper in (
        event.save,
        event.delete,
        AccountEvent.objects.all().delete,
        lambda: AccountEvent.objects.update(kind="signed_in"),
    ):
        with pytest.raises(TypeError):
            tamper()
    root = Browser().sign_in(cast("superuser"))
    assert root.get(f"{ATRAIL}add/").status_code == 403
    for page in ("change", "delete"):
        assert (
            root.post(f"{ATRAIL}{event.pk}/{page}/", {"kind": "x", "post": "yes"}).status_code
            == 403
        )
    root.post(ATRAIL, {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"})
    assert AccountEvent.objects.filter(pk=event.pk, kind=event.kind).exists()


def test_an_officer_with_a_trail_cannot_be_deleted(author):
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        author.delete()


def test_who_looks_after_a_province_reads_its_trail(cast, author, their_author):
    for role in ("Quản trị tỉnh", AUDITOR):
        page = Browser().sign_in(cast(role)).get(ATRAIL)
        listed = {event.officer for event in page.context["cl"].queryset}
        assert author in listed
        assert their_author not in listed
    history = (
        Browser()
        .sign_in(cast("superuser"))
        .get(f"/admin/publishing/officer/{their_author.pk}/history/", follow=True)
    )
    assert {event.officer for event in history.context["cl"].queryset} == {their_author}


def test_commands_act_as_nobody(db):
    call_command("make_demo_accounts", verbosity=0)
    assert not AccountEvent.objects.exclude(by=None).exists()


def test_the_last_way_in_is_a_command_and_recorded(approver):
    factories.phone(approver)
    call_command("reset_second_factor", "approver", verbosity=0)
    assert last(approver) == ("factor_removed", {})
    for username in ("approver", "nobody"):
        with pytest.raises(CommandError, match=username):
            call_command("reset_second_factor", username)
