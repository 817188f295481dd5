"""`make_load`: made-up data to measure with, whole, public and the same for the same seed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from locations.made_load import MadeLoad
from locations.models import ExposureLocation, ExposureWindow, Province
from portal.publishing import content as contents
from portal.publishing.models import Revision
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories

pytestmark = pytest.mark.usefixtures("story_time", "divisions")


def made(locations: int = 60, provinces: int = 2, seed: int = 1) -> list[ExposureLocation]:
    load = MadeLoad(
        author=factories.national(AUTHOR), approver=factories.national(APPROVER), seed=seed
    )
    assert list(load.locations(load.provinces(provinces), locations))[-1] == locations
    return list(ExposureLocation.objects.order_by("pk"))


def told(location: ExposureLocation) -> tuple:
    windows = tuple((w.starts_on, w.starts_time, w.ends_on, w.ends_time)
                    for w in location.windows.all())  # fmt: skip
    return (location.name, location.kind, location.address, location.ward_id,
            location.province.slug, location.published_at, windows)  # fmt: skip


def test_every_location_is_as_the_workflow_would_have_left_it(subtests):
    for location in made():
        with subtests.test(location.name):
            location.full_clean()
            for window in location.windows.all():
                window.full_clean()
            revision = Revision.objects.of(location).get()
            assert revision.content == contents.snapshot(location)
            assert revision.author != revision.decided_by
            derived = (location.listed_until, location.search_text, location.unit_path)
            location.derive()
            assert derived == (location.listed_until, location.search_text, location.unit_path)
            assert location.ward.is_within(location.province.division)


def test_it_holds_windows_of_every_precision():
    made(200)
    assert {window.precision for window in ExposureWindow.objects.all()} == set(
        ExposureWindow.Precision
    )
    assert any(w.starts_on != w.ends_on and w.ends_time for w in ExposureWindow.objects.all())


def test_some_of_it_is_current_and_some_past():
    made(200)
    assert ExposureLocation.objects.listed().exists()
    assert ExposureLocation.objects.past().exists()


def test_the_same_seed_makes_the_same_and_another_makes_another():
    first = [told(location) for location in made(20)]
    again = [told(location) for location in made(20)[20:]]
    other = [told(location) for location in made(20, seed=2)[40:]]
    assert first == again
    assert first != other


def test_provinces_that_are_here_already_are_kept(hai_phong):
    load = MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))
    provinces = load.provinces(63)
    assert len({province.slug for province in provinces}) == 63
    assert hai_phong in provinces
    assert Province.objects.count() == 63
    for province in provinces:
        province.full_clean()


def test_what_is_made_is_found_by_residents(client):
    location = made(5, provinces=1)[0]
    page = client.get(f"/{location.province.slug}/dia-diem/", {"q": location.name, "status": "all"})
    assert location in page.context["object_list"]


def test_the_command_makes_what_it_is_asked_for():
    said = StringIO()
    call_command("make_load", provinces=3, locations=30, stdout=said)
    assert said.getvalue().splitlines()[-1] == "3 provinces, 30 locations."
    assert (Province.objects.count(), ExposureLocation.objects.count()) == (3, 30)


@pytest.mark.parametrize("wrong", [{"provinces": 0}, {"provinces": 64}, {"locations": -1}])
def test_numbers_that_make_no_sense_are_wrong_usage(wrong):
    with pytest.raises(CommandError) as refused:
        call_command("make_load", **wrong)
    assert refused.value.returncode == 2
    assert not Province.objects.exists()


def test_outside_a_demonstration_it_is_refused(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="for a demonstration only"):
        call_command("make_load", provinces=1, locations=1)
    assert not Province.objects.exists()
