"""Whoever changes, removes or puts in what was approved is found out, and told what differs."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from alerts.models import Dispatch, Notice
from locations.models import ExposureLocation, Hotline
from portal import clock
from portal.publishing import content as contents
from portal.publishing import ledger, workflow
from portal.publishing.models import LedgerHead, Revision
from portal.publishing.verification import Anchor, first_difference
from tests import factories


@pytest.fixture
def published(hai_phong, author, approver):
    """A place that was corrected, withdrawn and published again, and a notice about another."""
    place = factories.location(hai_phong)
    for content in ({"name": "Chợ Đổ"}, {"external_id": "HP-1"}):
        correct(place, author, approver, **content)
    workflow.approve(
        revision=workflow.request_withdrawal(entry=place, by=author, reason="Nhầm"), by=approver
    )
    correct(place, author, approver)
    other = factories.location(hai_phong, name="Chợ Ga", expires_at=clock.now() + timedelta(3))
    factories.notice(hai_phong, locations=[other])
    place.refresh_from_db()
    return place


def correct(entry, author, approver, **values):
    entry.refresh_from_db()
    revision = workflow.save_draft(
        entry=entry, content=contents.snapshot(entry) | values, by=author, public_note="Sửa"
    )
    workflow.submit(revision=revision, by=author)
    return workflow.approve(revision=revision, by=approver)


def found():
    return str(first_difference())


def test_a_clock_that_was_set_back_is_no_forgery(hai_phong, author, approver):
    with time_machine.travel(clock.now() + timedelta(days=1)):
        place = factories.location(hai_phong)
    correct(place, author, approver, name="Chợ Hàng mới")
    assert first_difference() is None


def test_a_ledger_that_nobody_touched_is_whole(published):
    assert first_difference() is None
    records = Revision.objects.approved().order_by("sequence")
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))
    assert records[0].previous_hash == "0" * 64
    for before, after in zip(records, records[1:], strict=False):
        assert after.previous_hash == before.hash
    head = LedgerHead.objects.get()
    assert (head.sequence, head.hash) == (len(records), records.last().hash)


def test_the_story_and_made_load_are_in_the_ledger(story):
    call_command("make_load", provinces=2, locations=60, seed=1, verbosity=0, stdout=StringIO())
    assert first_difference() is None
    assert LedgerHead.objects.get().sequence > 60


def test_every_column_of_a_revision_is_under_seal_or_is_known_not_to_be():
    columns = {field.attname for field in Revision._meta.concrete_fields}
    assert columns - set(ledger.SEALED) == {"id", "entry_type_id", "state", "hash"}


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"name": "Chợ khác"}},
        {"reason": "khác"},
        {"public_note": "khác"},
        {"decision_note": "khác"},
        {"created_at": clock.now()},
        {"title": "khác"},
        {"based_on": 7},
        {"is_correction": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_record_is_named(published, change):
    first = Revision.objects.of(published).get(number=1)
    Revision.objects.filter(pk=first.pk).update(**change)
    assert found().startswith(f"record {first.sequence} ({published.code}")
    assert "changed after its approval" in found()


def test_a_changed_officer_is_named(published, colleague):
    first = Revision.objects.of(published).get(number=1)
    Revision.objects.filter(pk=first.pk).update(author=colleague)
    assert "changed after its approval" in found()


def test_a_record_that_was_sealed_anew_does_not_fit_the_next(published):
    first = Revision.objects.of(published).get(number=1)
    first.reason = "khác"
    first.hash = ledger.digest(first)
    first.save()
    assert "does not continue the record before it" in found()


def test_a_deleted_record_is_missing(published):
    second = Revision.objects.of(published).get(number=2)
    second.delete()
    after = second.sequence + 1
    assert found() == f"record {second.sequence}: it is missing; record {after} follows"


def test_the_last_record_is_missed_when_it_is_deleted(published):
    last = Revision.objects.approved().order_by("-sequence").first()
    Dispatch.objects.filter(revision=last).delete()
    last.delete()
    assert found().startswith(f"record {last.sequence}: it was the last")


def test_an_entry_that_was_deleted_with_all_its_revisions_is_missed(published):
    Revision.objects.of(published).delete()
    published.delete()
    assert "it is missing" in found()


def test_an_entry_that_was_deleted_alone_is_named(published):
    published.delete()
    assert found() == f"exposurelocation {published.code}: “Chợ Sắt” was deleted"


def test_an_entry_that_was_never_approved_is_named(hai_phong, published):
    made = ExposureLocation.objects.create(
        province=hai_phong, name="Chợ giả", state="published", revision_number=1,
        published_at=clock.now(),
    )  # fmt: skip
    assert found() == f"exposurelocation {made.code}: it is public and was never approved"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Chợ khác"},
        {"action": "Không cần làm gì"},
        {"state": "withdrawn"},
        {"public_note": "khác"},
        {"published_at": clock.now()},
        {"updated_at": clock.now()},
        {"listed_until": clock.now()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_public_column_that_was_changed_is_named(published, change):
    ExposureLocation.objects.filter(pk=published.pk).update(**change)
    assert found().startswith(f"exposurelocation {published.code}: {next(iter(change))} is ")


def test_changed_windows_are_named(published):
    published.windows.all().delete()
    assert found().startswith(f"exposurelocation {published.code}: windows is []")


def test_a_changed_hotline_is_named(published, hai_phong):
    Hotline.objects.update(number="0900 000 000")
    assert found().startswith(f"province {hai_phong.code}: hotlines is")


def test_a_changed_link_is_named(published):
    notice = Notice.objects.get()
    notice.locations.clear()
    assert found().startswith(f"notice {notice.code}: locations is []")


def test_an_approval_by_the_author_is_named_even_without_the_constraint(published):
    name = "revision_approved_by_someone_else"
    constraint = next(c for c in Revision._meta.constraints if c.name == name)
    table = Revision._meta.db_table
    if connection.vendor == "sqlite":
        pytest.skip("SQLite drops no constraint within a transaction")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint.name}")
    first = Revision.objects.of(published).get(number=1)
    Revision.objects.filter(pk=first.pk).update(author=first.decided_by)
    from portal.publishing.verification import differences

    assert any("its author approved it" in str(one) for one in differences())


def test_the_database_refuses_an_approved_revision_outside_the_ledger(published):
    first = Revision.objects.of(published).get(number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=first.pk).update(sequence=None, hash="", previous_hash="")


def test_a_ledger_written_anew_differs_from_what_was_written_down(published, author):
    head = LedgerHead.objects.get()
    anchor = Anchor(head.sequence, head.hash)
    assert first_difference(anchor=anchor) is None
    records = list(Revision.objects.approved().order_by("sequence"))
    records[3].reason = "khác"
    LedgerHead.objects.update(sequence=0, hash="0" * 64)
    ledger.seal(records)
    Revision.objects.bulk_update(records, [*ledger.SET, "reason"])
    assert first_difference() is None
    assert "written down" in str(first_difference(anchor=anchor))


def test_the_command_says_that_it_is_whole_or_what_is_not(published):
    out, err = StringIO(), StringIO()
    call_command("verify_ledger", stdout=out, stderr=err)
    head = LedgerHead.objects.get()
    assert out.getvalue() == f"the ledger is whole: {head.sequence}:{head.hash}\n"
    call_command("verify_ledger", anchor=Anchor.parse(str(head)), stdout=out, stderr=err)

    ExposureLocation.objects.filter(pk=published.pk).update(name="Chợ khác")
    with pytest.raises(CommandError) as refused:
        call_command("verify_ledger", stdout=out, stderr=err)
    assert refused.value.returncode == 1
    assert f"exposurelocation {published.code}: name is 'Chợ khác'" in err.getvalue()
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        call_command("verify_ledger", "--anchor", "nonsense", stderr=err)


def test_ten_thousand_records_are_sealed_in_one_go_and_queries_do_not_grow(
    published, django_assert_num_queries
):
    kind = ContentType.objects.get_for_model(ExposureLocation)
    made = [
        Revision(entry_type=kind, entry_id=10_000 + n, entry_code=f"T{n}", content={"n": n})
        for n in range(10_000)
    ]
    with django_assert_num_queries(2):
        ledger.seal(made)
    assert made[-1].sequence == made[0].sequence + 9_999
