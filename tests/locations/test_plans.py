"""By which index the databases answer what the pages ask, as EXPLAIN tells it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locations.made_load import MadeLoad
from locations.models import Division, ExposureLocation, ExposureWindow
from portal import clock
from portal.publishing.roles import APPROVER, AUTHOR
from tests import factories, many

TABLE = ExposureLocation._meta.db_table
# Few are current, and the archive is so large that no planner would read all of it.
CURRENT, PAST = 200, 30_000
LIST, ADMIN = "/hai-phong/dia-diem/", "/admin/locations/exposurelocation/"
SEARCH = "the index of the search"
# None of the places says its district: two indexes find that out, at the same cost.
DISTRICTS = "exposurelocation_districts|locations_exposurelocation_district_id_\\w+"

# The indexes by which an address finds its places; `{ward}` is one in which some are.
PLANS = {
    "/": {"exposurelocation_listed"},
    "/hai-phong/": {"exposurelocation_listed"},
    LIST: {"exposurelocation_listed", "exposurelocation_wards", DISTRICTS},
    f"{LIST}?status=past": {"exposurelocation_added"},
    f"{LIST}?status=all&page=2": {"exposurelocation_added"},
    f"{LIST}?status=all&ward={{ward}}": {"exposurelocation_wards"},
    f"{LIST}?status=all&q=khongco": {SEARCH},
    f"{LIST}?status=all&q=p20123": {SEARCH},
    f"{LIST}?status=past&from={{day}}&to={{day}}": {
        "exposurewindow_days",
        "exposurewindow_several_days",
    },
    "/tim-kiem/?q=p20123": {SEARCH},
    "/tim-kiem/?q=zx": {SEARCH},
    "/tim-kiem/?q=xa": {"exposurelocation_newest"},
    "/feed.atom": {"exposurelocation_last_changed"},
    "/hai-phong/feed.atom": {"exposurelocation_changed"},
    "/hai-phong/theo-doi/": {"exposurelocation_wards"},
    ADMIN: {"exposurelocation_of_province|locations_exposurelocation_pkey"},
    f"{ADMIN}?state__exact=draft": {"exposurelocation_waiting|exposurelocation_in_state"},
    f"{ADMIN}?q=p20123": {SEARCH},
}


@pytest.fixture
def archive(hai_phong) -> Division:
    """Makes the places, current ones here and past ones everywhere; gives a ward of them."""
    made = MadeLoad(author=factories.national(AUTHOR), approver=factories.national(APPROVER))
    made.provinces(63)
    here = list(Division.objects.wards().within(hai_phong.division).with_path())
    everywhere = list(Division.objects.wards().valid(here[0].valid_to).with_path())
    place = factories.location(hai_phong, ward=here[0])
    many.fill(place, CURRENT, wards=here, newest=clock.now(), mark="N")
    past = clock.now() - timedelta(days=30)
    many.fill(place, PAST, wards=everywhere, newest=past, mark="P")
    without_room_of_earlier_tests()
    return here[0]


def without_room_of_earlier_tests() -> None:
    """PostgreSQL keeps the pages of rows that were rolled back, and its planner counts them."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is rewritten while any wait
        for model in (ExposureLocation, ExposureWindow):
            table = model._meta.db_table
            cursor.execute(f"CLUSTER {table} USING {table}_pkey")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def plans(client, address: str) -> dict[str, str]:
    """The plan of every query about places that the page at `address` makes."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
        assert response.status_code == 200, address
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    explained = {}
    with connection.cursor() as cursor:
        for query in asked:
            sql = re.sub(r"^DECLARE .*? FOR ", "", query["sql"], flags=re.DOTALL)
            if TABLE in sql and re.match(r"\(?(SELECT|WITH)", sql):
                cursor.execute(f"{explain} {sql}")
                explained[sql] = "\n".join(str(row[-1]) for row in cursor.fetchall())
    return explained


def reads_every_row(plan: str) -> bool:
    if connection.vendor == "postgresql":
        return f"Seq Scan on {TABLE} " in f"{plan} "
    return re.search(rf"SCAN {TABLE}\b(?! USING)", plan) is not None


def uses(index: str, plan: str) -> bool:
    if index != SEARCH:
        return re.search(rf"\b({index})\b", plan) is not None
    fts5 = f"SCAN {TABLE}_search VIRTUAL TABLE INDEX"
    return (f"{TABLE}_search" if connection.vendor == "postgresql" else fts5) in plan


def test_every_page_finds_its_places_by_an_index(archive, hai_phong, client, subtests):
    client.force_login(factories.officer("approver", APPROVER, hai_phong))
    day = f"{clock.today() - timedelta(days=45):%d/%m/%Y}"
    for address, indexes in PLANS.items():
        with subtests.test(address):
            explained = plans(client, address.format(ward=archive.pk, day=day))
            together = "\n".join(explained.values())
            assert [index for index in indexes if not uses(index, together)] == [], together
            for sql, plan in explained.items():
                # The days of some thousand windows are joined with all of so few places at once.
                assert "from=" in address or not reads_every_row(plan), f"{sql}\n{plan}"


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")
def test_no_question_is_compiled():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
