"""A public page shows one moment of the database, however often it asks."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from locations.models import ExposureLocation
from portal.publishing.snapshots import ReadFromOneSnapshot
from portal.web.page_cache import cached_page
from tests import factories
from tests.kept_pages import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def seen_by(view, method="GET"):
    """What `view` answers within the middleware; None if it is left to Django."""
    middleware = ReadFromOneSnapshot(lambda request: HttpResponse())
    request = RequestFactory().generic(method, "/")
    return middleware.process_view(request, view, (), {})


@pytest.fixture
def counting_twice(hai_phong):
    def view(request):
        before = ExposureLocation.objects.count()
        at_once([lambda: factories.location(hai_phong)])
        return HttpResponse(f"{before} {ExposureLocation.objects.count()}")

    return view


def test_what_is_approved_while_a_page_is_made_is_in_no_part_of_it(counting_twice):
    view = cached_page()(counting_twice)
    assert seen_by(view).content == b"0 0"
    assert seen_by(view).content == b"1 1"
    assert not connection.in_atomic_block


def test_writers_do_not_wait_for_who_reads(counting_twice, hai_phong):
    """The places that were published meanwhile are there."""
    seen_by(cached_page()(counting_twice))
    assert ExposureLocation.objects.count() == 1
    factories.location(hai_phong)
    assert ExposureLocation.objects.count() == 2


def test_who_asks_nothing_needs_no_database():
    with CaptureQueriesContext(connection) as asked:
        assert seen_by(cached_page()(lambda request: HttpResponse())).status_code == 200
    assert not asked.captured_queries


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_may_write_is_left_alone(method, counting_twice):
    assert seen_by(cached_page()(counting_twice), method) is None
    assert seen_by(lambda request: HttpResponse()) is None
