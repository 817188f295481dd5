"""Exercises: one person may practise every step, and no resident meets one by accident."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from alerts.models import CaseAnnouncement, Figure, Guidance, Notice
from locations.models import ExposureLocation, Flight
from portal import clock
from portal.publishing import changes, workflow
from portal.publishing import content as contents
from portal.publishing.models import Revision
from portal.publishing.models.publishable import entry_models
from portal.publishing.verification import first_difference
from tests import factories


def walk(entry, by, **nested):
    """One person takes `entry` through every step."""
    content = contents.content_of(entry, **nested)
    revision = workflow.save_draft(entry=entry, content=content, by=by)
    workflow.submit(revision=revision, by=by)
    workflow.approve(revision=revision, by=by)
    return type(entry).objects.get(pk=revision.entry_id)


@pytest.fixture
def drill(hai_phong, approver):
    entry, children = factories.location_draft(hai_phong, name="Chợ Diễn Tập", is_exercise=True)
    return walk(entry, approver, children=children)


def test_one_person_walks_the_whole_path_and_the_trail_says_so(drill, approver):
    [revision] = Revision.objects.of(drill)
    assert revision.is_exercise
    assert revision.author == revision.decided_by == approver
    withdrawal = workflow.request_withdrawal(entry=drill, by=approver, reason="Hết diễn tập")
    workflow.approve(revision=withdrawal, by=approver)
    assert first_difference() is None


def test_the_role_is_needed_in_an_exercise_too(hai_phong, author):
    entry, children = factories.location_draft(hai_phong, is_exercise=True)
    with pytest.raises(PermissionDenied):
        walk(entry, author, children=children)


def test_no_public_query_knows_an_exercise(hai_phong, approver):
    made = {
        ExposureLocation: {"name": "Chợ", "kind": "market"},
        Flight: {"number": "VN1", "date": clock.today(), "origin": "SGN", "destination": "HPH"},
        Notice: {"title": "Diễn tập", "action": "Gọi"},
        CaseAnnouncement: {"cases": 1, "starts_on": clock.today(), "ends_on": clock.today()},
        Figure: {"what": "ca", "value": 1, "as_of": clock.now()},
        Guidance: {"by": "CDC", "points": "5K"},
    }
    assert set(made) == set(entry_models())
    for model, values in made.items():
        walk(model(province=hai_phong, is_exercise=True, **values), approver)
        assert not model.objects.public().exists()
        assert not model.objects.listed().exists()
        assert not model.objects.past().exists()


def test_pages_feeds_and_maps_of_the_site_name_no_exercise(client, drill, hai_phong, approver):
    notice = walk(
        Notice(province=hai_phong, title="Chợ Diễn Tập", action="Gọi", is_exercise=True), approver
    )
    correction = workflow.save_draft(
        entry=drill, content=contents.snapshot(drill) | {"name": "Chợ Diễn Tập 2"}, by=approver
    )
    workflow.submit(revision=correction, by=approver)
    workflow.approve(revision=correction, by=approver)
    assert changes.described(changes.concerning(hai_phong)) == []
    for address in (
        "/", "/hai-phong/", "/hai-phong/dia-diem/?status=all", "/hai-phong/thong-bao/?status=all",
        "/hai-phong/dinh-chinh/", "/tim-kiem/?q=dien+tap", "/sitemap-locations.xml",
        "/sitemap-notices.xml",
    ):  # fmt: skip
        response = client.get(address)
        page = response.content.decode().replace("?q=dien+tap", "").replace("dien tap", "")
        assert response.status_code == 200, address
        assert drill.code not in page, address
        assert notice.code not in page, address
        assert "Chợ Diễn Tập" not in page, address


def test_its_own_address_says_that_it_is_an_exercise(client, drill):
    page = client.get(drill.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    assert 'content="noindex' in text
    assert 'class="exercise"' in text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "Exercise." in client.get(f"/en{drill.get_absolute_url()}").content.decode()
    assert "entry-qr" not in text and 'class="genuine"' not in text
    assert client.get(f"/Q/{drill.code}").status_code == 404


def test_an_exercise_never_becomes_real(drill, location):
    for changed in (
        lambda: ExposureLocation.objects.filter(pk=drill.pk).update(is_exercise=False),
        lambda: ExposureLocation.objects.filter(pk=location.pk).update(is_exercise=True),
        lambda: Revision.objects.of(drill).update(is_exercise=False),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            changed()


def test_four_eyes_cannot_be_switched_off_for_a_real_entry(hai_phong, approver):
    entry, children = factories.location_draft(hai_phong)
    revision = workflow.save_draft(
        entry=entry, content=contents.content_of(entry, children=children), by=approver
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(is_exercise=True)


def test_a_real_entry_cannot_link_to_an_exercise(hai_phong, drill, location, approver):
    with pytest.raises(ValidationError) as refused:
        factories.notice(hai_phong, locations=[drill])
    assert "locations" in refused.value.message_dict
    walk(
        Notice(province=hai_phong, title="Diễn tập", action="Gọi", is_exercise=True),
        approver,
        links={"locations": [drill, location]},
    )


def test_an_exercise_flight_does_not_stand_in_the_way_of_the_real_one(hai_phong, approver):
    values = {"number": "VN1234", "date": clock.today(), "origin": "SGN", "destination": "HPH"}
    walk(Flight(province=hai_phong, is_exercise=True, **values), approver)
    assert factories.flight(hai_phong, number="VN1234").is_listed()


def test_the_admin_offers_it_when_an_entry_is_made_and_never_again(client, approver, hai_phong):
    client.force_login(approver)
    address = reverse("admin:alerts_notice_add")
    assert 'name="is_exercise"' in client.get(address).content.decode()
    client.post(
        address,
        {
            "province": hai_phong.pk, "severity": "urgent", "title": "Diễn tập", "action": "Gọi",
            "is_exercise": "on", "hotlines-TOTAL_FORMS": "0", "hotlines-INITIAL_FORMS": "0",
            "_submit": "1",
        },
    )  # fmt: skip
    entry = Notice.objects.get()
    assert entry.is_exercise
    change = client.get(reverse("admin:alerts_notice_change", args=[entry.pk])).content.decode()
    assert 'name="is_exercise"' not in change
    assert 'class="exercise"' in change
    review = reverse("admin:publishing_revision_review", args=[Revision.objects.get(
        title="Diễn tập").pk])  # fmt: skip
    client.post(review, {"_approve": "1", "understood": "on"})
    entry.refresh_from_db()
    assert entry.is_public
    assert not Notice.objects.public().exists()
