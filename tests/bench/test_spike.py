"""The verdicts of `make bench` on the spike; its figures are measured, not tested."""

import pytest

from bench.spike import targets
from bench.spike.contest import Contender, Contest
from bench.spike.load import Load
from bench.spike.nginx import without_cache
from bench.spike.publishing import Cost, Seen
from bench.spike.report import table
from bench.spike.targets import Target, at_least, at_most, complaints


@pytest.fixture
def explain(tmp_path, monkeypatch):
    def write(*names):
        file = tmp_path / "misses.md"
        parts = [f"## {name}\n\nTried this and that.\n" for name in names]
        file.write_text("\n".join(["# Why", *parts]))
        monkeypatch.setattr(targets, "EXPLANATIONS", file)

    return write


def load(rate: float, p99: float = 1.0) -> Load:
    return Load(rate, 0.5, p99, 100.0, 0)


def test_a_target_that_is_met_is_nothing_to_complain_of(explain):
    explain()
    assert not list(complaints([at_least("speed", 0.58, 0.58), at_most("memory", 200, 200)]))


@pytest.mark.parametrize("target", [at_least("it", 0.57, 0.58, 0.25), at_most("it", 3, 2, "", 5)])
def test_a_miss_within_its_limit_has_to_be_explained(explain, target: Target):
    explain()
    [complaint] = complaints([target])
    assert complaint.startswith("it: missed")
    explain("it")
    assert not list(complaints([target]))
    assert "**missed**" in target.row


@pytest.mark.parametrize(
    "target",
    [
        at_least("it", 0.24, 0.58, 0.25),
        at_most("it", 5.1, 2, "", 5),
        at_least("it", 0.5, 0.58),
        at_most("it", 1, 0),
    ],
)
def test_what_is_past_its_limit_fails_however_it_is_explained(explain, target: Target):
    explain("it")
    [complaint] = complaints([target])
    assert "past the limit" in complaint


def test_an_explanation_of_no_target_is_left_over(explain):
    explain("speed of old")
    [complaint] = complaints([at_least("speed", 1, 1)])
    assert "speed of old" in complaint


def test_every_explanation_of_ours_has_words():
    assert all(targets.explanations().values())


def contest(file: list[float], portal: list[float], *, works: tuple[float, float]) -> Contest:
    one, other = Contender("file", "", "file"), Contender("portal", "", "file")
    one.loads, other.loads = list(map(load, file)), list(map(load, portal))
    one.works, other.works = ([work] * len(file) for work in works)
    return Contest([one, other])


def test_ratios_are_those_of_a_round_and_not_of_the_run():
    # The machine is ten times slower in the first round, for both of them.
    rounds = contest([1000, 10_000, 10_000], [500, 5000, 6000], works=(20_000, 19_000))
    assert rounds.by_clock("portal") == 0.5
    assert rounds.by_name["portal"].spread == 5500 / 5000


def test_servers_that_are_quicker_than_the_load_are_told_apart_by_their_work():
    rounds = contest([1000, 1000], [1000, 1000], works=(20_000, 8000))
    assert rounds.by_clock("portal") == 1
    assert rounds.ratio("portal") == 0.4
    assert rounds.ratio("file", "portal") == 2.5


def test_costs_are_those_of_a_round_too():
    quiet, busy = [load(1, 2.0), load(1, 20.0)], [load(1, 4.0), load(1, 60.0)]
    cost = Cost(quiet, busy, approvals=20, renders=40)
    assert cost.growth == 2.5
    assert cost.renders_each == 2


def test_the_slowest_hundredth_of_few_waits_is_near_the_longest():
    seen = Seen([0.1] * 39 + [0.9], behind=0, load=load(1))
    assert seen.p50 == 0.1
    assert 0.5 < seen.p99 <= 0.9


def test_the_server_without_a_cache_is_the_portals_own():
    others = "upstream portal {}\nserver {\n listen 80 default_server;\n}"
    own = "\nserver {\n listen 80;\n proxy_cache portal;\n}\n"
    other = without_cache(others + own, 80, 81)
    assert other == "\nserver {\n listen 81;\n proxy_cache off;\n}\n"


def test_tables_are_aligned():
    lines = table(("what", "much"), [("a", 1), ("longer", 1000)], right=True).splitlines()
    assert lines == [
        "| what   | much |",
        "| ------ | ---: |",
        "| a      |    1 |",
        "| longer | 1000 |",
    ]
