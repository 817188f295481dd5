"""Texts in a bounded number of bytes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.publishing.kept import OVERHEAD, Kept

TEN = OVERHEAD * 11


@pytest.fixture
def kept() -> Kept:
    return Kept(TEN)


def test_what_is_kept_is_found_and_nothing_else(kept):
    kept.keep({"a": "Chợ Sắt", ("b", 1): ""})
    assert kept.find(["a", ("b", 1), "c"]) == {"a": "Chợ Sắt", ("b", 1): ""}


def test_those_not_used_for_longest_give_way(kept):
    kept.keep(dict.fromkeys(range(10), "x"))
    kept.find([0])
    kept.keep({10: "x"})
    assert set(kept.find(range(11))) == set(range(11)) - {1}


def test_it_never_takes_more_than_it_may(kept):
    for number in range(100):
        kept.keep({number % 7: "x" * 300 * number})
        assert kept.used <= TEN
    kept.keep({"too long": "x" * TEN})
    assert kept.used == 0
    assert not kept.find(["too long"])


def test_a_text_that_is_replaced_counts_once(kept):
    kept.keep({"a": "x" * 100})
    used = kept.used
    kept.keep({"a": "y" * 100})
    assert (kept.used, kept.find("a")) == (used, {"a": "y" * 100})
    kept.clear()
    assert kept.used == 0
    assert not kept.find("a")


def test_many_threads_leave_it_whole(kept):
    def use(first: int) -> None:
        for number in range(first, first + 500):
            kept.keep({number % 20: "x" * number})
            kept.find(range(20))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert 0 < kept.used <= TEN
    kept.keep({"too long": "x" * TEN})
    assert kept.used == 0
