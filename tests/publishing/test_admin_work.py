"""The admin at work: two edits of one entry, the sentence to tick, the trail and its export."""

import csv
import io
import re

import pytest
from django.urls import reverse

from locations.models import ExposureLocation
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.models import Revision
from tests import factories

CHANGE = "admin:locations_exposurelocation_change"


@pytest.fixture
def page(client, colleague, location):
    """The form of the published place as a colleague opened it; posts what they type."""
    client.force_login(colleague)
    address = reverse(CHANGE, args=[location.pk])
    opened = client.get(address).context["adminform"].form

    class Page:
        response = None

        def post(self, **typed):
            form = self.response.context["adminform"].form if self.response else opened
            data = {
                "name": location.name, "kind": location.kind, "reason": "Sửa",
                "windows-TOTAL_FORMS": "0", "windows-INITIAL_FORMS": "0",
                "version": form["version"].value(), "_save": "1",
            }  # fmt: skip
            self.response = client.post(address, data | typed)
            return self.response

    return Page()


def edited(location, by, **values):
    return workflow.save_draft(
        entry=location, content=contents.snapshot(location) | {"windows": []} | values, by=by
    )


def shown(response):
    return {choice.name: choice for choice in response.context["choices"]}


def test_the_second_editor_sees_what_they_opened_theirs_and_their_own(page, location, author):
    edited(location, author, name="Chợ Đổ", address="1 Lạch Tray")
    response = page.post(name="Chợ Ga", note="Tầng 2")
    assert response.status_code == 200
    choices = shown(response)
    assert set(choices) == {"name", "address", "note"}
    name = choices["name"]
    assert (name.opened, name.theirs, name.mine) == ("Chợ Sắt", "Chợ Đổ", "Chợ Ga")
    # Whoever changed a field is right about it; if both did, the officer must decide.
    assert [choices[name].chosen for name in ("name", "address", "note")] == ["", "theirs", "mine"]
    assert 'name="keep-name" value="theirs" required' in response.content.decode()
    assert Revision.objects.of(location).first().author == author


def test_a_choice_field_by_field_joins_both_and_both_stay(page, location, author, colleague):
    theirs = edited(location, author, name="Chợ Đổ", address="1 Lạch Tray")
    page.post(name="Chợ Ga", note="Tầng 2")
    typed = {"keep-name": "theirs", "keep-address": "theirs", "keep-note": "mine"}
    assert page.post(name="Chợ Ga", note="Tầng 2", **typed).status_code == 302
    joined, mine, before = Revision.objects.of(location)[:3]
    assert (joined.content["name"], joined.content["address"]) == ("Chợ Đổ", "1 Lạch Tray")
    assert joined.content["note"] == "Tầng 2"
    assert (mine.content["name"], mine.author) == ("Chợ Ga", colleague)
    assert before == theirs
    assert [one.state for one in (joined, mine)] == ["draft", "superseded"]


@pytest.mark.parametrize(
    ("button", "name", "versions"), [("_mine", "Chợ Ga", 1), ("_theirs", "Chợ Đổ", 2)]
)
def test_one_version_may_be_taken_whole(button, name, versions, page, location, author):
    edited(location, author, name="Chợ Đổ")
    before = Revision.objects.count()
    page.post(name="Chợ Ga")
    page.post(name="Chợ Ga", **{button: "1", "keep-name": "theirs"})
    assert Revision.objects.of(location).first().content["name"] == name
    assert Revision.objects.count() == before + versions


def test_a_third_edit_in_between_is_a_conflict_again(page, location, author):
    edited(location, author, name="Chợ Đổ")
    page.post(name="Chợ Ga")
    edited(location, author, name="Chợ Lớn")
    response = page.post(name="Chợ Ga", **{"keep-name": "mine"})
    assert shown(response)["name"].theirs == "Chợ Lớn"
    page.post(name="Chợ Ga", **{"keep-name": "mine"})
    assert Revision.objects.of(location).first().content["name"] == "Chợ Ga"


def test_what_was_approved_meanwhile_is_a_conflict_too(page, location, author, approver):
    revision = edited(location, author, name="Chợ Đổ")
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)
    assert shown(page.post(name="Chợ Ga"))["name"].theirs == "Chợ Đổ"
    page.post(name="Chợ Ga", **{"keep-name": "mine"})
    assert ExposureLocation.objects.get(pk=location.pk).name == "Chợ Đổ"
    assert Revision.objects.of(location).first().content["name"] == "Chợ Ga"


def test_other_mistakes_are_said_first_and_the_choice_is_still_to_come(page, location, author):
    edited(location, author, name="Chợ Đổ")
    response = page.post(name="")
    assert "choices" not in response.context
    assert shown(page.post(name="Chợ Ga"))["name"].theirs == "Chợ Đổ"


def test_what_only_the_workflow_refuses_is_said_on_the_form(client, author, hai_phong):
    factories.flight(hai_phong, number="VN1")
    flight = factories.flight(hai_phong, number="VN2")
    client.force_login(author)
    address = reverse("admin:locations_flight_change", args=[flight.pk])
    opened = client.get(address).context["adminform"].form
    response = client.post(
        address,
        {
            "number": "VN1", "date": f"{flight.date:%d/%m/%Y}", "time_kind": "announced",
            "origin": "SGN", "destination": "HPH", "reason": "Sửa", "note": "Gõ dài",
            "version": opened["version"].value(),
        },
    )  # fmt: skip
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert form.non_field_errors()
    assert form["note"].value() == "Gõ dài"
    assert Revision.objects.of(flight).count() == 1


