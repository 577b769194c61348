"""The text of an entry's changes: its digest was made of exactly this one, whoever writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from hypothesis import given
from hypothesis import strategies as some

from kundenkreis.kernel import audit

# What `DjangoJSONEncoder` wrote for the entries that are sealed already.
SEALED = DjangoJSONEncoder(sort_keys=True, ensure_ascii=False)
plain = some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text()
special = some.dates() | some.decimals(allow_nan=False) | some.uuids()
values = some.recursive(
    plain | special,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=6,
)


@given(some.dictionaries(some.text(max_size=8), some.tuples(values, values).map(list), max_size=4))
def test_the_text_is_what_it_always_was(fields: dict[str, Any]) -> None:
    assert audit._json(fields) == SEALED.encode(fields)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Weiß “&” \n\x00", '"Weiß “&” \\n\\u0000"'),
        (Decimal("1.50"), '"1.50"'),
        (date(2026, 11, 28), '"2026-11-28"'),
        (datetime(2026, 11, 28, 9, 5, 0, 123456, UTC), '"2026-11-28T09:05:00.123Z"'),
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
        ({"b": 1, "a": [True, None, 1.0]}, '{"a": [true, null, 1.0], "b": 1}'),
    ],
)
def test_a_value_has_one_text(value: Any, text: str) -> None:
    assert audit._json({"field": [None, value]}) == f'{{"field": [null, {text}]}}'
