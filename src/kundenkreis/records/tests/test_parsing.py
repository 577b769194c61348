from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.records.parsing import parse_number, plain


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        ("18.400", "18400", "18.4"),
        ("18,400", "18.4", "18400"),
        ("1.234,56 €", "1234.56", None),
        ("1,234.56", None, "1234.56"),
        ("1.5", "1.5", "1.5"),
        ("1,5", "1.5", "1.5"),
        ("1.234.567", "1234567", None),
        ("\N{MINUS SIGN}3", "-3", "-3"),
        ("1\N{NARROW NO-BREAK SPACE}000", "1000", "1000"),
        ("zwölf", None, None),
        ("1.2.3", None, None),
        ("1e5", None, None),
    ],
)
def test_it_reads_numbers_as_the_language_writes_them(
    text: str, german: str | None, english: str | None
) -> None:
    for language, wanted in (("de", german), ("en", english)):
        if wanted is None:
            with pytest.raises(ValueError):
                parse_number(text, language)
        else:
            assert parse_number(text, language) == Decimal(wanted)


def test_it_reads_nothing_from_empty_text() -> None:
    assert parse_number(" ") is None


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False),
    st.sampled_from(["de", "en"]),
)
def test_it_reads_what_it_writes(value: Decimal, language: str) -> None:
    text = plain(value, language)
    # Three decimals after a lone mark look like a grouping of the other language only.
    assert parse_number(text, language) == value
