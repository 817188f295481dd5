"""Every kind of page that an officer meets and that we draw, or that our forms fill."""

from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.publishing.accounts.invitations import invite
from portal.publishing.admin import batches
from portal.publishing.models import Batch, Officer
from tests import factories
from tests.audit.kinds import At, Reader, When

PLACES = "/admin/locations/exposurelocation/"
IMPORT = f"{PLACES}import/"
REVISIONS = "/admin/publishing/revision/"
LIST = """Mã,Tên địa điểm,Loại,Phường/Xã,Quận/Huyện,Từ,Đến
A1,Chợ Đổ,chợ,Máy Tơ,Ngô Quyền,22/03/2021 19:00,22/03/2021 21:30
A2,Trường Kim Đồng,school,Đằng Giang,Ngô Quyền,21/03/2021,
A3,Nhà ông Trần Văn Hùng,other,Đằng Giang,Ngô Quyền,21/03/2021,
"""


# --- the way in


def half_way(reader: Reader, username: str) -> Reader:
    """An officer whose password was right and who has given no code."""
    client = Client()
    client.force_login(Officer.objects.get(username=username))
    return Reader(reader.content, reader.language, client)


def sign_in_refused(reader: Reader) -> Any:
    return reader.post("/admin/login/", {"username": "author", "password": "wrong"})


def locked_out(reader: Reader) -> Any:
    elsewhere = Reader(reader.content, reader.language, Client(REMOTE_ADDR="203.0.113.9"))
    answers = [sign_in_refused(elsewhere) for _try in range(6)]
    return answers[-1]


def code(reader: Reader) -> Any:
    factories.phone(Officer.objects.get(username="approver"))
    return half_way(reader, "approver").get("/admin/code/")


def code_refused(reader: Reader) -> Any:
    factories.phone(Officer.objects.get(username="approver"))
    return half_way(reader, "approver").post("/admin/code/", {"code": "000000"})


def set_up(reader: Reader) -> Any:
    return half_way(reader, "newcomer").get("/admin/second-factor/set-up/")


def set_up_refused(reader: Reader) -> Any:
    return half_way(reader, "newcomer").post("/admin/second-factor/set-up/", {"code": "000000"})


def recovery_codes(reader: Reader) -> Any:
    return reader.as_officer("approver").post("/admin/second-factor/", {})


def own_sessions(reader: Reader) -> Any:
    reader.as_officer("author").get("/admin/")
    return reader.as_officer("author").get("/admin/sessions/")


def password_by_invitation(reader: Reader) -> Any:
    link = invite(Officer.objects.get(username="colleague"))
    path = link.removeprefix("http://testserver").removeprefix("/en")
    return reader.get(path, follow=True)


def signed_out(reader: Reader) -> Any:
    return reader.as_officer("author").post("/admin/logout/", {})


# --- writing, and the decision


def refused_form(reader: Reader) -> Any:
    data = {"windows-TOTAL_FORMS": "1", "windows-INITIAL_FORMS": "0", "windows-0-starts_on": "x"}
    return reader.as_officer("author").post(f"{PLACES}add/", data)


def edited_by_two(reader: Reader) -> Any:
    data = {
        "name": "Chợ Cầu Đất", "kind": "market", "note": "Tầng 2", "reason": "Sửa",
        "windows-TOTAL_FORMS": "0", "windows-INITIAL_FORMS": "0", "version": "0.0", "_save": "1",
    }  # fmt: skip
    return reader.as_officer("colleague").post(f"{PLACES}{{waiting}}/change/", data)


def review_refused(reader: Reader) -> Any:
    address = f"{REVISIONS}{{review_of_findings}}/review/"
    return reader.as_officer("approver").post(address, {"_approve": "1", "understood": "1"})


def withdrawal_refused(reader: Reader) -> Any:
    return reader.as_officer("author").post(f"{PLACES}{{published}}/withdraw/", {"reason": ""})


# --- lists of an office


def uploaded(reader: Reader, text: str) -> Any:
    data = {
        "province": reader.content.province,
        "file": SimpleUploadedFile("danh-sach.csv", text.encode()),
    }
    return reader.as_officer("author").post(IMPORT, data)


def import_refused(reader: Reader) -> Any:
    return uploaded(reader, "%PDF-1.7")


def import_shown(reader: Reader) -> Any:
    return uploaded(reader, LIST)


def import_with_errors(reader: Reader) -> Any:
    return uploaded(reader, LIST.replace("22/03/2021", "hôm qua"))


def import_without_a_file(reader: Reader) -> Any:
    return reader.as_officer("author").post(IMPORT, {})


def handed_over(reader: Reader) -> Batch:
    shown = import_shown(reader)
    data = {
        "upload": shown.context["upload"].token,
        "fingerprint": shown.context["preview"].fingerprint,
    }
    reader.as_officer("author").post(IMPORT, data)
    return Batch.objects.latest("pk")


def batch_of_ones_own(reader: Reader) -> Any:
    address = f"/admin/publishing/batch/{handed_over(reader).pk}/change/"
    return reader.as_officer("author").get(address)


def batch_to_decide(reader: Reader) -> Any:
    address = f"/admin/publishing/batch/{handed_over(reader).pk}/change/"
    return reader.as_officer("approver").get(address)


def batch_refused(reader: Reader) -> Any:
    return batch_decided(reader, {"_send_back": "1", "note": ""})


def batch_decided(reader: Reader, data: dict[str, str], officer: str = "approver") -> Any:
    batch = handed_over(reader)
    data |= {"waiting": str(batch.revisions.count())}
    return reader.as_officer(officer).post(f"/admin/publishing/batch/{batch.pk}/change/", data)


