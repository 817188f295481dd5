"""How often a network, and those around it, may ask; and who is counted as one."""

import pytest

from portal.web.client import AROUND, client_network
from portal.web.rates import TOGETHER, exceeds, is_too_often

MOST = 3


def asked(rf, address: str) -> bool:
    return is_too_often(rf.get("/", REMOTE_ADDR=address), "letters", most=MOST, seconds=60)


NETWORKS = {
    "192.0.2.7": ("192.0.2.7/32", "192.0.2.0/24"),
    "::ffff:192.0.2.7": ("192.0.2.7/32", "192.0.2.0/24"),
    "2001:db8:1:2:3:4:5:6": ("2001:db8:1:2::/64", "2001:db8:1::/48"),
    "::1": ("::/64", "::/48"),
    "evil": ("unknown", "unknown"),
}


@pytest.mark.parametrize("address", NETWORKS)
def test_who_is_counted_as_one(address, rf):
    request = rf.get("/", REMOTE_ADDR=address)
    assert (client_network(request), client_network(request, AROUND)) == NETWORKS[address]


@pytest.mark.parametrize("around", ["192.0.2.{:d}", "2001:db8:1:{:x}::7"])
def test_addresses_around_one_another_are_bounded_together(around, rf):
    refused = [asked(rf, around.format(1 + n % 200)) for n in range(MOST * TOGETHER + 10)]
    assert refused == [False] * (MOST * TOGETHER) + [True] * 10
    assert not asked(rf, "198.51.100.7")


def test_what_one_network_asks_too_often_is_not_counted_against_its_neighbours(rf):
    for _ in range(MOST * TOGETHER * 2):
        asked(rf, "192.0.2.7")
    assert not asked(rf, "192.0.2.8")


def test_who_has_many_networks_makes_no_count_forgotten(rf):
    """Django's memory cache forgets what is beyond three hundred, unless it is told otherwise."""
    for _ in range(MOST + 1):
        asked(rf, "192.0.2.7")
    for number in range(5_000):
        exceeds(f"letters:{number}", most=MOST, seconds=60)
    assert asked(rf, "192.0.2.7")
