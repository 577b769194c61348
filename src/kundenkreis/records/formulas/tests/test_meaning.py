"""Formulas mean what a second, independent reading of them says: random ones, with random values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kundenkreis.records.formulas.checking import check
from kundenkreis.records.formulas.evaluating import evaluate
from kundenkreis.records.formulas.parsing import parse
from kundenkreis.records.formulas.tree import BOOLEAN, DATE, NUMBER, TEXT, Sort

SORTS = {"n": Sort(NUMBER), "m": Sort(NUMBER), "d": Sort(DATE), "t": Sort(TEXT), "b": Sort(BOOLEAN)}
RECORDS = st.fixed_dictionaries(
    {
        "n": st.none() | st.integers(-99, 99).map(lambda n: Fraction(n, 4)),
        "m": st.none() | st.integers(-3, 3).map(Fraction),
        "d": st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        "t": st.none() | st.sampled_from(["a", 'q"', "ß"]),
        "b": st.none() | st.booleans(),
    }
)


@dataclass(frozen=True)
class Both:
    """A formula as it is written, and what it means: a function of the record."""

    text: str
    means: Any


def _strict(work: Any, *parts: Both) -> Any:
    def value(record: Any) -> Any:
        values = [part.means(record) for part in parts]
        try:
            return None if None in values else work(*values)
        except (ZeroDivisionError, OverflowError, ValueError):
            return None

    return value


def _sign(sign: str, work: Any) -> Any:
    return lambda one, other: Both(f"({one.text}{sign} {other.text})", _strict(work, one, other))


def _call(name: str, means: Any) -> Any:
    return lambda *parts: Both(
        f"{name}({'; '.join(part.text for part in parts)})",
        lambda record: means(*(part.means(record) for part in parts)),
    )


def _field(name: str) -> Both:
    return Both(f"[{name}]", lambda record: record[name])


def _number(tenths: int) -> Both:
    return Both(f"{tenths // 10},{tenths % 10}", lambda record: Fraction(tenths, 10))


FIELDS = st.sampled_from([_field("n"), _field("m")])
LEAVES = FIELDS | st.integers(0, 200).map(_number)
DAYS = st.just(_field("d")) | st.integers(0, 40).map(
    lambda n: Both(f"([d] + {n})", _strict(lambda day: day + timedelta(days=n), _field("d")))
)


def _numbers(deeper: Any) -> Any:
    truths = _truths(deeper)
    pairs = ((" +", lambda a, b: a + b), ("−", lambda a, b: a - b), ("*", lambda a, b: a * b))
    return st.one_of(
        *(st.builds(_sign(sign, work), deeper, deeper) for sign, work in pairs),
        st.builds(_sign("/", lambda a, b: a / b), deeper, FIELDS),
        st.builds(_call("wenn", lambda b, x, y: x if b else y), truths, deeper, deeper),
        st.builds(_call("ifempty", lambda x, y: y if x is None else x), deeper, deeper),
        st.builds(_call("min", _least), deeper, deeper),
        st.builds(_call("days", _between), DAYS, DAYS),
    )


def _least(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _between(one: Any, other: Any) -> Any:
    return None if one is None or other is None else Fraction((other - one).days)


def _truths(numbers: Any) -> Any:
    plain = st.one_of(
        st.just(_field("b")),
        st.builds(_sign("<", lambda a, b: a < b), numbers, numbers),
        st.builds(_sign("<>", lambda a, b: a != b), st.just(_field("t")), st.just(_text())),
        st.builds(_call("leer", lambda x: x is None), numbers),
    )
    return st.one_of(
        plain,
        st.builds(_join("und", all), plain, plain),
        st.builds(_join("or", any), plain, plain),
        plain.map(lambda one: Both(f"not {one.text}", lambda record: not one.means(record))),
    )


def _text() -> Both:
    return Both('"q"""', lambda record: 'q"')


def _join(word: str, of: Any) -> Any:
    return lambda one, other: Both(
        f"({one.text} {word} {other.text})",
        lambda record: of(bool(part.means(record)) for part in (one, other)),
    )


NUMBERS = st.recursive(LEAVES, _numbers, max_leaves=12)


def _plain(value: Any) -> Any:
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def _agree(text: str, means: Any, record: dict[str, Any]) -> bool:
    formula = parse(text)
    check(formula, SORTS)
    found = evaluate(formula, lambda name: _plain(record[name]))
    wanted = means(record)
    if isinstance(wanted, Fraction) and isinstance(found, Decimal):
        return abs(Fraction(found) - wanted) <= abs(wanted) / 10**12 + Fraction(1, 10**12)
    return bool(found == wanted)


@given(NUMBERS, RECORDS)
@settings(max_examples=150, deadline=None)
def test_a_formula_means_what_it_says(formula: Both, record: dict[str, Any]) -> None:
    assert _agree(formula.text, formula.means, record)


@given(_truths(NUMBERS), RECORDS)
@settings(max_examples=100, deadline=None)
def test_a_condition_means_what_it_says(formula: Both, record: dict[str, Any]) -> None:
    assert _agree(formula.text, formula.means, record)


def test_control_another_order_of_operators_is_noticed() -> None:
    record = {"n": Fraction(2), "m": Fraction(3), "d": None, "t": None, "b": None}
    assert not _agree("[n] + [m] * [m]", lambda one: (one["n"] + one["m"]) * one["m"], record)
