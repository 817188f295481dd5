"""What the check compares with on the phone: everything that is listed, small.

`static/js/check/data.js` reads it and says the same in whole words. The parts of the file:

`format`     of this layout, a number
`version`    what it holds at least: with it a later request can ask what has changed since
`at`         when all of it was listed
`base`       the day from whose midnight in Vietnam all minutes count
`addresses`  of a province, a place and a flight, with PROVINCE and CODE to be filled in
`provinces`  slug, name, numbers of hotlines
`texts`      what residents are asked to do; `vietnamese`: the numbers of those with no English
`hotlines`   label, number, number as dialled
`todos`      numbers of texts, numbers of hotlines
`reaches`    radius in metres; whether the point stands for a whole ward or district
`units`      columns of the provinces, districts and wards of places (`portal.pages.check.units`)
`places`     columns of places and of their windows (`portal.pages.check.places`)
`flights`    rows: code, province, number, date, seat rows, route, when, until, what to do

Who has a list asks with its version for what has changed: `data.json?tu=<version>`. That is a file
of the same form, made of the changed entries only and of what they need. Beside that it has

`since`      the version that was asked with
`gone`       codes of changed entries that are no longer listed

and its reader keeps of his list what this file does not name and what does not end by its `at`.
It is of no use to who has a list of a later `at`: then the clock has been set back.

The columns `parent`, `unit`, `province`, `latitude`, `longitude` and `start`
hold the distance from the row before. `up` says how many levels above a place's unit the names
begin that end its address; `until` counts from the midnight before its last day.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from django.urls import reverse
from django.utils import timezone

from locations.models import Flight, Province
from portal.pages.check.changed import Changed
from portal.pages.check.columns import Table
from portal.pages.check.minutes import Minutes
from portal.pages.check.places import Places
from portal.pages.check.todo import Todos
from portal.pages.check.version import version_at
from portal.web.times import iso

FORMAT = 2


def published(at: datetime, changes: Changed | None = None) -> dict[str, Any]:
    """The file, in the language of the page, as it was at `at`; only what of it is in `changes`, if
    they are given."""
    version = version_at(at)
    minutes = Minutes(timezone.localdate(at))
    known = {province.pk: province for province in Province.objects.with_contacts()}
    provinces: Table[Province] = Table()
    places = Places(at, known, minutes, among=changes.places if changes else None)
    taken = _flights(at, known, among=changes.flights if changes else None)
    todos = Todos(at, known.values(), [*places.entries, *taken])
    columns = places.columns(provinces, todos)
    flights = [_flight(flight, provinces, todos, minutes) for flight in taken]
    for province in known.values():
        # Also for those where nothing matches: whom to call.
        if changes is None and province.is_public and todos.of_province(province):
            provinces.number(province)
    told: dict[str, Any] = {}
    if changes:
        gone = changes.without([*places.entries, *taken])
        told = {"since": changes.since, "gone": " ".join(gone)}
    return {
        "format": FORMAT,
        "version": version,
        **told,
        "at": iso(at),
        "base": minutes.base.isoformat(),
        "addresses": {
            "province": reverse("province", args=["PROVINCE"]),
            "place": reverse("location", args=["PROVINCE", "CODE"]),
            "flight": reverse("flight", args=["PROVINCE", "CODE"]),
        },
        "provinces": [
            (province.slug, province.name, todos.of_province(province))
            for province in provinces.values
        ],
        "texts": todos.texts.values,
        "vietnamese": sorted(todos.vietnamese),
        "hotlines": todos.hotlines.values,
        "todos": todos.todos.values,
        "units": places.unit_columns(),
        "reaches": places.reaches.values,
        "places": columns,
        "flights": flights,
    }


def _flights(
    at: datetime, provinces: dict[int, Province], *, among: Collection[int] | None
) -> list[Flight]:
    listed = Flight.objects.listed(at)
    if among is not None:
        listed = listed.filter(pk__in=among)
    flights = list(listed.order_by("-date", "number", "pk"))
    for flight in flights:
        flight.province = provinces[flight.province_id]
    return flights


def _flight(
    flight: Flight, provinces: Table[Province], todos: Todos, minutes: Minutes
) -> tuple[Any, ...]:
    return (
        flight.code,
        provinces.number(flight.province),
        flight.number,
        flight.date.isoformat(),
        flight.seat_rows,
        flight.route,
        flight.when,
        minutes.until(cast(datetime, flight.listed_until)),
        todos.number(flight),
    )
