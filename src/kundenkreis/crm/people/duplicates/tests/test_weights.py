"""The shipped weights fit the ways they are for, and every way has words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kundenkreis.crm.people.duplicates.comparing import COMPARISONS, VETOES, Comparison
from kundenkreis.crm.people.duplicates.fields import FIELDS, Kind
from kundenkreis.crm.people.duplicates.weights import shipped
from kundenkreis.crm.people.duplicates.words import agreement_text, reason_label

EVERY = [(kind, one) for kind in Kind for one in COMPARISONS[kind]]


@pytest.mark.parametrize(("kind", "comparison"), EVERY, ids=lambda one: getattr(one, "key", one))
def test_each_way_has_its_shares_and_words(kind: Kind, comparison: Comparison) -> None:
    shares = shipped()[kind][comparison.key]
    assert list(shares) == [level.key for level in comparison.levels]
    assert sum(m for m, _ in shares.values()) == pytest.approx(1, abs=0.001)
    assert sum(u for _, u in shares.values()) == pytest.approx(1, abs=0.001)
    assert all(agreement_text(level.key) for level in comparison.levels)
    assert reason_label(kind, comparison.key)


@pytest.mark.parametrize(("kind", "comparison"), EVERY, ids=lambda one: getattr(one, "key", one))
def test_a_poorer_way_never_weighs_more(kind: Kind, comparison: Comparison) -> None:
    weights = [m / u for m, u in shipped()[kind][comparison.key].values()]
    assert all(one >= other * 0.99 for one, other in pairwise(weights))


@pytest.mark.parametrize("kind", list(Kind))
def test_what_decides_speaks_of_ways_and_fields_that_there_are(kind: Kind) -> None:
    ways = {(one.key, level.key) for one in COMPARISONS[kind] for level in one.levels}
    said = {way for veto in VETOES[kind] for way in (veto.way, *veto.when, *veto.unless)}
    said |= {
        way
        for one in COMPARISONS[kind]
        for level in one.levels
        for group in level.only_with
        for way in group
    }
    assert said <= ways
    fields = {field.key for each in Kind for field in FIELDS[each]}
    assert {name for one in COMPARISONS[kind] for name in one.shown} <= fields