def batch_being_approved(reader: Reader, officer: str = "approver") -> Any:
    data = {"_approve": "1", "understood": "1", "note": "ok", "privacy_reason": "Tên cửa hàng"}
    with patch.object(batches, "AT_ONCE", 1):  # a long one, whose page grows with the work
        return batch_decided(reader, data, officer)


def batch_stopped(reader: Reader) -> Any:
    return batch_being_approved(reader, officer="author")


PAGES: dict[str, At | When] = {
    # The way in
    "sign in": At("/admin/login/"),
    "sign in, refused": When(sign_in_refused),
    "locked out": When(locked_out, status=429),
    "code": When(code),
    "code, refused": When(code_refused),
    "set up": When(set_up),
    "set up, refused": When(set_up_refused),
    "recovery codes": When(recovery_codes),
    "second factor, none": At("/admin/second-factor/", officer="author"),
    "second factor": At("/admin/second-factor/", officer="approver"),
    "own sessions": When(own_sessions),
    "password by invitation": When(password_by_invitation),
    "password by an old invitation": At("/admin/set-password/x/y/"),
    "password": At("/admin/password_change/", officer="author"),
    "password, changed": At("/admin/password_change/done/", officer="author"),
    "signed out": When(signed_out),
    "not allowed": At("/admin/publishing/officer/", officer="author", status=403),
    # Lists
    "index": At("/admin/", officer="approver"),
    "index of an app": At("/admin/locations/", officer="author"),
    "places": At(PLACES, officer="author"),
    "flights": At("/admin/locations/flight/?q=vn", officer="author"),
    "provinces": At("/admin/locations/province/", officer="author"),
    "divisions": At("/admin/locations/division/", officer="author"),
    "notices": At("/admin/alerts/notice/?state__exact=published", officer="author"),
    "cases": At("/admin/alerts/caseannouncement/", officer="author"),
    "figures": At("/admin/alerts/figure/", officer="author"),
    "guidance": At("/admin/alerts/guidance/", officer="author"),
    "trail": At(REVISIONS, officer="approver"),
    "trail, nothing": At(f"{REVISIONS}?q=khong-co", officer="approver"),
    "account events": At("/admin/publishing/accountevent/", officer="administrator"),
    "officers": At("/admin/publishing/officer/", officer="administrator"),
    "imports": At("/admin/publishing/batch/", officer="approver"),
    "dispatches": At("/admin/alerts/dispatch/", officer="author"),
    "failed messages": At("/admin/alerts/deadletter/", officer="approver"),
    "failed messages, none": At("/admin/alerts/deadletter/?q=khong-co", officer="author"),
    "connections to Zalo": At("/admin/alerts/zaloconnection/", officer="author"),
    # Writing
    "new place": At(f"{PLACES}add/", officer="author"),
    "new place, refused": When(refused_form),
    "new flight": At("/admin/locations/flight/add/", officer="author"),
    "new notice": At("/admin/alerts/notice/add/", officer="author"),
    # As who only reads it: in the form of who writes, Django's select2 breaks a rule for lists.
    "notice, published": At("/admin/alerts/notice/{told}/change/", officer="administrator"),
    "new cases": At("/admin/alerts/caseannouncement/add/", officer="author"),
    "new figure": At("/admin/alerts/figure/add/", officer="author"),
    "new guidance": At("/admin/alerts/guidance/add/", officer="author"),
    "new officer": At("/admin/publishing/officer/add/", officer="administrator"),
    "officer": At("/admin/publishing/officer/{officer}/change/", officer="administrator"),
    "province": At("/admin/locations/province/{province}/change/", officer="approver"),
    "place, published": At(f"{PLACES}{{published}}/change/", officer="author"),
    "place, draft": At(f"{PLACES}{{draft}}/change/", officer="author"),
    "place, waiting": At(f"{PLACES}{{waiting}}/change/", officer="author"),
    "place, sent back": At(f"{PLACES}{{sent_back}}/change/", officer="author"),
    "place, exercise": At(f"{PLACES}{{of_exercise}}/change/", officer="author"),
    "place, edited by two": When(edited_by_two),
    "preview": At(f"{PLACES}{{draft}}/preview/", officer="author"),
    "history": At(f"{PLACES}{{waiting}}/history/", officer="author"),
    "withdraw": At(f"{PLACES}{{published}}/withdraw/", officer="author"),
    "withdraw, refused": When(withdrawal_refused),
    # The decision
    "dispatch": At("/admin/alerts/dispatch/{dispatch}/change/", officer="author"),
    "connection to Zalo": At("/admin/alerts/zaloconnection/{zalo}/change/", officer="approver"),
    "failed message": At("/admin/alerts/deadletter/{failed}/change/", officer="approver"),
    "review": At(f"{REVISIONS}{{review}}/review/", officer="approver"),
    "review of one's own": At(f"{REVISIONS}{{review}}/review/", officer="author"),
    "review of findings": At(f"{REVISIONS}{{review_of_findings}}/review/", officer="approver"),
    "review of an exercise": At(f"{REVISIONS}{{review_of_exercise}}/review/", officer="approver"),
    "review of a withdrawal": At(
        f"{REVISIONS}{{review_of_withdrawal}}/review/", officer="approver"
    ),
    "review, refused": When(review_refused, status=422),
    # Lists of an office
    "import": At(IMPORT, officer="author"),
    "import, no file": When(import_without_a_file, status=422),
    "import, refused": When(import_refused, status=422),
    "import, shown": When(import_shown),
    "import, with errors": When(import_with_errors, status=422),
    "batch": When(batch_of_ones_own),
    "batch to decide": When(batch_to_decide),
    "batch, refused": When(batch_refused, status=422),
    "batch being approved": When(batch_being_approved),
    "batch, stopped on the way": When(batch_stopped),
}
