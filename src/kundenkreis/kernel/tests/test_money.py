"""Minor units as ISO 4217 counts them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kundenkreis.kernel.money import CURRENCIES, Money, digits, to_major, to_minor


@pytest.mark.parametrize(
    ("codes", "places"),
    [
        ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF", 0),
        ("EUR USD CHF XCD HRK", 2),
        ("BHD IQD JOD KWD LYD OMR TND", 3),
        ("CLF UYW", 4),
    ],
)
def test_every_currency_has_the_digits_of_its_minor_unit(codes: str, places: int) -> None:
    for code in codes.split():
        assert digits(code) == places
        assert to_minor(Decimal("1000"), code) == 1000 * 10**places
        assert to_major(1000 * 10**places, code) == 1000


def test_half_a_unit_goes_up_away_from_zero() -> None:
    assert Money.of("0.005", "EUR").minor == 1
    assert Money.of("2.5", "XAF").minor == 3
    assert Money.of("-2.5", "XAF").minor == -3


def test_the_codes_are_codes() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    assert len(CURRENCIES) > 160
    assert not CURRENCIES & {"XXX", "XTS", "EURO", "ABC"}