def test_the_review_shows_place_windows_and_action_first(client, approver, author, location):
    revision = edited(location, author, note="Tầng 2")
    workflow.submit(revision=revision, by=author)
    client.force_login(approver)
    context = client.get(reverse("admin:publishing_revision_review", args=[revision.pk])).context
    first = [row.name for row in context["first_rows"]]
    assert first == ["name", "windows"]
    assert [row.name for row in context["other_rows"] if row.changed] == ["note"]


def test_a_choice_that_the_workflow_refuses_can_be_made_again(client, author, colleague, hai_phong):
    factories.flight(hai_phong, number="VN1")
    flight = factories.flight(hai_phong, number="VN2")
    client.force_login(colleague)
    address = reverse("admin:locations_flight_change", args=[flight.pk])
    data = {
        "number": "VN2", "date": f"{flight.date:%d/%m/%Y}", "time_kind": "announced",
        "origin": "SGN", "destination": "HPH", "reason": "Sửa", "note": "Gõ dài",
        "version": client.get(address).context["adminform"].form["version"].value(),
    }  # fmt: skip
    theirs = contents.snapshot(flight) | {"note": "Khác", "seat_rows": "12"}
    workflow.save_draft(entry=flight, content=theirs, by=author)
    response = client.post(address, data)
    data["version"] = response.context["adminform"].form["version"].value()
    response = client.post(
        address, data | {"number": "VN1", "keep-note": "theirs", "keep-seat_rows": "theirs"}
    )
    chosen = {choice.name: choice.chosen for choice in response.context["choices"]}
    assert (chosen["note"], chosen["seat_rows"]) == ("theirs", "theirs")
    assert Revision.objects.of(flight).count() == 2


# --- the trail


def exported(client, **filters):
    response = client.get(reverse("admin:publishing_revision_export"), filters)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_trail_is_by_entry_by_officer_and_by_province(client, author, approver, location):
    revision = edited(location, author, name="Chợ Đổ")
    workflow.submit(revision=revision, by=author)
    workflow.approve(revision=revision, by=approver)
    factories.location(location.province, name="Chợ Ga")
    client.force_login(approver)
    by_entry = exported(client, entry_code=location.code)
    assert [row["number"] for row in by_entry] == ["2", "1"]
    assert by_entry[0]["hash"] == Revision.objects.get(pk=revision.pk).hash
    assert [row["entry"] for row in exported(client, officer=author.pk)] == ["Chợ Đổ"]
    assert [row["entry"] for row in exported(client, officer=approver.pk)] == ["Chợ Đổ"]
    assert len(exported(client, province__id__exact=location.province_id)) == 4
    listed = client.get(reverse("admin:publishing_revision_changelist"), {"officer": author.pk})
    assert f"export/?officer={author.pk}" in listed.content.decode()
    assert exported(client, officer="'; DROP TABLE") == []


def test_the_export_holds_only_the_own_provinces(client, author, binh_duong, location):
    factories.location(binh_duong, name="Nhà máy lạ")
    client.force_login(author)
    assert {row["province"] for row in exported(client)} == {"Hải Phòng"}
    client.logout()
    assert client.get(reverse("admin:publishing_revision_export")).status_code == 302


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_nothing_in_the_export_is_a_formula(client, author, location, text):
    workflow.save_draft(entry=location, content=contents.snapshot(location), by=author, reason=text)
    client.force_login(author)
    assert exported(client)[0]["reason"] == f"'{text}"


def test_the_head_of_a_form_names_each_field_that_is_wrong_and_leads_to_it(page):
    response = page.post(
        name="", latitude="200",
        **{"windows-TOTAL_FORMS": "2", "windows-0-starts_on": "22/03/2021",
           "windows-1-starts_on": "nay"},
    )  # fmt: skip
    told = re.search(r'<ul class="wrong-fields">(.*?)</ul>', response.text, re.DOTALL)[1]
    named = [re.sub("<.*?>", "", line) for line in re.findall(r"<li>(.+?)</li>", told)]
    assert named == [
        "Tên địa điểm: Vui lòng nhập mục này.",
        "Vĩ độ: Giá trị không được lớn hơn 90.",
        "Khoảng thời gian 1: Nhập cả hai ngày (một ngày thì nhập hai lần giống nhau), hoặc bỏ"
        " trống cả hai nếu chưa rõ.",
        "Khoảng thời gian 2, Từ ngày: Nhập ngày hợp lệ theo dạng ngày/tháng/năm, ví dụ 22/03/2021.",
    ]
    ways = re.findall(r'href="#([^"]+)"', told)
    assert len(ways) == 3
    assert all(f'id="{place}"' in response.text for place in ways)


def test_a_moment_of_two_fields_is_led_to_as_well(client, author, hai_phong):
    client.force_login(author)
    address = reverse("admin:alerts_notice_add")
    response = client.post(address, {"expires_at_0": "nay", "expires_at_1": "9:00", "_save": "1"})
    assert 'href="#id_expires_at_0"' in response.text
    assert 'id="id_expires_at_0"' in response.text


def test_a_key_that_no_database_can_be_asked_for_is_refused_in_words(client, author):
    client.force_login(author)
    response = client.post(reverse("admin:alerts_caseannouncement_add"), {"ward": "\x00"})
    assert response.status_code == 200
    assert "ward" in response.context["adminform"].form.errors
