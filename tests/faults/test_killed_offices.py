"""Whoever publishes is killed at any moment: what they saw done is public, nothing is by halves."""

import pytest
from django.db import connection

from locations.models import ExposureLocation
from portal import clock
from portal.publishing.models import Revision
from portal.publishing.models.batch import Batch
from portal.publishing.roles import APPROVER, AUTHOR
from portal.publishing.verification import differences
from tests import factories
from tests.faults import office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_offices_killed_while_they_publish_and_import(hai_phong, times, tell):
    kills = times(20, 1000)
    for role in (AUTHOR, APPROVER):
        factories.national(role)  # whom all offices take turns to be
    acknowledged: list[int] = []
    for seed in range(kills):
        acknowledged += office.kill(database=connection.settings_dict["NAME"], seed=seed)

    assert len(acknowledged) > kills, "the offices were killed before they did anything"
    approved = Revision.objects.approved().filter(pk__in=acknowledged).count()
    halves = [str(difference) for difference in differences()]
    halves += [f"import {batch.pk}" for batch in Batch.objects.all() if is_half(batch)]
    public = ExposureLocation.objects.public(clock.now())
    unapproved = public.filter(name__contains=office.UNAPPROVED).count()
    tell(
        "offices killed with SIGKILL while they publish",
        injected=kills,
        observed=f"{len(acknowledged)} acknowledged, {len(acknowledged) - approved} missing,"
        f" {len(halves)} by halves, {unapproved} unapproved",
        lost=len(acknowledged) - approved + len(halves) + unapproved,
    )


def is_half(batch: Batch) -> bool:
    """Whether some of an import is public and some waits."""
    return 0 < batch.revisions.approved().count() < office.ROWS
