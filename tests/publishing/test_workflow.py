"""Who may do what to an entry, in which state; and what residents then see."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from locations.models import ExposureLocation
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Revision
from portal.publishing.models.publishable import State
from portal.publishing.roles import APPROVER
from tests import factories


def drafted(hai_phong, author, **values) -> Revision:
    entry, children = factories.location_draft(hai_phong, **values)
    content = contents.content_of(entry, children=children)
    return workflow.save_draft(entry=entry, content=content, by=author)


def changed(location, author, **values) -> Revision:
    content = contents.snapshot(location) | values
    return workflow.save_draft(entry=location, content=content, by=author)


def stored(revision) -> ExposureLocation:
    return ExposureLocation.objects.get(pk=revision.entry_id)


def test_a_draft_becomes_public_only_by_submission_and_approval(hai_phong, author, approver):
    revision = drafted(hai_phong, author)
    assert stored(revision).state == State.DRAFT
    assert not ExposureLocation.objects.public().exists()

    workflow.submit(revision=revision, by=author)
    assert stored(revision).state == State.SUBMITTED
    assert not ExposureLocation.objects.public().exists()

    workflow.approve(revision=revision, by=approver, note="đã gọi cơ sở")
    entry = stored(revision)
    revision.refresh_from_db()
    assert list(ExposureLocation.objects.listed()) == [entry]
    assert (entry.state, entry.revision_number, revision.number) == (State.PUBLISHED, 1, 1)
    assert (revision.author, revision.decided_by) == (author, approver)
    assert revision.decision_note == "đã gọi cơ sở"


def test_the_author_cannot_approve_even_as_a_superuser(hai_phong, approver):
    approver.is_superuser = True
    approver.save()
    revision = drafted(hai_phong, approver)
    workflow.submit(revision=revision, by=approver)
    with pytest.raises(PermissionDenied):
        workflow.approve(revision=revision, by=approver)
    assert not ExposureLocation.objects.public().exists()


def test_the_database_refuses_an_approval_by_the_author(hai_phong, author):
    revision = drafted(hai_phong, author)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(
            state="approved", number=1, decided_by=author, decided_at=clock.now()
        )


def test_an_author_without_the_role_of_approver_cannot_approve(hai_phong, author, colleague):
    revision = drafted(hai_phong, author)
    workflow.submit(revision=revision, by=author)
    with pytest.raises(PermissionDenied):
        workflow.approve(revision=revision, by=colleague)


@pytest.mark.parametrize("transition", ["save", "submit", "approve", "send_back", "withdraw"])
def test_an_officer_of_another_province_can_do_nothing(
    transition, hai_phong, author, stranger, location
):
    draft = drafted(hai_phong, author)
    waiting = drafted(hai_phong, author, name="Chợ An Dương")
    workflow.submit(revision=waiting, by=author)
    attempts = {
        "save": lambda: changed(location, stranger, name="X"),
        "submit": lambda: workflow.submit(revision=draft, by=stranger),
        "approve": lambda: workflow.approve(revision=waiting, by=stranger),
        "send_back": lambda: workflow.send_back(revision=waiting, by=stranger, note="?"),
        "withdraw": lambda: workflow.request_withdrawal(entry=location, by=stranger, reason="?"),
    }
    with pytest.raises(PermissionDenied):
        attempts[transition]()


def test_an_officer_who_left_can_do_nothing(hai_phong, author):
    author.is_active = False
    author.save()
    with pytest.raises(PermissionDenied):
        drafted(hai_phong, author)


def test_editing_a_published_entry_changes_nothing_in_public_until_approved(
    location, author, approver
):
    revision = changed(location, author, name="Chợ Đổ")
    workflow.submit(revision=revision, by=author)
    assert stored(revision).name == "Chợ Sắt"
    assert stored(revision).state == State.PUBLISHED

    workflow.approve(revision=revision, by=approver)
    entry = stored(revision)
    assert (entry.name, entry.revision_number) == ("Chợ Đổ", 2)
    assert contents.snapshot(entry) == revision.content
    assert entry.updated_at > entry.published_at


def test_updated_does_not_move_when_nothing_changed(location, author, approver):
    revision = changed(location, author)
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)
    assert stored(revision).updated_at == location.updated_at


def test_a_second_editor_is_told_and_nothing_is_lost(location, author, colleague):
    token = workflow.version_token(location)
    first = changed(location, author, name="Chợ Đổ")
    with pytest.raises(workflow.EditConflict) as conflict:
        workflow.save_draft(
            entry=location,
            content=contents.snapshot(location) | {"name": "Chợ Ga"},
            by=colleague,
            expected=token,
        )
    assert conflict.value.latest == first
    first.refresh_from_db()
    assert first.state == Revision.State.DRAFT


def test_a_later_draft_replaces_the_open_one_and_both_stay_readable(location, author, colleague):
    first = changed(location, author, name="Chợ Đổ")
    second = changed(location, colleague, name="Chợ Ga")
    first.refresh_from_db()
    assert first.state == Revision.State.SUPERSEDED
    assert first.content["name"] == "Chợ Đổ"
    assert list(Revision.objects.of(location).open()) == [second]


def test_a_revision_written_before_another_was_approved_is_refused(location, author, approver):
    revision = changed(location, author, name="Chợ Đổ")
    workflow.submit(revision=revision, by=author)
    ExposureLocation.objects.filter(pk=location.pk).update(revision_number=2)
    with pytest.raises(workflow.WrongState):
        workflow.approve(revision=revision, by=approver)


def test_sending_back_needs_a_reason_and_keeps_what_was_written(hai_phong, author, approver):
    revision = drafted(hai_phong, author)
    workflow.submit(revision=revision, by=author)
    with pytest.raises(ValidationError):
        workflow.send_back(revision=revision, by=approver, note="  ")
    workflow.send_back(revision=revision, by=approver, note="Sai giờ")
    revision.refresh_from_db()
    assert (revision.state, revision.decision_note) == (Revision.State.REJECTED, "Sai giờ")
    assert stored(revision).state == State.DRAFT


def test_withdrawing_takes_two_people_and_keeps_the_address(location, author, approver):
    with pytest.raises(ValidationError):
        workflow.request_withdrawal(entry=location, by=author, reason="")
    revision = workflow.request_withdrawal(entry=location, by=author, reason="Nhầm địa điểm")
    assert ExposureLocation.objects.listed().count() == 1

    workflow.approve(revision=revision, by=approver)
    entry = stored(revision)
    assert (entry.state, entry.public_note) == (State.WITHDRAWN, "Nhầm địa điểm")
    assert list(ExposureLocation.objects.public()) == [entry]
    assert not ExposureLocation.objects.listed().exists()


def test_a_withdrawn_entry_can_be_published_again(location, author, approver):
    workflow.approve(
        revision=workflow.request_withdrawal(entry=location, by=author, reason="Nhầm"), by=approver
    )
    revision = changed(location, author)
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)
    entry = stored(revision)
    assert (entry.state, entry.revision_number, entry.public_note) == (State.PUBLISHED, 3, "")


@pytest.mark.parametrize("state", ["draft", "approved", "rejected", "superseded"])
def test_only_what_was_submitted_can_be_decided(state, hai_phong, author, approver):
    revision = drafted(hai_phong, author)
    if state != "draft":
        workflow.submit(revision=revision, by=author)
    if state == "approved":
        workflow.approve(revision=revision, by=approver)
    if state == "rejected":
        workflow.send_back(revision=revision, by=approver, note="?")
    if state == "superseded":
        changed(stored(revision), author, name="Chợ Đổ")
    for decide in (
        lambda: workflow.approve(revision=revision, by=approver),
        lambda: workflow.send_back(revision=revision, by=approver, note="?"),
    ):
        with pytest.raises(workflow.WrongState):
            decide()


def test_national_entries_are_for_national_officers(author, approver):
    from alerts.models import Guidance

    entry = Guidance(by="Bộ Y tế", points="5K")
    content = contents.content_of(entry)
    with pytest.raises(PermissionDenied):
        workflow.save_draft(entry=entry, content=content, by=author)
    revision = workflow.save_draft(entry=entry, content=content, by=factories.national(APPROVER))
    assert revision.province is None


def test_an_impossible_content_is_refused_by_field_and_leaves_nothing(hai_phong, author):
    entry, children = factories.location_draft(hai_phong, name="", latitude=10.0)
    children["windows"][0].ends_on -= timedelta(days=1)
    with pytest.raises(ValidationError) as refused:
        workflow.save_draft(
            entry=entry, content=contents.content_of(entry, children=children), by=author
        )
    assert set(refused.value.message_dict) == {"name", "__all__", "windows"}
    assert not ExposureLocation.objects.exists()
    assert not Revision.objects.filter(author=author).exists()


def test_unknown_content_is_refused(location, author):
    with pytest.raises(ValidationError, match="colour"):
        changed(location, author, colour="red")


def test_a_longer_listing_rule_holds_for_what_is_already_published(
    hai_phong, location, author, approver
):
    before = location.listed_until
    content = contents.snapshot(hai_phong) | {"listing_days": 21}
    revision = workflow.save_draft(entry=hai_phong, content=content, by=author)
    workflow.submit(revision=revision, by=author)
    location.refresh_from_db()
    assert location.listed_until == before
    workflow.approve(revision=revision, by=approver)
    location.refresh_from_db()
    assert location.listed_until == before + timedelta(days=7)


def test_what_is_public_cannot_be_put_under_embargo(location, author, approver):
    later = (clock.now() + timedelta(days=1)).isoformat()
    revision = changed(location, author, publish_from=later)
    workflow.submit(revision=revision, by=author)
    with pytest.raises(ValidationError):
        workflow.approve(revision=revision, by=approver)


def test_added_is_the_moment_at_which_an_embargo_ends(hai_phong, author, approver):
    opens = clock.now() + timedelta(hours=2)
    revision = drafted(hai_phong, author, publish_from=opens)
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)
    entry = stored(revision)
    assert entry.published_at == opens
    assert not ExposureLocation.objects.public().exists()
    assert ExposureLocation.objects.listed(opens).exists()
