"""The path of an import through the admin: upload, preview, hand over, approve or send back."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from locations.imports.preview import hand_over
from locations.models import ExposureLocation
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.admin import batches as batch_admin
from portal.publishing.models import Batch, Revision
from tests.imports.conftest import MARKET, SCHOOL, csv_file, xlsx_file

IMPORT = "admin:locations_exposurelocation_import"


@pytest.fixture
def kept(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def upload(client, author, hai_phong, kept, story_time):
    client.force_login(author)

    def upload(data: bytes, name: str = "list.csv", **values):
        values = {"province": hai_phong.pk, "file": SimpleUploadedFile(name, data)} | values
        return client.post(reverse(IMPORT), values)

    return upload


def confirmed(client, shown):
    upload, preview = shown.context["upload"], shown.context["preview"]
    return client.post(
        reverse(IMPORT), {"upload": upload.token, "fingerprint": preview.fingerprint}
    )


def address(batch: Batch) -> str:
    return reverse("admin:publishing_batch_change", args=[batch.pk])


def test_a_list_is_chosen_seen_handed_over_and_approved(client, upload, approver, kept):
    listing = client.get(reverse("admin:locations_exposurelocation_changelist"))
    assert reverse(IMPORT) in listing.content.decode()
    assert client.get(reverse(IMPORT)).status_code == 200

    shown = upload(xlsx_file(MARKET, SCHOOL))
    assert shown.status_code == 200
    assert "Trường Kim Đồng" in shown.content.decode()
    assert not ExposureLocation.objects.exists()

    response = confirmed(client, shown)
    batch = Batch.objects.get()
    assert response["Location"] == address(batch)
    assert not list(kept.iterdir())
    page = client.get(address(batch)).content.decode()
    assert "_approve" not in page  # the author does not decide

    client.force_login(approver)
    assert "list.csv" in client.get(reverse("admin:publishing_batch_changelist")).content.decode()
    page = client.get(address(batch)).content.decode()
    assert "_approve" in page and "Chợ Đổ" in page
    approval = {"_approve": "1", "understood": "1", "note": "ok", "waiting": "2"}
    assert client.post(address(batch), approval).status_code == 302
    assert ExposureLocation.objects.listed().count() == 2


def test_errors_are_shown_with_row_and_column_and_cannot_be_handed_over(client, upload, kept):
    shown = upload(csv_file((*MARKET[:5], "hôm qua", "")))
    assert shown.status_code == 422
    assert "hôm qua" in shown.content.decode()
    assert not list(kept.iterdir())
    assert confirmed(client, shown).status_code == 422
    assert not Batch.objects.exists()


def test_a_refused_file_says_why(upload, kept):
    shown = upload(b"%PDF-1.7")
    assert shown.status_code == 422
    assert shown.context["refused"]
    assert not list(kept.iterdir())


def test_what_was_shown_is_what_is_handed_over(client, upload, author, colleague, imported):
    """If the public list changed since the preview, it is shown anew and nothing is saved."""
    imported(csv_file(MARKET))
    shown = upload(csv_file(("A1", "Chợ Mới", *MARKET[2:])))
    entry = ExposureLocation.objects.get()
    workflow.save_draft(entry=entry, content=contents.snapshot(entry) | {"name": "X"}, by=colleague)
    again = confirmed(client, shown)
    assert again.status_code == 409
    assert Batch.objects.count() == 1
    assert confirmed(client, again).status_code == 302


def test_a_forged_or_foreign_reference_is_refused(client, upload, approver, hai_phong):
    shown = upload(csv_file(MARKET))
    forged = client.post(reverse(IMPORT), {"upload": "x:y:z", "fingerprint": ""})
    assert forged.status_code == 422
    client.force_login(approver)
    assert confirmed(client, shown).status_code == 422
    assert not Batch.objects.exists()


def test_a_kept_file_that_was_changed_is_refused(client, upload, kept):
    shown = upload(csv_file(MARKET))
    [file] = kept.iterdir()
    assert oct(file.stat().st_mode)[-3:] == "600"
    file.write_bytes(csv_file(SCHOOL))
    assert confirmed(client, shown).status_code == 422
    assert not Batch.objects.exists()


def test_an_officer_imports_for_the_own_province_only(client, upload, binh_duong):
    refused = upload(csv_file(MARKET), province=binh_duong.pk)
    assert refused.status_code == 422
    assert "province" in refused.context["form"].errors


def test_a_batch_of_another_province_is_neither_listed_nor_shown(
    client, look, author, stranger, kept
):
    batch = hand_over(look(csv_file(MARKET)), by=author)
    client.force_login(stranger)
    assert (
        "list.csv" not in client.get(reverse("admin:publishing_batch_changelist")).content.decode()
    )
    assert client.get(address(batch)).status_code == 404
    assert client.post(address(batch), {"_approve": "1"}).status_code == 404


def test_the_author_cannot_approve_by_a_forged_form(client, look, approver, kept):
    batch = hand_over(look(csv_file(MARKET), by=approver), by=approver)
    client.force_login(approver)
    approval = {"_approve": "1", "understood": "1", "waiting": "1"}
    assert client.post(address(batch), approval).status_code == 422
    assert not ExposureLocation.objects.public().exists()


def test_sending_back_needs_a_note(client, look, author, approver, kept):
    batch = hand_over(look(csv_file(MARKET)), by=author)
    client.force_login(approver)
    answer = {"_send_back": "1", "waiting": "1"}
    assert client.post(address(batch), answer | {"note": ""}).status_code == 422
    assert client.post(address(batch), answer | {"note": "Sai"}).status_code == 302
    assert batch.revisions.get().state == Revision.State.REJECTED


@pytest.mark.parametrize("by", ["approver", "author"])
def test_a_large_batch_shows_how_far_it_is(
    by, request, client, look, author, monkeypatch, approver
):
    monkeypatch.setattr(batch_admin, "AT_ONCE", 1)
    batch = hand_over(look(csv_file(MARKET, SCHOOL)), by=author)
    client.force_login(request.getfixturevalue(by))
    approval = {"_approve": "1", "understood": "1", "note": "ok", "waiting": "2"}
    response = client.post(address(batch), approval)
    assert response.streaming
    page = b"".join(response.streaming_content).decode()
    assert page.endswith("</html>\n") or "</html>" in page
    allowed = by == "approver"
    assert ("errorlist" in page) != allowed
    assert ExposureLocation.objects.listed().count() == (2 if allowed else 0)


def test_the_empty_list_can_be_filled_in_and_imported(client, upload):
    response = client.get(reverse("admin:locations_exposurelocation_import_template"))
    book = load_workbook(io.BytesIO(response.content))
    sheet = book.active
    assert [cell.value for cell in sheet[1]][:3] == ["Mã", "Tên địa điểm", "Loại"]
    assert all(cell.comment and "\n" not in cell.comment.text for cell in sheet[1])
    for position, value in enumerate(MARKET[:2], start=1):
        sheet.cell(2, position, value)
    sheet.cell(2, 7, "22/03/2021 19:00")
    saved = io.BytesIO()
    book.save(saved)
    shown = upload(saved.getvalue(), "dia-diem.xlsx")
    assert shown.status_code == 200, shown.context["preview"].errors
    assert shown.context["preview"].counts["new"] == 1
