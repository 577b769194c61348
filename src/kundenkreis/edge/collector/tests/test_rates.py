from __future__ import annotations

import gzip

import pytest

from kundenkreis.edge.collector import limits
from kundenkreis.edge.collector.bodies import Bodies
from kundenkreis.edge.collector.rates import PerMinute
from kundenkreis.edge.collector.tests.conftest import StartEdge
from kundenkreis.edge.collector.values import Refused
from kundenkreis.edge.testing import APPLICATION

BEHIND_A_PROXY = "kundenkreis.edge.collector.tests.proxied:application"


def test_an_address_has_to_wait_until_the_minute_is_over() -> None:
    now = [90.0]
    rate = PerMinute(2, 10, lambda: now[0])
    assert [rate.wait("192.0.2.1") for _ in range(3)] == [0, 0, 30]
    assert rate.wait("192.0.2.2") == 0
    now[0] = 120.0
    assert rate.wait("192.0.2.1") == 0


def test_one_network_of_ipv6_is_one_address() -> None:
    rate = PerMinute(1, 10, lambda: 0.0)
    assert rate.wait("2001:db8::1") == 0
    assert rate.wait("2001:db8::2:1") == 60
    assert rate.wait("2001:db8:0:1::1") == 0


def test_more_addresses_than_can_be_told_apart_have_to_wait() -> None:
    rate = PerMinute(5, 3, lambda: 0.0)
    assert [rate.wait(f"192.0.2.{number}") for number in range(5)] == [0, 0, 0, 60, 60]
    assert rate.wait("192.0.2.1") == 0
    assert rate.wait("what is no address") == 60


@pytest.mark.parametrize("application", [APPLICATION, BEHIND_A_PROXY])
def test_visits_are_counted_up_to_a_limit_per_address(
    start_edge: StartEdge, application: str
) -> None:
    # Directly, nobody can claim another address; behind our proxy, its word counts, not theirs.
    proxied = application == BEHIND_A_PROXY
    with start_edge(application=application) as edge:

        def count(number: int, seen: str = "") -> int:
            headers = {"X-Forwarded-For": f"192.0.2.{number}" + (f", {seen}" if seen else "")}
            return edge.ask("/v1/count", {"writeKey": key}, headers=headers).status

        key = edge.keys["browser"]
        seen = "198.51.100.1" if proxied else ""
        tries = 2 * limits.VISITS + 1  # a minute may end meanwhile
        answers = [count(number, seen) for number in range(tries)]
        assert 429 in answers
        assert limits.VISITS <= answers.count(200) <= 2 * limits.VISITS
        if proxied:
            assert count(1, "198.51.100.2") == 200


def test_a_body_counts_with_the_size_it_has_when_unpacked() -> None:
    bodies = Bodies(most=1_000)
    packed = gzip.compress(b"x" * 900)
    with bodies.unpacked(packed, "gzip", 2_000) as text:
        assert len(text) == 900
        with pytest.raises(Refused) as refused, bodies.unpacked(packed, "gzip", 2_000):
            pass
    assert refused.value.status == 503
    with bodies.unpacked(packed, "gzip", 2_000) as again:
        assert again == text
