"""A page asks the database a fixed number of questions, however many entries there are."""

from copy import copy as copy_of

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts.models import Notice
from locations.made_load import MadeLoad
from locations.models import ExposureLocation, Flight
from portal.publishing.models import Publishable
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories
from tests.kept_pages import forget_all_that_is_kept

pytestmark = pytest.mark.usefixtures("story_time")

# The most that a page may ask when nothing is kept, neither rows nor the province, by address.
BOUNDS = {
    "/": 12,
    "/hai-phong/": 37,
    "/hai-phong/dia-diem/": 16,
    "/hai-phong/dia-diem/?q=cho&kind=market&from=01/01/2020&status=all": 17,
    "/hai-phong/dia-diem/?page=2&status=all": 16,
    "/hai-phong/chuyen-bay/": 8,
    "/chuyen-bay/": 4,
    "/hai-phong/ca-benh/": 15,
    "/hai-phong/thong-bao/": 15,
    "/hai-phong/theo-doi/": 10,
    "/hai-phong/theo-doi/email/": 7,
    "/du-lieu/": 30,
    "/tim-kiem/?q=n": 30,
    "/xac-minh/": 1,
    "/khong-co/": 3,
}
ENTRY_BOUNDS = {"location": 10, "flight": 6, "notice": 11, "cases": 11}


@pytest.fixture
def made(hai_phong):
    return MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))


def copies(entry: Publishable, count: int, **numbered: str) -> None:
    """`count` more rows like `entry` with the links that it has, straight into the tables."""
    copied = []
    for number in range(count):
        copy = copy_of(entry)
        copy.pk, copy.code = None, f"{count}{entry._meta.model_name[:3].upper()}{number:04}"
        for name, pattern in numbered.items():
            setattr(copy, name, pattern.format(number))
        copied.append(copy)
    type(entry).objects.bulk_create(copied)
    own = entry._meta.model_name
    for name in entry.content_links:
        links = type(entry)._meta.get_field(name).remote_field.through
        linked = entry._meta.get_field(name).related_model._meta.model_name
        links.objects.bulk_create(
            links(**{f"{own}_id": copy.pk, f"{linked}_id": other.pk})
            for copy in copied
            for other in getattr(entry, name).all()[:4]
        )


def questions(client, address: str) -> int:
    """As many as there are when no row is kept, which is the most."""
    forget_all_that_is_kept()
    with CaptureQueriesContext(connection) as asked:
        status = client.get(address).status_code
    assert status == (404 if "khong-co" in address else 200), address
    return len(asked)


def test_ten_and_a_thousand_entries_ask_the_same(hai_phong, made, client, subtests):
    """Fifty of the thousand stand on a page, and three hundred in one notice."""
    assert list(made.locations([hai_phong], 60))
    few = list(ExposureLocation.objects.all()[:4])
    flight = factories.flight(hai_phong)
    entries = {
        "location": few[0],
        "flight": flight,
        "notice": factories.notice(hai_phong, locations=few, flights=[flight]),
        "cases": factories.cases(hai_phong, locations=few, flights=[flight]),
    }
    copies(flight, 9, number="VJ{}")
    copies(entries["notice"], 9)
    copies(entries["cases"], 9)
    addresses = [*BOUNDS, *(entry.get_absolute_url() for entry in entries.values())]
    bounds = [*BOUNDS.values(), *ENTRY_BOUNDS.values()]
    for address in addresses:
        questions(client, address)  # what Django keeps in memory is asked once
    with_ten = {address: questions(client, address) for address in addresses}

    assert list(made.locations([hai_phong], 940))
    many = ExposureLocation.objects.all()[:300]
    entries["notice"].locations.set(many)
    entries["cases"].locations.set(many)
    copies(Flight.objects.get(pk=flight.pk), 990, number="VN{}")
    copies(entries["notice"], 990)
    copies(entries["cases"], 990)
    assert Notice.objects.listed().count() > 900
    for address, bound in zip(addresses, bounds, strict=True):
        with subtests.test(address):
            with_a_thousand = questions(client, address)
            assert with_a_thousand == with_ten[address]
            assert with_a_thousand <= bound


def test_all_provinces_ask_the_same_as_two(made, client):
    made.provinces(2)
    questions(client, "/")
    with_two = questions(client, "/")
    assert len(made.provinces(63)) == 63
    assert questions(client, "/") == with_two <= BOUNDS["/"]


def test_the_sitemap_asks_the_same_for_ten_and_a_thousand(hai_phong, made, client):
    assert list(made.locations([hai_phong], 10))
    questions(client, "/sitemap-locations.xml")
    with_ten = questions(client, "/sitemap-locations.xml")
    assert list(made.locations([hai_phong], 990))
    assert questions(client, "/sitemap-locations.xml") == with_ten <= 4
