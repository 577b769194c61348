from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.engage.campaigns.assignment import choose


@dataclass(frozen=True)
class Arm:
    name: str
    weight: int


HALVES = [Arm("control", 50), Arm("offer", 50)]


def test_it_gives_the_same_person_the_same_variant() -> None:
    assert {choose(HALVES, salt="s", subject=7).name for _ in range(5)} == {
        choose(HALVES, salt="s", subject=7).name
    }


def test_another_salt_shuffles_people_anew() -> None:
    first = [choose(HALVES, salt="a", subject=n).name for n in range(200)]
    second = [choose(HALVES, salt="b", subject=n).name for n in range(200)]
    assert 60 < sum(x != y for x, y in zip(first, second, strict=True)) < 140


def test_shares_follow_the_weights() -> None:
    arms = [Arm("control", 1), Arm("offer", 3)]
    chosen = [choose(arms, salt="s", subject=n).name for n in range(20_000)]
    assert abs(chosen.count("control") / 20_000 - 0.25) < 0.01


def test_a_variant_without_weight_is_never_chosen() -> None:
    arms = [Arm("never", 0), Arm("always", 1)]
    assert {choose(arms, salt="s", subject=n).name for n in range(500)} == {"always"}


def test_it_refuses_to_choose_from_nothing() -> None:
    with pytest.raises(ValueError, match="no variant"):
        choose([Arm("a", 0)], salt="s", subject=1)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any), st.integers(), st.text())
def test_it_always_lands_on_a_variant_with_weight(
    weights: list[int], subject: int, salt: str
) -> None:
    arms = [Arm(str(index), weight) for index, weight in enumerate(weights)]
    assert choose(arms, salt=salt, subject=subject).weight > 0
