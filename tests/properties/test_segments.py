"""Segments: both evaluators agree, and following changes equals recomputing.

Controls at the end: broken variants that these properties catch.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundenkreis.engage.segments.definitions import PEOPLE, definition_of, tree_of
from kundenkreis.engage.segments.evaluating import moment_of
from kundenkreis.engage.segments.people import everybody
from kundenkreis.kernel import conditions as c
from tests.properties.segment_worlds import NOW, World, built, in_memory, in_sql, trees, worlds

pytestmark = pytest.mark.django_db(databases=["engage"])
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@given(worlds(), st.lists(trees(), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
def test_it_gives_the_same_answer_in_memory_and_in_the_database(
    world: World, wanted: list[c.Node]
) -> None:
    built(world)
    for tree in wanted:
        found = in_memory(tree, NOW)
        assert {pk for pk, (member, _) in found.items() if member} == in_sql(tree, NOW), tree
        pending = everybody().filter(c.pending_q(tree, PEOPLE, moment_of(NOW)))
        announced = {pk for pk, (_, change) in found.items() if change}
        assert announced <= set(pending.values_list("pk", flat=True)), tree
        assert tree_of(definition_of(tree)) == tree
