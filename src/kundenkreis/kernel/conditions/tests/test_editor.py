"""What the builder gets and gives, and how conditions read."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings

from kundenkreis.kernel import conditions as c
from kundenkreis.kernel.conditions.tests.thing import BERLIN, NOW, THINGS, Thing, trees
from kundenkreis.kernel.money import Money


def test_it_describes_every_field_with_its_operators_and_choices() -> None:
    described = json.loads(json.dumps(c.describe(THINGS)))
    fields = {field["name"]: field for field in described["fields"]}
    assert set(fields) == {field.name for field in THINGS.fields}
    assert {"value": "won", "label": "Won"} in fields["stage"]["choices"]
    assert {op["name"] for op in fields["active"]["operators"]} == {"is", "empty", "not_empty"}
    assert described["families"][0]["prefix"] == "trait"
    assert described["limits"] == {"depth": 8, "nodes": 200, "values": 1000}


def test_it_reads_a_tree_from_ordinary_form_fields() -> None:
    tree = c.parse_form(
        {
            "csrf": "x",
            "where.type": "all",
            "where.children.0.type": "compare",
            "where.children.0.field": "amount",
            "where.children.0.op": "gte",
            "where.children.0.value.amount": "19,99",
            "where.children.0.value.currency": "EUR",
            "where.children.2.type": "compare",
            "where.children.2.field": "seen",
            "where.children.2.op": "within_last",
            "where.children.2.value.n": "6",
            "where.children.2.value.unit": "hours",
            "where.children.10.type": "not",
            "where.children.10.child.type": "compare",
            "where.children.10.child.field": "stage",
            "where.children.10.child.op": "in",
            "where.children.10.child.value": "won\nlost\n",
        },
        THINGS,
    )
    assert tree == c.All(
        (
            c.Compare("amount", "gte", Money(1999, "EUR")),
            c.Compare("seen", "within_last", c.Duration(6, c.Unit.HOURS)),
            c.Not(c.Compare("stage", "in", ("won", "lost"))),
        )
    )


def test_it_names_the_form_field_that_is_wrong() -> None:
    form = {"where.type": "compare", "where.field": "score", "where.op": "lt", "where.value": "x"}
    with pytest.raises(c.ConditionError) as refused:
        c.parse_form(form, THINGS)
    assert refused.value.field == "where.value"
    form["where.value"] = "2,5"
    assert c.parse_form(form, THINGS) == c.Compare("score", "lt", Decimal("2.5"))


def test_it_explains_each_part_with_the_value_found() -> None:
    tree = c.All(
        (
            c.Compare("name", "is", "Köln"),
            c.Any((c.Compare("stage", "is", "won"), c.Compare("owner", "not_empty"))),
            c.Not(c.Compare("seen", "within_last", c.Duration(6, c.Unit.HOURS))),
        )
    )
    thing = Thing(name="KÖLN", stage="won", seen=NOW - timedelta(hours=5))
    with translation.override("en"):
        found = c.explain(tree, THINGS, thing, NOW, BERLIN)
        assert not found.holds
        assert [(part.holds, part.text) for part in found.children] == [
            (True, "Name is Köln"),
            (True, "At least one of these"),
            (False, "Not this"),
        ]
        assert found.children[0].actual == "KÖLN"
        assert found.children[1].children[1].actual == "missing"
        (reason,) = found.reasons()
        assert reason.text == "Last seen is within the last 6 hours"
        assert found.changes_at == NOW + timedelta(hours=1)
        assert c.sentence(tree, THINGS) == (
            "(Name is Köln and (Stage is Won or Owner is not empty)"
            " and not (Last seen is within the last 6 hours))"
        )


@given(trees())
@settings(max_examples=100, deadline=None)
def test_it_can_put_every_tree_into_words_and_explain_it(tree: c.Node) -> None:
    with translation.override("de"):
        found = c.explain(tree, THINGS, Thing(), NOW, BERLIN)
        assert found.holds is c.matches(tree, THINGS, Thing(), NOW, BERLIN)
        assert found.reasons() or not tree.inner() or isinstance(tree, c.All | c.Any | c.Not)
        assert isinstance(c.sentence(tree, THINGS), str)
