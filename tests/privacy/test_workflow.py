"""Findings are recorded when something is written and pass only with an approver's reason."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from alerts.models import Notice
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Revision
from portal.publishing.models.publishable import State
from portal.publishing.privacy.approval import PrivacyFindings
from tests import factories

PHONE = "0912 345 678"
TEXT = f"Ai đã gặp, gọi {PHONE}."


def written(hai_phong, author, *, children=None, public_note="", **values) -> Revision:
    entry = Notice(province=hai_phong, **{"title": "Thông báo khẩn", "action": TEXT} | values)
    content = contents.content_of(entry, children=children)
    return workflow.save_draft(entry=entry, content=content, by=author, public_note=public_note)


def submitted(hai_phong, author, **values) -> Revision:
    revision = written(hai_phong, author, **values)
    return workflow.submit(revision=revision, by=author)


def test_an_author_saves_and_submits_with_findings_and_they_are_recorded(hai_phong, author):
    revision = submitted(hai_phong, author)
    revision.refresh_from_db()
    [found] = revision.privacy_findings
    assert found == {
        "field": "action", "rule": "phone", "words": PHONE, "start": TEXT.index(PHONE),
    }  # fmt: skip
    assert revision.state == Revision.State.SUBMITTED


def test_an_approver_without_a_reason_is_refused_and_told_the_words(hai_phong, author, approver):
    revision = submitted(hai_phong, author)
    with pytest.raises(PrivacyFindings, match=PHONE) as refused:
        workflow.approve(revision=revision, by=approver, privacy_reason="  ")
    assert isinstance(refused.value, ValidationError)
    assert not Notice.objects.public().exists()
    revision.refresh_from_db()
    assert revision.state == Revision.State.SUBMITTED


def test_with_a_reason_it_becomes_public_and_the_trail_keeps_both(hai_phong, author, approver):
    revision = submitted(hai_phong, author)
    workflow.approve(revision=revision, by=approver, privacy_reason=" số máy của trạm y tế ")
    revision.refresh_from_db()
    assert Notice.objects.public().exists()
    assert revision.privacy_reason == "số máy của trạm y tế"
    assert [found["words"] for found in revision.privacy_findings] == [PHONE]


def test_a_reason_without_findings_is_not_kept(hai_phong, author, approver):
    revision = submitted(hai_phong, author, action="Gọi cơ quan y tế.")
    workflow.approve(revision=revision, by=approver, privacy_reason="phòng xa")
    revision.refresh_from_db()
    assert (revision.privacy_findings, revision.privacy_reason) == ([], "")


def test_the_database_refuses_findings_that_are_public_without_a_reason(
    hai_phong, author, approver
):
    revision = submitted(hai_phong, author)
    workflow.approve(revision=revision, by=approver, privacy_reason="số máy của trạm y tế")
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(privacy_reason="")


def test_a_published_entry_is_checked_again_when_it_is_corrected(hai_phong, author, approver):
    entry = factories.notice(hai_phong)
    content = contents.snapshot(entry) | {"body": "Bệnh nhân Nguyễn Văn Tám đã đến đây."}
    revision = workflow.save_draft(entry=entry, content=content, by=author)
    workflow.submit(revision=revision, by=author)
    with pytest.raises(PrivacyFindings, match="Nguyễn Văn Tám"):
        workflow.approve(revision=revision, by=approver)


def test_the_note_for_residents_is_checked_too(hai_phong, author, approver):
    revision = submitted(hai_phong, author, action="Gọi.", public_note="Theo lời BN2456.")
    with pytest.raises(PrivacyFindings, match="BN2456"):
        workflow.approve(revision=revision, by=approver)


def test_a_withdrawal_is_held_up_by_its_note_only(hai_phong, author, approver):
    revision = submitted(hai_phong, author)
    workflow.approve(revision=revision, by=approver, privacy_reason="đã hỏi")
    entry = Notice.objects.get()
    for note in ("BN2456 không đến đây", "Nhầm địa điểm"):
        withdrawal = workflow.request_withdrawal(entry=entry, by=author, reason=note)
        if "BN" in note:
            with pytest.raises(PrivacyFindings):
                workflow.approve(revision=withdrawal, by=approver)
            workflow.send_back(revision=withdrawal, by=approver, note="bỏ mã bệnh nhân")
    workflow.approve(revision=withdrawal, by=approver)
    entry.refresh_from_db()
    assert entry.state == State.WITHDRAWN


def test_hotlines_of_the_province_and_of_the_notice_may_be_named(hai_phong, author, approver):
    text = "Gọi 0225 123 4567 hoặc +84 912 345 678."
    revision = written(hai_phong, author, action=text)
    assert len(revision.privacy_findings) == 2

    hotline = Notice.hotlines.rel.related_model(label="Trạm y tế", number=PHONE)
    revision = written(hai_phong, author, action=text, children={"hotlines": [hotline]})
    assert [found["words"] for found in revision.privacy_findings] == ["0225 123 4567"]

    hai_phong.hotlines.create(label="CDC", number="02251234567")
    revision = submitted(hai_phong, author, action=text, children={"hotlines": [hotline]})
    assert revision.privacy_findings == []
    workflow.approve(revision=revision, by=approver)


def test_a_hotline_that_is_no_longer_listed_is_found_at_approval(hai_phong, author, approver):
    hotline = hai_phong.hotlines.create(label="Trạm y tế", number=PHONE)
    revision = submitted(hai_phong, author)
    assert revision.privacy_findings == []
    hotline.delete()
    with pytest.raises(PrivacyFindings, match=PHONE):
        workflow.approve(revision=revision, by=approver)


def test_every_free_text_of_a_child_is_checked(hai_phong, author):
    hotline = Notice.hotlines.rel.related_model(label="chị Hạnh", number=PHONE)
    revision = written(hai_phong, author, action="Gọi.", children={"hotlines": [hotline]})
    assert [found["field"] for found in revision.privacy_findings] == ["hotlines.1.label"]


def test_the_form_warns_after_saving_and_the_draft_is_kept(hai_phong, author, client):
    client.force_login(author)
    response = client.post(
        reverse("admin:alerts_notice_add"),
        {
            "province": hai_phong.pk,
            "severity": "urgent",
            "title": "Thông báo",
            "action": TEXT,
            "hotlines-TOTAL_FORMS": "0",
            "hotlines-INITIAL_FORMS": "0",
            "_save": "1",
        },
        follow=True,
    )
    assert Revision.objects.filter(title="Thông báo", state="draft").exists()
    page = response.content.decode()
    assert f"<mark>{PHONE}</mark>" in page
    assert "privacy-warnings" in page


def test_the_review_names_the_findings_and_takes_the_reason(hai_phong, author, approver, client):
    revision = submitted(hai_phong, author)
    client.force_login(approver)
    review = reverse("admin:publishing_revision_review", args=[revision.pk])
    assert f"<mark>{PHONE}</mark>" in client.get(review).content.decode()
    refused = client.post(review, {"_approve": "1", "understood": "on"})
    assert refused.status_code == 422
    assert 'name="privacy_reason"' in refused.content.decode()

    approval = {"_approve": "1", "understood": "on", "privacy_reason": "số máy của trạm"}
    client.post(review, approval)
    revision.refresh_from_db()
    assert revision.state == Revision.State.APPROVED
    assert "số máy của trạm" in client.get(review).content.decode()


def test_the_story_has_nothing_that_points_to_a_person(story):
    assert Revision.objects.approved().exists()
    assert not Revision.objects.exclude(privacy_findings=[]).exists()
