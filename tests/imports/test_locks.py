"""Approvals at the same time: a batch and single ones never stop each other for good."""

import threading

import pytest
from django.db import connection

from locations.imports.preview import hand_over, preview
from locations.models import ExposureLocation
from portal.publishing import workflow, writing
from portal.publishing.batches import approve_batch
from portal.publishing.models import Officer, Revision
from portal.publishing.verification import first_difference
from tests import factories
from tests.imports.conftest import MARKET, csv_file


@pytest.mark.django_db(transaction=True)
def test_a_batch_and_single_approvals_at_once_all_succeed(hai_phong, author, approver, monkeypatch):
    monkeypatch.setattr(writing, "BATCH", 5)
    rows = [(f"B{n}", f"Quán {n}", *MARKET[2:]) for n in range(40)]
    options = {"file_name": "list.csv", "province": hai_phong, "by": author}
    batch = hand_over(preview(csv_file(*rows), **options), by=author)
    single, children = factories.location_draft(hai_phong)
    others = []
    for number in range(8):
        single, children = factories.location_draft(hai_phong, name=f"Chợ {number}")
        others.append(factories.draft(single, children=children))
        workflow.submit(revision=others[-1], by=others[-1].author)
    inside = list(batch.revisions.order_by("-entry_id")[:3])
    failed: list[BaseException] = []

    def at_once(work) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except workflow.WrongState:
                pass  # the other was first
            except BaseException as error:
                failed.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    officer = Officer.objects.get(pk=approver.pk)
    threads = [at_once(lambda: approve_batch(batch=batch, by=officer, note="ok"))]
    threads += [
        at_once(lambda revision=revision: workflow.approve(revision=revision, by=officer))
        for revision in (*others, *inside)
    ]
    for thread in threads:
        thread.join(60)
    assert not failed
    assert ExposureLocation.objects.public().count() == 8 + 40
    assert first_difference() is None
    assert not Revision.objects.filter(state="approved", number=None).exists()
