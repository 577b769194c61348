"""Days as files write them: read as ISO 8601, and left as they are where there is no such day."""

from __future__ import annotations

import pytest

from kundenkreis.records.exchange.notation import Notation


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1.2.1980", "1980-02-01"),
        ("29.02.2024", "2024-02-29"),
        ("1/2/80 14:30", "1980-02-01 14:30"),
        ("1980-02-01", "1980-02-01"),
        ("nie", "nie"),
        # Whoever is told that it is not understood finds it in their file.
        ("99.99.1980", "99.99.1980"),
        ("29.02.2023", "29.02.2023"),
        ("0000-02-01", "0000-02-01"),
    ],
)
def test_a_day_is_read_and_what_is_none_stays_as_it_is_written(text: str, day: str) -> None:
    assert Notation().day(text) == day
