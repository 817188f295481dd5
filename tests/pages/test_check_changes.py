"""A phone that asks what has changed has the list that it would have if it read the whole."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from locations import wording
from locations.models import Division, ExposureLocation, Flight
from portal import clock
from portal.pages.check import changed, version, views
from portal.publishing import versions
from portal.publishing.models import LedgerHead, Revision
from portal.web.page_cache.declaring import address_of
from tests import factories, states
from tests.conftest import STORY_TIME
from tests.pages.test_check_data import ADDRESSES, as_it_is_kept, made, node  # noqa: F401

pytestmark = pytest.mark.usefixtures("story_time")

HOUR = timedelta(hours=1)
VI = ADDRESSES["vi"]


def whole(client: Client, language: str = "vi") -> dict[str, Any]:
    return client.get(ADDRESSES[language]).json()


def answer(client: Client, since: str, language: str = "vi") -> dict[str, Any]:
    """What the portal answers to a phone that has the list of the version `since`."""
    return client.get(ADDRESSES[language], {"tu": since}, follow=True).json()


def read(histories: list[dict[str, Any]], language: str = "vi") -> list[Any]:
    """Of each history what the phone has in the end, and what the whole list is."""
    with translation.override(language):
        phrases = wording.window_phrases()
    return node("updated.mjs", {"phrases": phrases, "histories": histories})


class Phone:
    """One that reads the whole list once, and then what has changed, again and again. Like
    static/js/check/list.js it asks for the whole where an answer is older than what it has."""

    def __init__(self, client: Client, language: str = "vi") -> None:
        self.client, self.language = client, language
        self.files = [whole(client, language)]

    def ask(self) -> dict[str, Any]:
        told = answer(self.client, self.files[-1]["version"], self.language)
        if moment(told) < moment(self.files[-1]):
            told = whole(self.client, self.language)
        self.files.append(told)
        return told

    def history(self) -> dict[str, Any]:
        return {"files": list(self.files), "whole": whole(self.client, self.language)}


def moment(file: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(file["at"])


def named(file: dict[str, Any]) -> set[str]:
    """The codes of the entries that a file tells of."""
    return {*file["places"]["code"].split(), *(flight[0] for flight in file["flights"])}


@pytest.fixture
def phone(hai_phong, client) -> Phone:
    factories.location(hai_phong, name="Chợ Cũ")
    fill_a_step(hai_phong)
    return Phone(client)


def fill_a_step(province) -> None:
    """Goes on to where versions begin anew, so that nothing before is told again."""
    notice = factories.notice(province, action="0")
    while LedgerHead.objects.get().sequence % version.STEP:
        notice = factories.correct(notice, action=f"{LedgerHead.objects.get().sequence}")


# --- what changes


def test_nothing_new_is_a_file_without_entries(phone, story_time):
    told = phone.ask()
    assert (named(told), told["gone"]) == (set(), "")
    assert (told["since"], told["version"]) == (phone.files[0]["version"],) * 2


def test_what_is_added_corrected_and_withdrawn_is_told_alone(phone, hai_phong):
    place, flight = factories.location(hai_phong, name="Chợ Mới"), factories.flight(hai_phong)
    told = phone.ask()
    assert (named(told), told["gone"]) == ({place.code, flight.code}, "")
    fill_a_step(hai_phong)
    phone.ask()
    factories.correct(place, name="Chợ Đổ")
    told = phone.ask()
    assert named(told) == {place.code}
    assert told["places"]["name"] == ["Chợ Đổ"]
    factories.withdraw(place)
    told = phone.ask()
    assert (named(told), told["gone"]) == (set(), place.code)
    [(mine, everything)] = read([phone.history()])
    assert mine == everything


def test_an_embargo_that_ends_is_told_and_nothing_of_it_before(phone, hai_phong, story_time):
    hidden = factories.location(hai_phong, publish_from=clock.now() + 2 * HOUR)
    told = phone.ask()
    assert hidden.code not in json.dumps(told)
    factories.withdraw(factories.location(hai_phong, publish_from=clock.now() + 2 * HOUR))
    assert (phone.ask()["gone"], named(phone.files[-1])) == ("", set())
    story_time.shift(2 * HOUR)
    assert named(phone.ask()) == {hidden.code}


def test_the_end_of_a_listing_is_told_by_the_list_itself(phone, hai_phong, story_time):
    place = factories.location(hai_phong, expires_at=clock.now() + 3 * HOUR)
    fill_a_step(hai_phong)
    phone.ask()
    story_time.shift(4 * HOUR)
    told = phone.ask()
    assert place.code not in json.dumps(told)
    [(mine, everything)] = read([phone.history()])
    assert mine == everything
    assert place.code not in json.dumps(mine)


@pytest.mark.parametrize("kind", ["locations", "flights"])
def test_what_a_notice_asks_is_told_with_the_entries_that_it_names(
    kind, phone, hai_phong, story_time
):
    make = {"locations": factories.location, "flights": factories.flight}[kind]
    entry = make(hai_phong)
    notice = factories.notice(hai_phong, action="Gọi ngay.", expires_at=clock.now() + 5 * HOUR,
                              **{kind: [entry]})  # fmt: skip
    later = factories.notice(
        hai_phong, action="Ở nhà.", publish_from=clock.now() + 2 * HOUR, **{kind: [entry]}
    )
    for change in (
        lambda: factories.correct(notice, action="Gọi 115."),
        lambda: story_time.shift(2 * HOUR),  # a notice begins
        lambda: story_time.shift(4 * HOUR),  # the other one ends
        lambda: factories.correct(later, **{kind: []}),
        lambda: factories.correct(later, **{kind: [entry.code]}),
        lambda: factories.withdraw(later),
    ):
        fill_a_step(hai_phong)
        phone.ask()
        change()
        assert named(phone.ask()) == {entry.code}
        [(mine, everything)] = read([phone.history()])
        assert mine == everything


def test_units_keep_their_numbers_and_namesakes_stay_apart(phone, hai_phong):
    """Both eras have units with the same name in the same province."""
    of_city = Q(parent="2025-31") | Q(parent__parent="2004-31")
    eras = [
        Division.objects.wards().filter(of_city, pk__startswith=era) for era in ("2004-", "2025-")
    ]
    for wards in eras:
        for ward in wards.order_by("pk")[:3]:
            factories.location(hai_phong, name=f"Chợ {ward.pk}", ward=ward)
            phone.ask()
    [(mine, everything)] = read([phone.history()])
    assert mine == everything
    assert len({json.dumps(entry["ward"]) for entry in mine["entries"]}) >= 6


def test_no_two_units_of_one_era_are_called_the_same(divisions):
    """By their names the phone finds the units of a change among those that it knows."""
    units = Division.objects.with_path()
    called = {(unit.pk.split("-")[0], unit.level, unit.path_name()) for unit in units}
    assert len(called) == len(units) > 10_000


# --- whatever happens


class Office(RuleBasedStateMachine):
    """Officers at work, and phones that ask now and then, in both languages."""

    province: Any
    cases: list[tuple[str, dict[str, Any]]]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.time = time_machine.travel(STORY_TIME, tick=False)
        self.clock = self.time.start()
        self.entries: list[tuple[str, Any]] = []
        for kind in ("dia-diem", "chuyen-bay"):
            self.publish(kind, None, None, True)
        self.publish("thong-bao", None, 30, True)
        self.phones = [Phone(Client(), "vi"), Phone(Client(), "en")]

    def teardown(self) -> None:
        try:
            for phone in self.phones:
                self.ask(phone)
        finally:
            self.time.stop()
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def ask(self, phone: Phone) -> None:
        phone.ask()
        Office.cases.append((phone.language, phone.history()))

    @rule(kind=st.sampled_from(["dia-diem", "chuyen-bay", "thong-bao"]),
          opens=st.sampled_from([None, None, 0.5, 1, 30]),
          ends=st.sampled_from([None, 1.5, 40]), names=st.booleans())  # fmt: skip
    def publish(self, kind, opens, ends, names):
        values: dict[str, Any] = {"publish_from": clock.now() + opens * HOUR} if opens else {}
        if ends:
            values["expires_at"] = clock.now() + ((opens or 0) + ends) * HOUR
        if kind == "chuyen-bay":
            values["number"] = f"VN{len(self.entries) + 1}"
        if kind == "thong-bao" and names:
            values["locations"] = list(ExposureLocation.objects.order_by("-pk")[:2])
            values["flights"] = list(Flight.objects.order_by("-pk")[:1])
        self.entries.append((kind, states.KINDS[kind][0](self.province, **values)))

    @rule(number=st.integers(0, 9), hours=st.sampled_from([None, 1, -1]),
          names=st.booleans())  # fmt: skip
    def correct(self, number, hours, names):
        kind, entry = self.entries[number % len(self.entries)]
        values = dict(states.KINDS[kind][1])
        if hours:
            values["expires_at"] = (clock.now() + hours * HOUR).isoformat()
        if kind == "thong-bao":
            last = ExposureLocation.objects.order_by("-pk").values_list("code", flat=True)
            values["locations"] = list(last[:1]) if names else []
        with transaction.atomic():
            try:
                factories.correct(entry, **values)
            except ValidationError:  # ends before it begins
                transaction.set_rollback(True)

    @rule(number=st.integers(0, 9))
    def withdraw(self, number):
        _kind, entry = self.entries[number % len(self.entries)]
        if not type(entry).objects.get(pk=entry.pk).is_withdrawn:
            factories.withdraw(entry)

    @rule(days=st.integers(1, 20))
    def change_the_listing_rule(self, days):
        factories.correct(self.province, listing_days=days)

    @rule(hours=st.sampled_from([0.25, 0.5, 1, 24, 24 * 20]))
    def let_time_pass(self, hours):
        self.clock.shift(hours * HOUR)

    @rule(hours=st.sampled_from([0.25, 2, 30]))
    def set_the_clock_back(self, hours):
        self.clock.shift(-hours * HOUR)

    @rule(which=st.integers(0, 1))
    def a_phone_asks(self, which):
        self.ask(self.phones[which])


@pytest.mark.django_db
def test_after_any_history_the_changes_add_up_to_the_whole(hai_phong, monkeypatch):
    monkeypatch.setattr(version, "STEP", 2)
    Office.province, Office.cases = hai_phong, []
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    increments = sum("since" in case["files"][-1] for _, case in Office.cases)
    assert increments > 50, "hardly any change was told"
    for language in ("vi", "en"):
        histories = [history for spoken, history in Office.cases if spoken == language]
        for history, (mine, everything) in zip(histories, read(histories, language), strict=True):
            assert mine == everything, [file.get("since") for file in history["files"]]


# --- what is understood


def is_sent_to_the_whole(client, since: str) -> bool:
    response = client.get(VI, {"tu": since})
    return response.status_code == 302 and response.headers["Location"] == VI


@pytest.mark.parametrize("since", ["7", "x" * 300, "\x00", "1-2-3", "0-0-" + "0" * 16,
                                   "9" * 15 + "-9999999-" + "f" * 16, "-1-1-" + "0" * 16,
                                   "٣-٣-" + "0" * 16])  # fmt: skip
def test_what_was_not_given_out_leads_to_the_whole(since, phone, client):
    assert is_sent_to_the_whole(client, since)
    assert client.get(VI, {"tu": ""}).status_code == 200


def test_a_version_that_was_tampered_with_is_not_understood(phone, client):
    number, hour, seal = phone.files[0]["version"].split("-")
    assert not is_sent_to_the_whole(client, f"{number}-{hour}-{seal}")
    for forged in (f"0-{hour}-{seal}", f"{number}-{int(hour) - 1}-{seal}"):
        assert is_sent_to_the_whole(client, forged)


def test_another_history_release_province_or_clock_leads_to_the_whole(
    phone, client, hai_phong, story_time, monkeypatch, subtests
):
    since = phone.files[0]["version"]
    assert not is_sent_to_the_whole(client, since)
    with subtests.test("names"), transaction.atomic():
        versions.changed_everywhere()
        assert is_sent_to_the_whole(client, since)
        transaction.set_rollback(True)
    with subtests.test("release"), monkeypatch.context() as patch:
        patch.setattr(version, "release", lambda: "another")
        assert is_sent_to_the_whole(client, since)
    with subtests.test("restored from a backup"), transaction.atomic():
        number = version.read(since).sequence
        assert number
        Revision.objects.filter(sequence=number).update(hash="f" * 64)
        assert is_sent_to_the_whole(client, since)
        transaction.set_rollback(True)
    with subtests.test("clock"):
        story_time.shift(-2 * HOUR)
        assert is_sent_to_the_whole(client, since)


def test_many_changes_are_told_by_the_whole_list(phone, hai_phong, client, monkeypatch):
    monkeypatch.setattr(changed, "MOST", 3)
    for number in range(4):
        assert not is_sent_to_the_whole(client, phone.files[0]["version"])
        factories.location(hai_phong, name=f"Chợ {number}")
    assert is_sent_to_the_whole(client, phone.files[0]["version"])


def test_versions_are_few_however_often_offices_publish(hai_phong, client, story_time):
    seen = set()
    for number in range(2 * version.STEP):
        factories.location(hai_phong, name=f"Chợ {number}")
        seen.add(whole(client)["version"])
        story_time.shift(timedelta(seconds=30))
    assert len(seen) <= 3


def test_the_page_cache_keeps_versions_and_nothing_else(phone):
    given_out = phone.files[0]["version"]
    assert re.fullmatch(version.PATTERN, given_out)
    kept = address_of(VI, f"tu={given_out}&fbclid=1")
    assert kept == address_of(VI, f"zarsrc=2&tu={given_out.replace('-', '%2D')}")
    assert kept and views.SINCE in kept.query and "fbclid" not in kept.query
    assert address_of(VI, "tu=7") is None
    assert address_of(VI, "fbclid=1").query == ""


def test_who_has_the_changes_already_is_told_so(phone, client, hai_phong):
    since = {"tu": phone.files[0]["version"]}
    first = client.get(VI, since)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(VI, since, headers=known).status_code == 304
    factories.location(hai_phong)
    assert client.get(VI, since, headers=known).status_code == 200


# --- size and speed


def test_changes_take_little_of_a_large_list(made, client, monkeypatch):  # noqa: F811
    """Of a list of 2,000 windows an hour's work of many offices: 40 places."""
    provinces = made.provinces(63)
    assert list(made.locations(provinces, 4_700))
    since = whole(client)["version"]
    # It takes units to be new as well.
    monkeypatch.setattr(versions, "changed_everywhere", lambda: None)
    assert list(made.locations(provinces[:5], 100))
    increment = client.get(VI, {"tu": since})
    assert 30 < len(named(increment.json())) < 80
    size, all_of_it = len(as_it_is_kept(increment)), len(as_it_is_kept(client.get(VI)))
    assert size < all_of_it / 15, f"{size} bytes of {all_of_it}"


def test_few_and_many_changes_ask_the_same(hai_phong, phone, client):
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(VI, {"tu": phone.files[0]["version"]}).status_code == 200
        return len(asked)

    places = [factories.location(hai_phong) for _ in range(2)]
    factories.flight(hai_phong)
    factories.notice(hai_phong, locations=places)
    questions()
    with_few = questions()
    places += [factories.location(hai_phong, name=f"Chợ {n}") for n in range(20)]
    factories.flight(hai_phong, number="VJ1")
    factories.notice(hai_phong, locations=places)
    assert questions() == with_few <= 26
