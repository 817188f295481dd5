"""Who may do what: the table of roles against what the portal does."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied

from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.accounts.scope import may_manage, visible_to
from portal.publishing.models import Officer
from portal.publishing.roles import (
    ADMINISTRATOR,
    APPROVER,
    AUDITOR,
    AUTHOR,
    NATIONAL,
    ROLES,
    appointed_by,
    ensure_roles,
)
from tests import factories
from tests.accounts.conftest import ALL_ROLES

pytestmark = pytest.mark.django_db

#                       reads  writes approves needs a code reads trail  manages officers
TABLE = {
    AUTHOR:            (True,  True,  False,   False,       False,       False),
    APPROVER:          (True,  True,  True,    True,        False,       False),
    ADMINISTRATOR:     (True,  False, False,   True,        True,        True),
    NATIONAL:          (True,  True,  False,   True,        True,        True),
    AUDITOR:           (True,  False, False,   False,       True,        False),
    "superuser":       (True,  True,  True,    True,        True,        True),
}  # fmt: skip


@pytest.mark.parametrize("role", ALL_ROLES)
def test_each_role_may_do_what_its_row_says(role, cast, location, author):
    officer = cast(role)
    may = officer.has_perm

    def works(transition, **values):
        try:
            transition(by=officer, **values)
        except PermissionDenied:
            return False
        return True

    content = contents.snapshot(location) | {"name": "Chợ Đổ"}
    written = works(workflow.save_draft, entry=location, content=content)
    proposed = workflow.save_draft(entry=location, content=content, by=author)
    workflow.submit(revision=proposed, by=author)
    assert (
        may("locations.view_exposurelocation") and may("publishing.view_revision"),
        written,
        works(workflow.approve, revision=proposed),
        officer.needs_second_factor,
        may("publishing.view_accountevent"),
        may("publishing.change_officer"),
    ) == TABLE[role]


def test_nobody_but_superusers_has_any_other_permission(cast):
    """Nothing of sessions, groups, keys, attempts; nobody deletes anything."""
    for role in ROLES:
        for permission in cast(role).get_all_permissions():
            app, codename = permission.split(".")
            assert app in ("alerts", "locations", "publishing")
            assert not codename.startswith("delete_")


APPOINTS = {
    AUTHOR: set(),
    APPROVER: set(),
    AUDITOR: set(),
    ADMINISTRATOR: {AUTHOR, APPROVER, AUDITOR},
    NATIONAL: {AUTHOR, APPROVER, AUDITOR, ADMINISTRATOR},
    "superuser": set(ROLES),
}


@pytest.mark.parametrize("role", ALL_ROLES)
def test_who_appoints_whom(role, cast):
    assert appointed_by(cast(role)) == APPOINTS[role]


# Who manages whom: rows act, columns are acted upon. All but the last two are of Hải Phòng.
MANAGES = {
    AUTHOR: set(),
    APPROVER: set(),
    AUDITOR: set(),
    ADMINISTRATOR: {AUTHOR, APPROVER, AUDITOR, "none"},
    NATIONAL: {AUTHOR, APPROVER, AUDITOR, ADMINISTRATOR, "none", "elsewhere", "both", "national"},
    "superuser": {*ROLES, "none", "elsewhere", "both", "national", "nowhere", "superuser"},
}
MANAGES[NATIONAL].add("nowhere")


@pytest.mark.parametrize("role", ALL_ROLES)
def test_who_manages_whom(role, cast, hai_phong, binh_duong):
    actor = cast(role)
    others = {
        **{own: factories.officer(f"a-{own}", own, hai_phong) for own in ROLES if own != NATIONAL},
        NATIONAL: factories.officer("a-national", NATIONAL, national=True),
        "none": Officer.objects.create_user("a-none", is_staff=True),
        "elsewhere": factories.officer("a-elsewhere", AUTHOR, binh_duong),
        "both": factories.officer("a-both", AUTHOR, hai_phong, binh_duong),
        "nowhere": factories.officer("a-nowhere", AUTHOR),
        "national": factories.officer("a-nation", AUTHOR, national=True),
        "superuser": Officer.objects.create_superuser("a-super"),
    }
    others["none"].provinces.add(hai_phong)
    assert {name for name, other in others.items() if may_manage(actor, other)} == MANAGES[role]
    for name in MANAGES[role]:
        assert visible_to(actor).filter(pk=others[name].pk).exists()
    if role != "superuser":
        assert not may_manage(actor, actor)


def test_an_officer_of_two_provinces_sees_those_of_either_or_both(cast, hai_phong, binh_duong):
    actor = cast(ADMINISTRATOR)
    actor.provinces.add(binh_duong)
    both = factories.officer("both", AUTHOR, hai_phong, binh_duong)
    assert set(visible_to(actor)) == {actor, both}


def test_the_migration_made_the_roles_and_names_them_as_the_code_does():
    from portal.publishing.migrations import __name__ as package

    migration = __import__(f"{package}.0002_make_roles", fromlist=["ROLES"])
    assert set(migration.ROLES) == set(ROLES)
    assert Group.objects.filter(name__in=ROLES).count() == len(ROLES)


def test_roles_have_exactly_their_permissions_after_each_migrate():
    group = Group.objects.get(name=AUTHOR)
    before = set(group.permissions.all())
    group.permissions.set(Permission.objects.filter(codename="delete_officer"))
    ensure_roles()
    assert set(group.permissions.all()) == before
