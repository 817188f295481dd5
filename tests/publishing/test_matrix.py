"""Every state × role × path: who may do what to an entry, by function and in the admin."""

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import RequestFactory
from django.urls import reverse

from locations.models import ExposureLocation
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Officer, Revision
from portal.publishing.models.publishable import publishable_models
from portal.publishing.roles import APPROVER
from tests import factories

ACTIONS = ("save", "submit", "approve", "send_back", "withdraw")
# w: whoever may write for the province; a: whoever may approve for it, but not the author.
TABLE = """
state       save submit approve send_back withdraw
new         w    .      .       .         .
draft       w    w      .       .         .
waiting     w    .      a       a         .
sent_back   w    .      .       .         .
published   w    .      .       .         w
correction  w    .      a       a         w
withdrawal  w    .      a       a         w
withdrawn   w    .      .       .         .
"""
WHO = {
    "w": {"author", "colleague", "approver", "superuser"},
    "a": {"approver", "superuser"},
    ".": set(),
}
ROLES = ("author", "colleague", "approver", "superuser", "stranger", "no_role", "left", "nobody")
STATES = [line.split()[0] for line in TABLE.strip().splitlines()[1:]]


def expected(state: str, action: str) -> set[str]:
    for line in TABLE.strip().splitlines()[1:]:
        name, *cells = line.split()
        if name == state:
            return WHO[cells[ACTIONS.index(action)]]
    raise KeyError(state)


@pytest.fixture
def officers(author, colleague, approver, stranger, hai_phong):
    left = factories.officer("left", APPROVER, hai_phong)
    left.is_active = False
    left.save()
    no_role = Officer.objects.create_user("no-role", is_staff=True)
    no_role.provinces.add(hai_phong)
    return {
        "author": author,
        "colleague": colleague,
        "approver": approver,
        "stranger": stranger,
        "superuser": Officer.objects.create_superuser("superuser"),
        "left": left,
        "no_role": no_role,
        "nobody": None,
    }


def reach(state: str, province, by: Officer, **values) -> ExposureLocation:
    """An entry in that state, of which `by` wrote the last revision."""
    other = factories.national(APPROVER)
    entry, children = factories.location_draft(province, **values)
    if state == "new":
        return entry
    content = contents.content_of(entry, children=children)

    def save():
        return workflow.save_draft(entry=entry, content=content, by=by)

    def submitted():
        return workflow.submit(revision=save(), by=by)

    def withdrawal():
        return workflow.request_withdrawal(entry=entry, by=by, reason="Nhầm")

    if state == "draft":
        save()
    elif state == "waiting":
        submitted()
    elif state == "sent_back":
        workflow.send_back(revision=submitted(), by=other, note="Sai giờ")
    else:
        workflow.approve(revision=submitted(), by=other)
        entry = ExposureLocation.objects.get(code=entry.code)
        if state == "correction":
            content = contents.snapshot(entry) | {"name": "Chợ Đổ"}
            submitted()
        elif state == "withdrawal":
            withdrawal()
        elif state == "withdrawn":
            workflow.approve(revision=withdrawal(), by=other)
    return ExposureLocation.objects.get(code=entry.code)


def by_function(action: str, entry: ExposureLocation, by: Officer) -> None:
    latest = Revision.objects.of(entry).first() if entry.pk else None
    if action == "save":
        content = contents.snapshot(entry) if entry.pk else contents.content_of(entry)
        workflow.save_draft(entry=entry, content=content, by=by)
    elif action == "submit":
        workflow.submit(revision=latest, by=by)
    elif action == "approve":
        workflow.approve(revision=latest, by=by)
    elif action == "send_back":
        workflow.send_back(revision=latest, by=by, note="Sai giờ")
    else:
        workflow.request_withdrawal(entry=entry, by=by, reason="Nhầm")


