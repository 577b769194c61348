"""Both evaluators give the same answer; and the tests would notice if they did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import connections
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from kundenkreis.kernel import conditions as c
from kundenkreis.kernel.conditions import memory, sql
from kundenkreis.kernel.conditions.tests.thing import BERLIN, NOW, THINGS, Thing, things, trees
from kundenkreis.kernel.sides import Side
from kundenkreis.kernel.transactions import unit_of_work
from kundenkreis.kernel.wordindex import keep
from kundenkreis.kernel.words import different

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [
    pytest.mark.django_db(databases=["engage"]),
    pytest.mark.usefixtures("thing_table"),
]
WORLDS = st.tuples(st.lists(things(), min_size=1, max_size=6), st.lists(trees(), max_size=4))
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def stored(world: Sequence[Thing]) -> list[Thing]:
    rows = Thing.objects.using("engage")
    rows.all().delete()
    names = [field.name for field in Thing._meta.fields if field.name != "id"]
    made = rows.bulk_create(
        [Thing(**{name: getattr(one, name) for name in names}) for one in world]
    )
    with unit_of_work(Side.ENGAGE):
        keep("thing", {one.pk: {"tags": different(one.tags)} for one in made})
    return list(rows.order_by("id"))


def disagreements(
    world: Sequence[Thing], wanted: Sequence[c.Node]
) -> list[tuple[c.Node, Any, Any]]:
    rows = Thing.objects.using("engage")
    here = stored(world)
    found = []
    for tree in wanted:
        in_sql = set(rows.filter(c.to_q(tree, THINGS, NOW, BERLIN)).values_list("pk", flat=True))
        in_memory = {one.pk for one in here if c.matches(tree, THINGS, one, NOW, BERLIN)}
        if in_sql != in_memory:
            found.append((tree, in_sql, in_memory))
    return found


@given(WORLDS)
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
def test_it_gives_the_same_answer_in_memory_and_in_the_database(
    world: tuple[list[Thing], list[c.Node]],
) -> None:
    assert disagreements(*world) == []


@given(WORLDS)
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
def test_it_finds_everybody_whose_answer_time_may_change(
    world: tuple[list[Thing], list[c.Node]],
) -> None:
    here, moment = stored(world[0]), c.Moment(NOW, BERLIN)
    for tree in world[1]:
        found = Thing.objects.using("engage").filter(c.pending_q(tree, THINGS, moment))
        announced = {one.pk for one in here if c.evaluate(tree, THINGS, one, moment)[1]}
        assert announced <= set(found.values_list("pk", flat=True))


def test_it_finds_keys_however_the_json_was_written() -> None:
    tree = c.Compare("trait.text.größe", "is", "XL")
    (thing,) = stored([Thing(traits={"größe": "XL"})])
    rows = Thing.objects.using("engage").filter(c.to_q(tree, THINGS, NOW))
    assert rows.count() == 1
    with connections["engage"].cursor() as cursor:  # the ORM escapes what is not ASCII
        cursor.execute(f"UPDATE {Thing._meta.db_table} SET traits = %s", ['{"größe": "XL"}'])  # noqa: S608
    assert rows.count() == 1
    thing.refresh_from_db(using="engage")
    assert c.matches(tree, THINGS, thing, NOW)


def _noticed() -> bool:
    try:
        find(
            WORLDS,
            lambda world: bool(disagreements(*world)),
            settings=settings(
                max_examples=600,
                deadline=None,
                database=None,
                suppress_health_check=QUIET,
                phases=[Phase.generate],  # any example will do: the smallest takes minutes
            ),
        )
    except NoSuchExample:
        return False
    return True


def test_control_it_notices_an_unknown_that_is_negated_as_sql_does() -> None:
    with mock.patch.object(sql, "_unless", lambda found: ~found):
        assert _noticed()


def test_control_it_notices_words_that_are_compared_as_they_were_typed() -> None:
    with mock.patch.object(memory, "caseless", str):
        assert disagreements([Thing(tags=["VIP"])], [c.Compare("tags", "has_any", ("vip",))])


def test_control_it_notices_a_list_without_words_that_is_taken_for_unknown() -> None:
    def missing(node: c.Compare, actual: set[str]) -> bool:
        return bool(actual) and "vip" not in actual

    with mock.patch.object(memory, "_words", missing):
        assert disagreements([Thing()], [c.Compare("tags", "has_none", ("VIP",))])


def test_control_it_notices_a_bound_that_is_off_by_one_microsecond() -> None:
    real = memory.within

    def sloppy(actual: Any, bounds: Any, moment: c.Moment) -> bool:
        _low, high = bounds
        at_end = high is not None and actual == getattr(high, "instant", lambda _m: None)(moment)
        return at_end or real(actual, bounds, moment)

    with mock.patch.object(memory, "within", sloppy):
        assert disagreements([Thing(seen=NOW)], [c.Compare("seen", "lt", NOW)])


def test_control_it_notices_the_databases_own_idea_of_lower_case() -> None:
    def lowered(stored: Any, op: str, value: Any) -> Q:
        return Q(Exact(Lower(stored.source_expressions[0]), Value(value.lower())))

    with mock.patch.object(
        sql,
        "_equal",
        lambda stored, op, value: (
            lowered(stored, op, value)
            if isinstance(stored, c.Caseless) and op == "is"
            else Q(Exact(stored, Value(value)))
        ),
    ):
        sharp_s = [Thing(name="Straße"), Thing(name="STRASSE"), Thing(name="A\u0308RGER")]
        wanted = [c.Compare("name", "is", text) for text in ("strasse", "Ärger")]
        assert disagreements(sharp_s, wanted)
