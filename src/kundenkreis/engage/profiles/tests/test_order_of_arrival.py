"""Who is who does not depend on the order in which sightings arrive, or on how they are batched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.engage.profiles.identity import Sighting
from kundenkreis.engage.profiles.queries import canonical_ids
from kundenkreis.engage.profiles.resolution import resolve
from kundenkreis.kernel import store
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.testing import ENGAGE

pytestmark = pytest.mark.django_db(databases=ENGAGE)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NUMBERS = count()

# Devices a… belong to one person each: device a1 and a2 to u1, and so on; z to nobody known.
DEVICES = {"a1": "u1", "a2": "u1", "b1": "u2", "c1": "u3", "z": ""}


@st.composite
def sightings(draw: st.DrawFn) -> Sighting:
    device = draw(st.sampled_from([*DEVICES, ""]))
    user = DEVICES[device] if device else draw(st.sampled_from(["u1", "u2", "u3"]))
    logged_in = bool(user) and (not device or draw(st.booleans()))
    proven = logged_in and (not device or draw(st.booleans()))
    # Of the unproven claims only those of ids that nobody else names are order-free by nature:
    # first come, first served. Here every claimed id is one that others may prove.
    return Sighting(
        device,
        user if logged_in else "",
        NOON + timedelta(minutes=draw(st.integers(0, 5))),
        proven,
    )


def groups(order: list[tuple[int, Sighting]], sizes: list[int]) -> set[frozenset[int]]:
    """Which sightings end up with the same person when they arrive like this."""
    namespace = f"n{next(NUMBERS)}"
    placed: dict[int, int] = {}
    rest = list(order)
    for size in [*sizes, len(rest)]:
        batch, rest = rest[:size], rest[size:]
        if batch:
            with store.group(Side.ENGAGE, "test"):
                found = resolve(namespace, [one for _, one in batch], NOON)
            placed |= {
                number: one.profile_id for (number, _), one in zip(batch, found, strict=True)
            }
    canonical = canonical_ids(placed.values())
    people: dict[int, set[int]] = {}
    for number, profile_id in placed.items():
        people.setdefault(canonical[profile_id], set()).add(number)
    return {frozenset(numbers) for numbers in people.values()}


@settings(max_examples=120)
@given(st.data(), st.lists(sightings(), min_size=1, max_size=14))
def test_any_order_and_any_batches_give_the_same_people(
    data: st.DataObject, those: list[Sighting]
) -> None:
    proven_users = {one.user for one in those if one.proven}
    numbered = [
        (number, one)
        for number, one in enumerate(those)
        if one.proven or not one.user or one.user in proven_users
    ]
    in_order = sorted(numbered, key=lambda pair: (pair[1].at, pair[0]))
    shuffled = data.draw(st.permutations(numbered))
    sizes = data.draw(st.lists(st.integers(1, 4), max_size=6))
    assert groups(shuffled, sizes) == groups(in_order, [])
