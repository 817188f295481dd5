"""The version of what residents read: which pages a change concerns, and that none is missed."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from alerts.models import CaseAnnouncement, Figure, Notice
from locations.models import ExposureLocation, Flight
from portal import clock
from portal.publishing import versions
from portal.publishing.models import ContentVersion
from tests import factories
from tests.kept_pages import at_once


def counted() -> dict[str, int]:
    return dict(ContentVersion.objects.values_list("scope", "number"))


class Counting:
    """The scopes whose numbers grew within."""

    def __enter__(self) -> set[str]:
        self.before = counted()
        self.grown: set[str] = set()
        return self.grown

    def __exit__(self, *_: object) -> None:
        after = counted()
        assert all(after[scope] >= number for scope, number in self.before.items())
        self.grown |= {
            scope for scope, number in after.items() if number != self.before.get(scope, 0)
        }


def test_only_an_approval_counts(hai_phong, location):
    with Counting() as grown:
        revision = factories.draft(ExposureLocation.objects.get(pk=location.pk))
        factories.workflow.submit(revision=revision, by=revision.author)
    assert not grown
    with Counting() as grown:
        factories.workflow.approve(revision=revision, by=factories.national(factories.APPROVER))
    assert grown == {"hai-phong"}


def test_a_withdrawal_counts(location):
    with Counting() as grown:
        factories.withdraw(location)
    assert grown == {"hai-phong"}


def test_what_is_undone_was_never_counted(location):
    with Counting() as grown, pytest.raises(RuntimeError), transaction.atomic():
        factories.withdraw(location)
        raise RuntimeError
    assert not grown


def test_a_province_and_what_is_said_to_the_country_concern_all(hai_phong, binh_duong):
    with Counting() as grown:
        factories.correct(hai_phong, office="Sở Y tế")
    assert grown == {"", "*"}
    with Counting() as grown:
        factories.publish(Figure(what="Ca bệnh", value=1, as_of=clock.now()))
    assert grown == {""}


@pytest.fixture
def flight(hai_phong, binh_duong):
    """One that Bình Dương publishes and Hải Phòng shows."""
    return factories.flight(binh_duong, also_concerns=[hai_phong])


def test_a_shared_flight_concerns_both(hai_phong, binh_duong, flight):
    with Counting() as grown:
        factories.correct(flight, note="Hàng ghế đầu")
    assert grown == {"hai-phong", "binh-duong"}


def test_to_share_no_longer_concerns_who_showed_it(hai_phong, flight):
    with Counting() as grown:
        factories.correct(flight, also_concerns=[])
    assert grown == {"hai-phong", "binh-duong"}
    with Counting() as grown:
        factories.correct(flight, note="Hàng ghế đầu")
    assert grown == {"binh-duong"}


def test_a_notice_concerns_who_shows_the_flight_that_it_names(hai_phong, binh_duong, flight):
    """Its action stands beside the flight on the pages of every province that shows it."""
    da_nang = factories.province("Đà Nẵng", "48")
    with Counting() as grown:
        factories.notice(da_nang, flights=[flight])
    assert grown == {"da-nang", "hai-phong", "binh-duong"}


def test_numbers_of_concurrent_changes_are_never_lost(transactional_db):
    def change():
        for _ in range(5):
            with transaction.atomic():
                versions.changed(["hai-phong", "binh-duong"])

    assert at_once([change] * 6) == [None] * 6
    assert counted().items() >= {"hai-phong": 30, "binh-duong": 30}.items()


def test_what_is_known_is_returned_itself_while_it_holds(story_time, location):
    known = versions.read()
    assert versions.read(known) is known
    factories.correct(location, note="Tầng 2")
    assert versions.read(known) is not known
    known = versions.read()
    story_time.move_to(clock.now() + timedelta(days=1))
    assert versions.read(known) is not known


def test_the_version_of_a_province_is_its_own_or_that_of_all(location, binh_duong):
    before = versions.read()
    factories.correct(location, note="Tầng 2")
    after = versions.read()
    assert after.version("hai-phong") > before.version("hai-phong")
    assert after.version("binh-duong") == before.version("binh-duong")
    assert after.version(None) > before.version(None)
    versions.changed_everywhere()
    assert versions.read().version("binh-duong") > before.version("binh-duong")


@pytest.mark.parametrize("model", [ExposureLocation, Notice, Flight, CaseAnnouncement, Figure])
def test_the_next_change_is_the_next_at_which_the_lists_are_others(model, story):
    """Found by trying every moment at which one entry opens or ends."""
    entries = model.objects.all()
    moments = sorted(
        {
            moment
            for row in entries.values_list("publish_from", "listed_until")
            for moment in row
            if isinstance(moment, datetime)
        }
    )
    assert moments
    instant = timedelta(microseconds=1)

    def shown(at):
        return set(entries.public(at).values_list("pk")), set(entries.listed(at).values_list("pk"))

    at = moments[0] - timedelta(days=1)
    while (following := entries.next_change(at)) is not None:
        assert following in moments
        assert shown(following) != shown(following - instant)
        assert shown(following - instant) == shown(at)
        at = following
    assert shown(at) == shown(moments[-1] + timedelta(days=1000))


def test_the_next_change_sees_embargoes(hai_phong, story_time):
    opens = clock.now() + timedelta(hours=1)
    factories.location(hai_phong, publish_from=opens)
    factories.location(hai_phong, name="Chợ Hàng", publish_from=opens + timedelta(hours=1))
    assert ExposureLocation.objects.all().next_change(clock.now()) == opens
    assert ExposureLocation.objects.all().next_change(opens) == opens + timedelta(hours=1)
    assert versions.read().until == opens.timestamp()