def by_admin(action: str, entry: ExposureLocation, client) -> None:
    """The request that the button sends, whether the page shows that button or not."""
    latest = Revision.objects.of(entry).first() if entry.pk else None
    if action in ("save", "submit"):
        page, args = ("change", [entry.pk]) if entry.pk else ("add", [])
        data = {
            "province": entry.province_id, "name": "Chợ Mới", "kind": "market", "reason": "Sửa",
            "windows-TOTAL_FORMS": "0", "windows-INITIAL_FORMS": "0",
            "version": workflow.version_token(entry) if entry.pk else "",
            "_save" if action == "save" else "_submit": "1",
        }  # fmt: skip
        client.post(reverse(f"admin:locations_exposurelocation_{page}", args=args), data)
    elif action == "withdraw":
        address = reverse("admin:locations_exposurelocation_withdraw", args=[entry.pk])
        client.post(address, {"reason": "Nhầm", "version": workflow.version_token(entry)})
    elif latest is not None:
        address = reverse("admin:publishing_revision_review", args=[latest.pk])
        client.post(address, {f"_{action}": "1", "understood": "on", "note": "Sai giờ"})


def picture() -> tuple[list, list]:
    """What every transition leaves a trace in."""
    return (
        list(ExposureLocation.objects.order_by("pk").values_list("pk", "state", "revision_number")),
        list(Revision.objects.order_by("pk").values_list("pk", "state", "author", "decided_by")),
    )


@pytest.mark.parametrize("state", STATES)
def test_by_function(state, officers, hai_phong):
    entry = reach(state, hai_phong, officers["author"])
    for action in ("save",) if state == "new" else ACTIONS:
        able = set()
        for role in set(ROLES) - {"nobody"}:
            with transaction.atomic():
                try:
                    by_function(action, entry if entry.pk else reach("new", hai_phong, None),
                                officers[role])  # fmt: skip
                    able.add(role)
                except (PermissionDenied, ValidationError):
                    pass
                transaction.set_rollback(True)
        assert able == expected(state, action), (state, action)


@pytest.mark.parametrize("state", STATES)
def test_by_admin(state, client, officers, hai_phong):
    entry = reach(state, hai_phong, officers["author"])
    before = picture()
    able: dict[str, set[str]] = {action: set() for action in ACTIONS}
    for role in ROLES:
        client.logout()
        if officers[role]:
            client.force_login(officers[role])
        for action in ("save", "submit") if state == "new" else ACTIONS:
            with transaction.atomic():
                by_admin(action, entry, client)
                if picture() != before:
                    able[action].add(role)
                transaction.set_rollback(True)
    # One button saves and submits: whoever may save may press it.
    wanted = {action: expected(state, action) for action in ACTIONS}
    assert able == wanted | {"submit": wanted["save"]}


@pytest.mark.parametrize("state", ["waiting", "correction", "withdrawal"])
@pytest.mark.parametrize("role", ["approver", "superuser"])
@pytest.mark.parametrize("is_exercise", [False, True], ids=["real", "exercise"])
def test_nobody_approves_what_they_wrote_but_in_an_exercise(
    state, role, is_exercise, client, officers, hai_phong
):
    writer = officers[role]
    entry = reach(state, hai_phong, writer, is_exercise=is_exercise)
    before = picture()
    for path in ("function", "admin"):
        with transaction.atomic():
            try:
                if path == "function":
                    by_function("approve", entry, writer)
                else:
                    client.force_login(writer)
                    by_admin("approve", entry, client)
            except PermissionDenied:
                pass
            assert (picture() != before) == is_exercise, path
            transaction.set_rollback(True)


def test_no_list_of_the_admin_offers_an_action_on_many(officers):
    request = RequestFactory().get("/admin/")
    request.user = officers["superuser"]
    for model in (*publishable_models(), Revision):
        assert admin.site.get_model_admin(model).get_actions(request) == {}, model


def test_an_approval_without_the_sentence_is_refused(client, officers, hai_phong):
    entry = reach("waiting", hai_phong, officers["author"])
    client.force_login(officers["approver"])
    [revision] = Revision.objects.of(entry)
    address = reverse("admin:publishing_revision_review", args=[revision.pk])
    response = client.post(address, {"_approve": "1"})
    assert response.status_code == 422
    assert not ExposureLocation.objects.public().exists()
    client.post(address, {"_approve": "1", "understood": "on"})
    assert ExposureLocation.objects.public().exists()
