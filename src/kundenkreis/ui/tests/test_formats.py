from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from kundenkreis.kernel import clock
from kundenkreis.kernel.money import Money
from kundenkreis.ui import formats

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def berlin():
    with timezone.override(ZoneInfo("Europe/Berlin")), clock.freeze(NOON):
        yield


@pytest.mark.parametrize(
    ("minor", "currency", "german", "english"),
    [
        (123456, "EUR", "1.234,56 €", "€1,234.56"),
        (-123456, "EUR", "−1.234,56 €", "−€1,234.56"),
        (0, "EUR", "0,00 €", "€0.00"),
        (-4, "EUR", "−0,04 €", "−€0.04"),
        (1234567, "JPY", "1.234.567 ¥", "¥1,234,567"),
        (1234567, "KWD", "1.234,567 KWD", "KWD 1,234.567"),
        (99999999999999, "USD", "999.999.999.999,99 $", "$999,999,999,999.99"),
    ],
)
def test_it_writes_money_by_language(minor: int, currency: str, german: str, english: str) -> None:
    assert formats.money(minor, currency, language="de").replace("\xa0", " ") == german
    assert formats.money(Money(minor, currency), language="en").replace("\xa0", " ") == english


def test_it_leaves_out_cents_and_the_sign_of_a_rounded_zero() -> None:
    assert formats.money(1849950, "EUR", whole=True, language="de") == "18.500\xa0€"
    assert formats.money(-40, "EUR", whole=True, language="de") == "0\xa0€"
    assert formats.money(-50, "EUR", whole=True, language="de") == "−1\xa0€"


@given(st.integers(-(10**14), 10**14))
def test_german_money_can_be_read_back(minor: int) -> None:
    written = formats.money(minor, "EUR", language="de")
    plain = written.replace("\xa0€", "").replace(".", "").replace(",", ".").replace("−", "-")
    assert int(Decimal(plain) * 100) == minor


def test_it_writes_numbers_and_shares() -> None:
    assert formats.number(1234567, language="de") == "1.234.567"
    assert formats.number(Decimal("1234.565"), 2, language="de") == "1.234,57"
    assert formats.number(-0.4, language="en") == "0"
    assert formats.percent(0.1425, 1, language="de") == "14,3\xa0%"
    assert formats.percent(Decimal("0.08"), language="en") == "8%"


def test_it_writes_days_in_the_active_time_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert formats.day(late, "de") == "21.11.2026"
    assert formats.day(late, "en") == "21 Nov 2026"
    assert formats.instant(late, "de") == "21.11.2026, 00:30"
    assert formats.clock_time(NOON) == "13:00"
    assert formats.day(date(2026, 3, 1), "de") == "01.03.2026"
    assert formats.month(date(2026, 3, 1), "de") == "März 2026"
    assert formats.short_day(date(2026, 3, 1), "de") == "1. März"
    assert formats.short_day(date(2025, 3, 1), "de") == "01.03.2025"


@pytest.mark.parametrize(
    ("ago", "german", "english"),
    [
        (timedelta(seconds=20), "gerade eben", "just now"),
        (timedelta(minutes=12), "vor 12 Min.", "12 min ago"),
        (timedelta(hours=4), "vor 4 Std.", "4 hr ago"),
        (timedelta(hours=12), "heute", "today"),
        (timedelta(days=1), "gestern", "yesterday"),
        (timedelta(days=3), "18. Nov.", "18 Nov"),
        (timedelta(days=400), "17.10.2025", "17 Oct 2025"),
        (-timedelta(minutes=5), "in 5 Min.", "in 5 min"),
        (-timedelta(days=1), "morgen", "tomorrow"),
    ],
)
def test_it_says_how_long_ago_something_was(ago: timedelta, german: str, english: str) -> None:
    assert formats.relative(NOON - ago, "de") == german
    assert formats.relative(NOON - ago, "en") == english


def test_a_business_date_is_told_by_the_calendar_not_by_hours() -> None:
    assert formats.relative(date(2026, 11, 21), "de") == "heute"
    assert formats.relative(date(2026, 11, 22), "de") == "morgen"


def test_it_follows_the_active_language() -> None:
    with translation.override("en"):
        assert formats.money(100, "EUR") == "€1.00"
    with translation.override("de"):
        assert formats.money(100, "EUR") == "1,00\xa0€"
