"""Two officers have the same thing open: whoever comes second is told what the first did, and
neither loses a word. Every page of the admin that changes something, in every order."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.http import Http404
from django.test import RequestFactory

from alerts.models import Figure, Guidance
from locations.imports.preview import hand_over, preview
from locations.models import ExposureLocation
from portal import clock
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.accounts import officer_versions
from portal.publishing.admin.base import PublishingAdmin
from portal.publishing.batches import approve_batch
from portal.publishing.models import Batch, Officer, Publishable, Revision
from portal.publishing.models.publishable import publishable_models
from portal.publishing.roles import APPROVER, AUTHOR, NATIONAL
from portal.publishing.verification import first_difference
from tests import factories
from tests.conftest import StaffClient
from tests.faults.desk import FREE, PAGES, REFUSED, Desk, Pending, form_of, list_of, of_entry

FIRST, SECOND, WAITING = "Chữ thứ nhất", "Chữ thứ hai", "Chữ đang chờ"
# What the second officer reads of what the first did.
SAID = {
    "save": "lan đã lưu một bản nháp",
    "submit": "lan đã gửi duyệt một thay đổi",
    "approve": "lan đã duyệt nội dung",
    "approve a list": "lan đã duyệt nội dung",
    "send back": "lan đã trả lại nội dung",
    "send a list back": "lan đã trả lại nội dung",
    "withdraw": "lan đã đề nghị gỡ",
    "hand a list over": "lan đã gửi duyệt một thay đổi",
}
MODES: dict[str, Callable[[Pending, int], Pending]] = {
    "stale": lambda opened, number: opened,
    "missing": lambda opened, number: opened.without_token(),
    "forged": lambda opened, number: opened.forged(number),
}


# --- an entry of each kind, public, with a correction that waits


def imported(province: Any, note: str, external_id: str) -> Batch:
    by = factories.national(AUTHOR)
    data = list_of(external_id, f"Chợ {external_id}", note)
    shown = preview(data, file_name="list.csv", province=province, by=by)
    return hand_over(shown, by=by)


def location(province: Any, external_id: str = "A1") -> ExposureLocation:
    batch = imported(province, "", external_id)
    approve_batch(batch=batch, by=factories.national(APPROVER))
    imported(province, WAITING, external_id)
    return ExposureLocation.objects.get(external_id=external_id)


def corrected(entry: Publishable) -> Publishable:
    content = contents.snapshot(entry) | {FREE[entry._meta.model_name]: WAITING}
    author = factories.national(AUTHOR)
    revision = workflow.save_draft(entry=entry, content=content, by=author)
    workflow.submit(revision=revision, by=author)
    return type(entry)._default_manager.get(pk=entry.pk)


def guidance(province: Any) -> Guidance:
    return factories.publish(Guidance(province=province, by="Sở Y tế", points="Đeo khẩu trang."))


def figure(province: Any) -> Figure:
    return factories.publish(Figure(province=province, what="Ca bệnh", value=3, as_of=clock.now()))


KINDS: dict[str, Callable[[Any], Publishable]] = {
    "exposurelocation": location,
    "province": corrected,
    "flight": lambda province: corrected(factories.flight(province)),
    "notice": lambda province: corrected(factories.notice(province)),
    "caseannouncement": lambda province: corrected(factories.cases(province)),
    "figure": lambda province: corrected(figure(province)),
    "guidance": lambda province: corrected(guidance(province)),
}


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def desk(province: Any, name: str, words: str) -> Desk:
    client = StaffClient()
    client.force_login(factories.officer(name, APPROVER, province))
    return Desk(client, words)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def picture(entry: Publishable) -> tuple[Any, ...]:
    """All that whoever changes `entry` leaves behind."""
    revisions = Revision.objects.of(entry).values_list(
        "pk", "state", "author", "decided_by", "decision_note", "content"
    )
    rows = type(entry)._default_manager.filter(pk=entry.pk).values_list("state", "revision_number")
    return list(rows), list(revisions), list(Batch.objects.values_list("pk", flat=True))


def refusal(answer: Any, action: str, before: str) -> list[str]:
    """What is wrong with the answer to whoever came too late, after `before` was done."""
    page = unescape(answer.content.decode())
    kept = "upload" if action == "hand a list over" else SECOND
    checks = {
        f"answered with {answer.status_code}": answer.status_code not in (200, 409, 422),
        f"not told “{SAID[before]}”": SAID[before] not in page,
        f"“{kept}” is gone": kept not in page,
    }
    return [name for name, is_so in checks.items() if is_so]


# --- what is tried


def test_every_list_and_form_of_the_admin_is_covered():
    """No list can be edited in its rows; whatever else can be changed is of a kind tried here."""
    request = RequestFactory().get("/admin/")
    request.user = Officer(is_superuser=True, is_active=True, is_staff=True)
    changed = set()
    for model, model_admin in admin.site._registry.items():
        assert not model_admin.list_editable, model
        if model is Officer:
            continue
        assert not model_admin.has_delete_permission(request), model
        if model_admin.has_change_permission(request):
            assert isinstance(model_admin, PublishingAdmin), model
            changed.add(model)
    assert changed == set(publishable_models())
    assert {model._meta.model_name for model in changed} == set(KINDS) == set(FREE)


@pytest.mark.django_db
def test_in_every_order_the_second_is_told_and_nothing_is_lost(hai_phong, times, tell):
    lan, minh = desk(hai_phong, "lan", FIRST), desk(hai_phong, "minh", SECOND)
    chosen = list(product(KINDS, PAGES))[:: times(13, 1)]
    tried, wrong = 0, []
    for kind, before in chosen:
        with undone():
            entry = KINDS[kind](hai_phong)
            first = lan.opened(before, entry)
            if first is None:
                assert kind != "exposurelocation" and "list" in before
                continue
            open_pages = {action: minh.opened(action, entry) for action in PAGES}
            untouched = picture(entry)
            answer = first.send()
            is_refused = before in REFUSED
            assert (picture(entry) == untouched) == is_refused, (kind, before, answer)
            for action, page in open_pages.items():
                for problem in second_comes(minh, entry, action, page, before, tried):
                    wrong.append(f"{kind}: {before}, then {action}: {problem}")
                tried += 1
    assert tried >= len(chosen)
    assert not wrong, "\n".join(wrong)
    tell(
        "two officers with the same entry open, every order",
        injected=tried * (len(MODES) + 1),
        observed=f"{len(wrong)} lost updates or unclear answers",
        lost=len(wrong),
    )


def second_comes(
    minh: Desk, entry: Publishable, action: str, page: Pending | None, before: str, number: int
) -> Iterator[str]:
    """What is wrong after `minh` sent `action` too late, in each way, and after they looked."""
    left = picture(entry)
    if page is None:
        return
    for mode, changed in MODES.items():
        sent = changed(page, number)
        if mode != "stale" and sent.data == page.data:
            continue
        with undone():
            answer = sent.send()
            is_late = mode != "stale" or before not in REFUSED
            if action in REFUSED or is_late:
                if picture(entry) != left:
                    yield f"{mode}: changed something"
                elif action not in REFUSED and before not in REFUSED:
                    yield from (f"{mode}: {what}" for what in refusal(answer, action, before))
                    if action == "save":
                        yield from sent_again(answer, page.address, entry)
            elif picture(entry) == left:
                yield "nothing had changed, and still it was refused"
    if action in REFUSED:
        return
    with undone():
        newest = minh.opened(action, entry)
        if newest is None:
            return  # whoever looks again is not offered it any more
        newest.send()
        if picture(entry) == left:
            yield "looked again, and still refused"
        if not all(one in stored(entry) for one in texts_in(left)):
            yield "what the first wrote is gone"


def sent_again(answer: Any, address: str, entry: Publishable) -> Iterator[str]:
    """Whoever was told decides; then both texts are kept."""
    data = form_of(answer, holding="version") or {}
    for name in ("_submit", "_save", "_theirs"):
        data.pop(name, None)
    before = texts_in(picture(entry))
    again = answer.client.post(address, data | {"_mine": "1"})
    if again.status_code != 302:
        yield "told, and then refused again"
    elif not {*before, SECOND} <= stored(entry):
        yield "told, and then something was lost"


def stored(entry: Publishable) -> set[str]:
    """What was written in any version of `entry`."""
    free = FREE[entry._meta.model_name]
    return {revision.content[free] for revision in Revision.objects.of(entry)}


def texts_in(seen: tuple[Any, ...]) -> set[str]:
    contents_of_all = [revision[5].values() for revision in seen[1]]
    return {text for text in (FIRST, WAITING) if any(text in one for one in contents_of_all)}


# --- both at the same moment


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("browser")
def test_at_the_same_moment_one_of_two_is_told(hai_phong, times, tell):
    """One takes effect and the other is refused, whoever the database lets through first."""
    desks = desk(hai_phong, "lan", FIRST), desk(hai_phong, "minh", SECOND)
    actions = [action for action in PAGES if action not in REFUSED]
    pairs = [pair for pair in product(actions, repeat=2) if "list" not in "".join(pair)]
    made = list(KINDS)
    rounds, wrong = times(20, 400), []
    for number in range(rounds):
        kind = made[number % len(made)] if number % 3 else "exposurelocation"
        choice = list(product(actions, repeat=2)) if kind == "exposurelocation" else pairs
        first, second = choice[number * 7 % len(choice)]
        entry = fresh(kind, hai_phong, number)
        opened = [
            one.opened(action, entry) for one, action in zip(desks, (first, second), strict=True)
        ]
        assert all(opened), (kind, first, second)
        before = len(picture(entry)[1])
        answers = at_once([page.send for page in opened if page])
        taken = [answer for answer in answers if getattr(answer, "status_code", 0) == 302]
        if len(taken) != 1:
            wrong.append(f"{kind}: {first} and {second} at once: {answers}")
        if len(picture(entry)[1]) - before > 1:
            wrong.append(f"{kind}: {first} and {second} at once: both were saved")
    assert not wrong, "\n".join(wrong)
    assert first_difference() is None
    tell(
        "two officers at the same moment",
        injected=rounds,
        observed=f"one of two was told each time, but {len(wrong)}",
        lost=len(wrong),
    )


def fresh(kind: str, province: Any, number: int) -> Publishable:
    """Another entry that waits; the province is the same one, with a new correction."""
    if kind == "exposurelocation":
        return location(province, f"A{number}")
    if kind == "flight":
        return corrected(factories.flight(province, number=f"VN{1000 + number}"))
    if kind == "province":
        province.refresh_from_db()
        if province.state == "withdrawn":
            factories.publish(province)
    return KINDS[kind](province)


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls answer, or raise, that threads make at the same moment."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(30)
            answers[number] = calls[number]()
        except BaseException as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


# --- accounts


ACCOUNT: dict[str, dict[str, Any]] = {
    "an address": {"email": "an@haiphong.example"},
    "a name": {"first_name": "Bình"},
    "a language": {"language": "en"},
    "roles": {"groups": [AUTHOR, APPROVER]},
    "provinces": {"provinces": "both"},
    "national": {"is_national": "on"},
    "disabled": {"is_active": None},
}


@pytest.mark.django_db
def test_two_who_manage_the_same_account(hai_phong, binh_duong, times, tell):
    clients = []
    for name in ("lan", "minh"):
        clients.append(StaffClient())
        clients[-1].force_login(factories.officer(name, NATIONAL, national=True))
    theirs = factories.officer("an", AUTHOR, hai_phong)
    address = of_entry(theirs, "change")
    tried, wrong = 0, []
    for before, after in list(product(ACCOUNT, repeat=2))[:: times(11, 1)]:
        for mode, late in MODES.items():
            with undone():
                provinces = (hai_phong, binh_duong)
                first, second = (
                    account_page(client, address, what, provinces)
                    for client, what in zip(clients, (before, after), strict=True)
                )
                assert first.send().status_code == 302
                left = version_of(theirs)
                answer = late(second, tried).send()
                page = unescape(answer.content.decode())
                found = {
                    "lost": version_of(theirs) != left,
                    "not told": "lan đã đổi" not in page,
                    "what was typed is gone": "Ngô Quyền" not in page,
                }
                wrong += [f"{before}, {after}, {mode}: {one}" for one in found if found[one]]
                data = form_of(answer, holding="version") or {}
                if clients[1].post(address, data).status_code != 302:
                    wrong.append(f"{before}, {after}, {mode}: told, and then refused again")
                tried += 1
    assert not wrong, "\n".join(wrong)
    tell(
        "two who manage the same account, every order",
        injected=tried,
        observed=f"{len(wrong)} lost updates or unclear answers",
        lost=len(wrong),
    )


def version_of(officer: Officer) -> str:
    return officer_versions.token(Officer.objects.get(pk=officer.pk))


def account_page(client: Any, address: str, what: str, provinces: Any) -> Pending:
    """The form of the account, in which the last name and `what` were changed."""
    data = form_of(client.get(address), holding="version")
    assert data is not None
    typed = dict(ACCOUNT[what])
    if "groups" in typed:
        roles = factories.Group.objects.filter(name__in=typed["groups"])
        typed["groups"] = [role.pk for role in roles]
    if "provinces" in typed:
        typed["provinces"] = [province.pk for province in provinces]
    data |= typed | {"last_name": "Ngô Quyền"}
    kept = {name: value for name, value in data.items() if value is not None}
    return Pending(client, address, {n: v for n, v in kept.items() if not n.startswith("_add")})


@pytest.mark.django_db
def test_a_password_that_is_being_set_enables_no_account_that_was_disabled(author):
    read = Officer.objects.get(pk=author.pk)
    author.is_active = False
    author.save()
    read.set_password("a-passphrase-of-their-own")
    read.save()
    author.refresh_from_db()
    assert not author.is_active
    assert author.check_password("a-passphrase-of-their-own")


# --- what Django does by itself


@pytest.mark.django_db
def test_stock_admin_loses_the_first_of_two_in_silence(hai_phong, rf):
    """The measure of what is tried above: the same two edits, in an admin as Django makes it."""
    entry = figure(hai_phong)
    site = admin.AdminSite(name="stock")
    stock = admin.ModelAdmin(Figure, site)
    stock.fields, stock.log_change = ("what", "value"), lambda *args: None
    boss = Officer.objects.create_superuser("boss")
    for typed in ({"what": FIRST, "value": "3"}, {"what": "Ca bệnh", "value": "4"}):
        request = rf.post("/", typed)
        request.user, request._dont_enforce_csrf_checks = boss, True
        request._messages = _Silent()
        try:
            assert stock.changeform_view(request, str(entry.pk)).status_code == 302
        except Http404:
            pytest.fail("the entry is not found")
    entry.refresh_from_db()
    assert (entry.what, entry.value) == ("Ca bệnh", 4)


class _Silent:
    def add(self, *args: Any, **kwargs: Any) -> None:
        """Whatever Django would say."""
