"""An office that publishes, corrects, withdraws and imports until it is killed.

Each step is told to the parent only after it was done, as an officer sees it done.
"""

import random
import time
from multiprocessing.connection import Connection
from typing import NoReturn

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db import connection

from locations.imports.preview import hand_over, preview
from locations.models import ExposureLocation, Province
from portal.publishing import content as contents
from portal.publishing import workflow
from portal.publishing.batches import approve_batch
from portal.publishing.models import Revision
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.faults.forked import processes
from tests.imports.conftest import MARKET, csv_file

ROWS = 8
# In the texts of everything that nobody approves.
UNAPPROVED = "Chưa ai duyệt"
# Kills fall on every point of a round of four steps, and of the tenths of a second of a step.
STEPS, LONGEST = 4, 0.3


def kill(*, database: str, seed: int) -> list[int]:
    """Lets an office work on `database` for a random while and kills it with SIGKILL.

    Returns the revisions that it was told are public.
    """
    chance = random.Random(seed)
    ours, its = processes.Pipe(duplex=False)
    office = processes.Process(target=work, args=(database, seed, its))
    office.start()
    its.close()
    if not ours.poll(60):
        raise TimeoutError("the office does not begin")
    acknowledged: list[int] = ours.recv()
    for _step in range(chance.randrange(STEPS)):
        acknowledged += ours.recv()
    time.sleep(chance.uniform(0, LONGEST))
    office.kill()
    office.join()
    try:
        while True:
            acknowledged += ours.recv()
    except EOFError:
        return acknowledged


def work(database: str, seed: int, parent: Connection) -> NoReturn:
    connection.settings_dict["NAME"] = database
    province = Province.objects.get(slug="hai-phong")
    parent.send([])
    number = 0
    while True:
        number += 1
        name = f"Chợ {seed} quầy {number}"
        entry, children = factories.location_draft(province, name=name)
        done(parent, factories.draft(entry, children=children))
        entry.refresh_from_db()
        done(parent, changed(entry, address=f"{seed} Lê Lợi"))
        if number % 3 == 0:
            withdrawal = workflow.request_withdrawal(
                entry=entry, by=factories.national(AUTHOR), reason="Nhầm"
            )
            done(parent, withdrawal)
        else:
            # Handed in, and never looked at.
            waiting = changed(entry, name=UNAPPROVED)
            workflow.submit(revision=waiting, by=waiting.author)
        parent.send(imported(province, f"{seed}-{number}"))


def changed(entry: ExposureLocation, **values: str) -> Revision:
    entry.refresh_from_db()
    return workflow.save_draft(
        entry=entry,
        content=contents.snapshot(entry) | values,
        by=factories.national(AUTHOR),
        public_note="Sửa địa chỉ",
    )


def done(parent: Connection, revision: Revision) -> None:
    """Approves `revision` and says so."""
    if revision.action != workflow.WITHDRAW:
        workflow.submit(revision=revision, by=revision.author)
    workflow.approve(revision=revision, by=factories.national(APPROVER))
    parent.send([revision.pk])


def imported(province: Province, mark: str) -> list[int]:
    """Imports a list and approves all of it; the revisions that this made public."""
    rows = [(f"{mark}-{n}", f"Quán {mark}-{n}", *MARKET[2:]) for n in range(ROWS)]
    by = factories.national(AUTHOR)
    shown = preview(csv_file(*rows), file_name="list.csv", province=province, by=by)
    batch = hand_over(shown, by=by)
    approve_batch(batch=batch, by=factories.national(APPROVER), note="đã kiểm tra")
    return list(batch.revisions.values_list("pk", flat=True))
