"""An officer sees and edits their own provinces only: on every address of every kind of entry."""

from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse

from alerts.models import Figure, Guidance
from portal import clock
from portal.publishing.models import Revision
from portal.publishing.models.publishable import State, publishable_models
from tests import factories

KINDS = [model._meta.label_lower for model in publishable_models()]


@pytest.fixture
def theirs(binh_duong):
    """One published entry of every kind in Bình Dương, by label."""
    location = factories.location(binh_duong, name="Nhà máy lạ")
    entries = [
        binh_duong,
        location,
        factories.flight(binh_duong),
        factories.notice(binh_duong, locations=[location]),
        factories.cases(binh_duong, locations=[location]),
        factories.publish(Figure(province=binh_duong, what="ca mắc", value=5, as_of=clock.now())),
        factories.publish(Guidance(province=binh_duong, by="CDC", points="Ở nhà")),
    ]
    by_kind = {entry._meta.label_lower: entry for entry in entries}
    assert sorted(by_kind) == sorted(KINDS)
    return by_kind


def address(entry, page, *args):
    meta = entry._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("kind", KINDS)
def test_lists_show_nothing_of_another_province(kind, client, author, theirs):
    client.force_login(author)
    entry = theirs[kind]
    listed = client.get(address(entry, "changelist"))
    assert listed.status_code == 200
    assert entry not in listed.context["cl"].queryset


@pytest.mark.parametrize("page", ["change", "history", "preview", "withdraw", "delete"])
@pytest.mark.parametrize("kind", KINDS)
def test_direct_addresses_of_another_province_are_refused(kind, page, client, author, theirs):
    client.force_login(author)
    entry = theirs[kind]
    for method in (client.get, client.post):
        response = method(address(entry, page, entry.pk), {"reason": "x", "name": "x"})
        assert response.status_code in (302, 403, 404)
        if response.status_code == 302:
            assert response["Location"] == reverse("admin:index")
    entry.refresh_from_db()
    assert entry.state == State.PUBLISHED


def test_revisions_of_another_province_are_neither_listed_nor_reviewed(client, approver, theirs):
    client.force_login(approver)
    revision = Revision.objects.get(entry_code=theirs["locations.exposurelocation"].code)
    listed = client.get(reverse("admin:publishing_revision_changelist"))
    assert revision not in listed.context["cl"].queryset
    review = reverse("admin:publishing_revision_review", args=[revision.pk])
    assert client.get(review).status_code == 404
    assert client.post(review, {"_approve": "1"}).status_code == 404


def test_autocomplete_offers_nothing_of_another_province(client, author, theirs):
    client.force_login(author)
    for field, term in (("locations", "Nhà máy"), ("flights", "VN1234")):
        found = client.get(
            reverse("admin:autocomplete"),
            {"app_label": "alerts", "model_name": "notice", "field_name": field, "term": term},
        )
        assert found.json()["results"] == []


def test_autocomplete_offers_wards_of_the_own_province_of_either_era(client, author):
    client.force_login(author)
    query = {"app_label": "locations", "model_name": "exposurelocation", "field_name": "ward"}

    def offered(term):
        found = client.get(reverse("admin:autocomplete"), query | {"term": term})
        return [result["text"] for result in found.json()["results"]]

    assert offered("dang giang") == ["phường Đằng Giang"]
    assert offered("gia vien ngo quyen") == [] or offered("gia vien")
    assert offered("thuan an") == []


def test_a_forged_choice_of_another_province_is_refused(client, author, hai_phong, theirs):
    client.force_login(author)
    foreign = theirs["locations.exposurelocation"]
    response = client.post(
        address(theirs["alerts.notice"], "add"),
        {
            "province": hai_phong.pk,
            "severity": "urgent",
            "title": "Thông báo",
            "action": "Gọi CDC",
            "locations": [foreign.pk],
            "hotlines-TOTAL_FORMS": "0",
            "hotlines-INITIAL_FORMS": "0",
        },
    )
    assert response.status_code == 200
    assert "locations" in response.context["adminform"].form.errors
    forged = client.post(
        address(foreign, "add"),
        {
            "province": foreign.province_id,
            "name": "Chợ",
            "kind": "market",
            "windows-TOTAL_FORMS": "0",
            "windows-INITIAL_FORMS": "0",
        },
    )
    assert "province" in forged.context["adminform"].form.errors


def test_history_filters_and_choices_name_only_the_own_province(client, author, theirs):
    client.force_login(author)
    page = client.get(address(theirs["locations.exposurelocation"], "add")).content.decode()
    assert "Hải Phòng" in page
    assert "Bình Dương" not in page


def test_every_kind_of_entry_is_in_the_admin_through_the_one_base():
    from portal.publishing.admin.base import PublishingAdmin

    for model in publishable_models():
        assert isinstance(admin.site.get_model_admin(model), PublishingAdmin), model


def test_no_content_field_is_forgotten_in_the_admin(rf, author):
    """Every content field stands on the form or in an inline of its kind."""
    request = rf.get("/admin/")
    author.is_superuser = True
    request.user = author
    for model in publishable_models():
        model_admin = admin.site.get_model_admin(model)
        fields = set(model_admin.get_form(request).base_fields)
        inlines = {
            inline.get_formset(request).accessor()
            for inline in model_admin.get_inline_instances(request)
        }
        assert set(model.content_fields) | set(model.content_links) <= fields, model
        assert set(model.content_children) == inlines, model


def test_dates_in_the_admin_are_day_first(client, author, hai_phong, story_time):
    client.force_login(author)
    client.post(
        reverse("admin:locations_exposurelocation_add"),
        {
            "province": hai_phong.pk,
            "name": "Chợ Sắt",
            "kind": "market",
            "windows-TOTAL_FORMS": "1",
            "windows-INITIAL_FORMS": "0",
            "windows-0-starts_on": "02/03/2021",
            "windows-0-ends_on": "02/03/2021",
        },
    )
    revision = Revision.objects.get(title="Chợ Sắt")
    assert revision.content["windows"][0]["starts_on"] == date(2021, 3, 2).isoformat()
