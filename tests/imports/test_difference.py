"""What a file would change, and what approving it changes: all or nothing, by two people."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from locations.imports.preview import hand_over
from locations.imports.problems import Refused
from locations.models import ExposureLocation
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.batches import approve_batch, send_back_batch
from portal.publishing.models import Batch, Revision
from portal.publishing.models.publishable import State
from portal.publishing.roles import APPROVER
from tests import factories
from tests.imports.conftest import MARKET, SCHOOL, csv_file

STATION = ("A3", "Bến xe Cầu Rào", "bến xe", "", "Ngô Quyền", "20/03/2021", "")
CHANGED = (*MARKET[:6], "22/03/2021 22:00")


def listed() -> set[str]:
    return {location.name for location in ExposureLocation.objects.listed()}


def test_new_changed_unchanged_and_no_longer_in_the_file(imported, look):
    imported(csv_file(MARKET, SCHOOL, STATION))
    shown = look(csv_file(CHANGED, SCHOOL, ("A4", "Chợ Ga", *MARKET[2:])))
    assert shown.counts == {"new": 1, "changed": 1, "unchanged": 1, "removed": 0}
    assert [entry.external_id for entry in shown.missing] == ["A3"]
    assert [str(field) for field in shown.changed[0].fields] == ["exposure windows"]
    assert shown.changed[0].row == 2


def test_a_preview_saves_nothing(look):
    look(csv_file(MARKET, SCHOOL), replace=True)
    assert not ExposureLocation.objects.exists()
    assert not Batch.objects.exists()


def test_residents_see_nothing_until_a_colleague_approves(look, author, approver):
    batch = hand_over(look(csv_file(MARKET, SCHOOL)), by=author)
    assert not ExposureLocation.objects.public().exists()
    assert {revision.state for revision in batch.revisions.all()} == {Revision.State.SUBMITTED}
    assert (batch.new, batch.author, len(batch.file_sha256)) == (2, author, 64)

    assert approve_batch(batch=batch, by=approver, note="đã gọi") == 2
    assert listed() == {"Chợ Đổ", "Trường Kim Đồng"}
    for revision in batch.revisions.all():
        entry = revision.entry
        assert (revision.number, revision.decided_by, revision.decision_note) == (
            1, approver, "đã gọi"
        )  # fmt: skip
        assert contents.snapshot(entry) == revision.content
        assert entry.listed_until and entry.search_text and entry.code


def test_a_change_keeps_what_the_file_has_no_column_for(imported, author, approver):
    imported(csv_file(MARKET))
    entry = ExposureLocation.objects.get()
    content = contents.snapshot(entry) | {"name_en": "Do Market", "action": "Gọi CDC"}
    content["windows"][0]["note"] = "Cổng sau"
    revision = workflow.save_draft(entry=entry, content=content, by=author)
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)

    imported(csv_file(("A1", "Chợ Đổ mới", *MARKET[2:])))
    entry = ExposureLocation.objects.get()
    assert (entry.name, entry.name_en, entry.action) == ("Chợ Đổ mới", "Do Market", "Gọi CDC")
    assert entry.windows.get().note == "Cổng sau"
    assert entry.revision_number == 3


def test_replace_withdraws_what_came_from_a_list_and_is_not_in_the_file(
    imported, look, author, approver, location
):
    imported(csv_file(MARKET, SCHOOL, ("", *STATION[1:])))
    batch = hand_over(look(csv_file(MARKET), replace=True), by=author)
    assert (batch.removed, batch.unchanged) == (2, 1)
    assert listed() == {"Chợ Đổ", "Trường Kim Đồng", "Bến xe Cầu Rào", location.name}
    approve_batch(batch=batch, by=approver, note="ok")
    assert listed() == {"Chợ Đổ", location.name}  # what was typed by hand stays
    school = ExposureLocation.objects.get(external_id="A2")
    assert school.state == State.WITHDRAWN and school.public_note


def test_what_was_withdrawn_and_comes_back_is_current_again(imported):
    imported(csv_file(MARKET, SCHOOL))
    imported(csv_file(SCHOOL), replace=True)
    assert listed() == {"Trường Kim Đồng"}
    imported(csv_file(MARKET, SCHOOL))
    assert listed() == {"Chợ Đổ", "Trường Kim Đồng"}


def test_a_file_that_changes_nothing_makes_no_batch(imported, look, author):
    imported(csv_file(MARKET))
    with pytest.raises(Refused, match="changes nothing"):
        hand_over(look(csv_file(MARKET)), by=author)


def test_updated_does_not_move_for_what_the_file_left_alone(imported, story_time):
    imported(csv_file(MARKET, SCHOOL))
    before = ExposureLocation.objects.get(external_id="A2").updated_at
    story_time.shift(timedelta(hours=1))
    imported(csv_file(CHANGED, SCHOOL))
    assert ExposureLocation.objects.get(external_id="A2").updated_at == before
    assert ExposureLocation.objects.get(external_id="A1").updated_at > before


def test_whoever_handed_it_over_cannot_approve_even_as_a_superuser(look, approver):
    approver.is_superuser = True
    approver.save()
    batch = hand_over(look(csv_file(MARKET), by=approver), by=approver)
    with pytest.raises(PermissionDenied):
        approve_batch(batch=batch, by=approver, note="ok")
    assert not ExposureLocation.objects.public().exists()


def test_only_an_approver_of_the_province_decides(look, author, colleague, stranger):
    batch = hand_over(look(csv_file(MARKET)), by=author)
    for officer in (colleague, stranger):
        with pytest.raises(PermissionDenied):
            approve_batch(batch=batch, by=officer, note="ok")
        with pytest.raises(PermissionDenied):
            send_back_batch(batch=batch, by=officer, note="no")


def test_an_officer_of_another_province_cannot_even_look(look, stranger):
    with pytest.raises(PermissionDenied):
        look(csv_file(MARKET), by=stranger)


def test_a_file_of_another_province_cannot_be_handed_over(look, author, stranger):
    shown = look(csv_file(MARKET))
    with pytest.raises(PermissionDenied):
        hand_over(shown, by=stranger)


def test_sending_back_needs_a_reason_and_leaves_everything_as_it_was(look, author, approver):
    batch = hand_over(look(csv_file(MARKET, SCHOOL)), by=author)
    with pytest.raises(ValidationError):
        send_back_batch(batch=batch, by=approver, note=" ")
    assert send_back_batch(batch=batch, by=approver, note="Sai giờ") == 2
    assert {r.decision_note for r in batch.revisions.all()} == {"Sai giờ"}
    assert {entry.state for entry in ExposureLocation.objects.all()} == {State.DRAFT}
    with pytest.raises(workflow.WrongState):
        approve_batch(batch=batch, by=approver, note="ok")


def test_an_entry_that_was_saved_since_the_preview_stops_the_whole_batch(
    imported, look, author, colleague
):
    imported(csv_file(MARKET, SCHOOL))
    shown = look(csv_file(CHANGED, ("A2", "Trường mới", *SCHOOL[2:]), STATION))
    entry = ExposureLocation.objects.get(external_id="A2")
    draft = contents.snapshot(entry) | {"name": "Trường của đồng nghiệp"}
    workflow.save_draft(entry=entry, content=draft, by=colleague)
    with pytest.raises(ValidationError, match="colleague"):
        hand_over(shown, by=author)
    assert Batch.objects.count() == 1
    assert Revision.objects.open().count() == 1


def test_a_colleagues_draft_is_named_before_it_is_replaced_and_stays_readable(
    imported, look, author, colleague
):
    imported(csv_file(MARKET))
    entry = ExposureLocation.objects.get()
    draft = workflow.save_draft(
        entry=entry, content=contents.snapshot(entry) | {"name": "X"}, by=colleague
    )
    shown = look(csv_file(CHANGED))
    assert "colleague" in str(shown.warnings[0])
    hand_over(shown, by=author)
    draft.refresh_from_db()
    assert (draft.state, draft.content["name"]) == (Revision.State.SUPERSEDED, "X")


def test_an_approval_that_meets_one_impossible_entry_changes_nothing(
    imported, look, author, approver
):
    imported(csv_file(MARKET, SCHOOL))
    batch = hand_over(
        look(csv_file(CHANGED, ("A2", "Trường mới", *SCHOOL[2:]), STATION)), by=author
    )
    ExposureLocation.objects.filter(external_id="A2").update(revision_number=7)
    with pytest.raises(ValidationError, match="Trường mới"):
        approve_batch(batch=batch, by=approver, note="ok")
    assert listed() == {"Chợ Đổ", "Trường Kim Đồng"}
    assert batch.revisions.filter(state=Revision.State.SUBMITTED).count() == 3


def test_what_was_decided_singly_keeps_that_decision(look, author, approver):
    batch = hand_over(look(csv_file(MARKET, SCHOOL)), by=author)
    single = batch.revisions.get(title="Chợ Đổ")
    workflow.send_back(revision=single, by=approver, note="Nhầm chợ")
    assert approve_batch(batch=batch, by=approver, note="ok") == 1
    assert listed() == {"Trường Kim Đồng"}


def test_the_same_id_in_another_province_is_another_place(imported, look, binh_duong):
    officer = factories.national(APPROVER)
    imported(csv_file(MARKET))
    other = ("A1", "Chợ Lái Thiêu", "chợ", "Lái Thiêu", "Thuận An", *MARKET[5:])
    shown = look(csv_file(other), province=binh_duong, by=officer)
    assert not shown.errors
    assert shown.counts["new"] == 1


def test_many_queries_are_not_needed_for_many_rows(
    look, author, approver, django_assert_max_num_queries
):
    rows = [(f"B{n}", f"Quán {n}", *MARKET[2:]) for n in range(300)]
    with django_assert_max_num_queries(50):
        shown = look(csv_file(*rows))
    with django_assert_max_num_queries(110):
        batch = hand_over(shown, by=author)
    with django_assert_max_num_queries(110):
        approve_batch(batch=batch, by=approver, note="ok")


def test_words_that_point_to_a_person_need_a_reason_to_pass(look, author, approver):
    headings = ("Mã", "Tên địa điểm", "Từ", "Ghi chú")
    named = ("A1", "Chợ Đổ", "22/03/2021", "Bệnh nhân gọi số 0912 345 678")
    shown = look(csv_file(named, headings=headings))
    assert {(warning.row, warning.column) for warning in shown.warnings} == {(2, "Ghi chú")}
    batch = hand_over(shown, by=author)
    with pytest.raises(ValidationError, match="0912 345 678"):
        approve_batch(batch=batch, by=approver, note="ok")
    approve_batch(batch=batch, by=approver, note="ok", privacy_reason="Số của ban quản lý chợ")
    assert batch.revisions.get().privacy_reason == "Số của ban quản lý chợ"
