"""Trees in and out of JSON, and what is refused."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.kernel import conditions as c
from kundenkreis.kernel.conditions.tests.thing import THINGS, trees
from kundenkreis.kernel.conditions.values import normal


def compare(**changes: Any) -> dict[str, Any]:
    return {"type": "compare", "field": "name", "op": "is", "value": "Köln", **changes}


@given(trees())
@settings(max_examples=300, deadline=None)
def test_it_reads_back_what_it_wrote(tree: c.Node) -> None:
    text = json.dumps(c.dump(tree, THINGS))
    once = c.load(json.loads(text), THINGS)
    assert c.dump(once, THINGS) == c.dump(c.load(c.dump(once, THINGS), THINGS), THINGS)
    if normal(text) == text and normal(str(tree)) == str(tree):
        assert once == tree


@pytest.mark.parametrize(
    ("node", "path"),
    [
        (compare(field="password"), "where.field"),
        (compare(field="name__startswith"), "where.field"),
        (compare(field="pk"), "where.field"),
        (compare(field='trait.text.a"b'), "where.field"),
        (compare(field="trait.code.a"), "where.field"),
        (compare(op="regex"), "where.op"),
        (compare(op="lt"), "where.op"),
        (compare(value=""), "where.value"),
        (compare(value=3), "where.value"),
        (compare(value="\ud800"), "where.value"),
        (compare(value="x" * 501), "where.value"),
        (compare(op="in", value=[]), "where.value"),
        (compare(op="in", value=["a"] * 1001), "where.value"),
        (compare(op="in", value=["a", 1]), "where.value.1"),
        (compare(op="empty", value="x"), "where.value"),
        (compare(extra=1), "where.extra"),
        (compare(field="score", value="NaN"), "where.value"),
        (compare(field="score", value="1e99"), "where.value"),
        (compare(field="score", value=True), "where.value"),
        (compare(field="score", value="1234567890.1234567"), "where.value"),
        (compare(field="owner", value="3"), "where.value"),
        (compare(field="active", value="true"), "where.value"),
        (compare(field="due", value="2026-02-31"), "where.value"),
        (compare(field="seen", value="2026-02-01T10:00:00"), "where.value"),
        (compare(field="amount", value={"minor": 1, "currency": "eur"}), "where.value.currency"),
        (
            compare(
                field="amount",
                op="between",
                value={
                    "from": {"minor": 1, "currency": "EUR"},
                    "to": {"minor": 1, "currency": "CHF"},
                },
            ),
            "where.value.to",
        ),
        (
            compare(field="due", op="within_last", value={"n": 3, "unit": "hours"}),
            "where.value.unit",
        ),
        (compare(field="seen", op="within_last", value={"n": 0, "unit": "hours"}), "where.value.n"),
        (
            compare(field="seen", op="within_last", value={"n": 1, "unit": "years"}),
            "where.value.unit",
        ),
        (compare(field="seen", op="during", value="someday"), "where.value"),
        ({"type": "any", "children": []}, "where.children"),
        ({"type": "all"}, "where.children"),
        ({"type": "not", "child": None}, "where.child"),
        ({"type": "all", "children": [compare(), {"type": "sql"}]}, "where.children.1.type"),
        ({"type": ["all"]}, "where.type"),
        ([], "where"),
        (None, "where"),
    ],
)
def test_it_refuses_what_it_does_not_know_and_says_where(node: Any, path: str) -> None:
    with pytest.raises(c.ConditionError) as refused:
        c.load({"v": 1, "where": node}, THINGS)
    assert refused.value.path == path
    assert str(refused.value)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"v": 2, "where": compare()},
        {"v": True, "where": compare()},
        {"v": 1, "where": compare(), "x": 1},
    ],
)
def test_it_refuses_definitions_of_another_shape_or_version(data: Any) -> None:
    with pytest.raises(c.ConditionError):
        c.load(data, THINGS)


def test_it_keeps_trees_small() -> None:
    deep: Any = compare()
    for _ in range(7):
        deep = {"type": "not", "child": deep}
    c.load_node(deep, THINGS)
    with pytest.raises(c.ConditionError):
        c.load_node({"type": "not", "child": deep}, THINGS)
    c.load_node({"type": "all", "children": [compare()] * 199}, THINGS)
    with pytest.raises(c.ConditionError):
        c.load_node({"type": "all", "children": [compare()] * 200}, THINGS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "children", "child", "field", "op", "value", "n", "unit", "v", "from"]
            )
            | st.text(max_size=5),
            inner
            | st.sampled_from(
                ["all", "any", "not", "compare", "name", "is", "seen", "within_last"]
            ),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_it_answers_any_input_with_a_tree_or_a_clear_error(data: Any) -> None:
    for form in (False, True):
        with contextlib.suppress(c.ConditionError):  # anything else fails the test
            c.load_node(data, THINGS, form=form)
