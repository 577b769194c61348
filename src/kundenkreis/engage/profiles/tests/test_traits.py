from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.engage.profiles.traits import MOST, Traits

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VALUES = st.one_of(st.none(), st.integers(0, 2), st.sampled_from(["", "Groß", "Gross"]))
SAYINGS = st.lists(
    st.tuples(st.dictionaries(st.sampled_from("abc"), VALUES), st.integers(0, 3)), max_size=8
)


def told(sayings: list[tuple[dict[str, Any], int]]) -> Traits:
    traits = Traits()
    for values, minute in sayings:
        traits.say(values, NOON + timedelta(minutes=minute))
    return traits


@given(st.data(), SAYINGS)
def test_the_order_of_arrival_is_no_matter(data: st.DataObject, sayings: list[Any]) -> None:
    assert told(data.draw(st.permutations(sayings))) == told(sayings)


@given(SAYINGS, SAYINGS)
def test_joining_two_profiles_is_the_same_as_hearing_everything_once(
    one: list[Any], other: list[Any]
) -> None:
    joined = told(one)
    joined.join(told(other))
    assert joined == told(one + other)


def test_a_trait_set_to_null_does_not_come_back_by_a_late_report() -> None:
    traits = told([({"email": None}, 2), ({"email": "a@b.example"}, 1)])
    assert traits.values == {}


def test_nobody_fills_a_row_without_end() -> None:
    traits = told([({f"t{number}": 1 for number in range(MOST + 50)}, 0)])
    assert len(traits.values) == MOST
