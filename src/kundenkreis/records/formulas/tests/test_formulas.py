"""The language of formulas: what it reads, refuses and works out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kundenkreis.records.formulas.checking import check
from kundenkreis.records.formulas.errors import FormulaError
from kundenkreis.records.formulas.evaluating import evaluate
from kundenkreis.records.formulas.parsing import parse
from kundenkreis.records.formulas.tree import BOOLEAN, DATE, MONEY, NUMBER, TEXT, Sort

SORTS = {
    "a": Sort(NUMBER),
    "b": Sort(NUMBER),
    "nothing": Sort(NUMBER),
    "price": Sort(MONEY, "EUR"),
    "dollars": Sort(MONEY, "USD"),
    "name": Sort(TEXT),
    "stage": Sort(TEXT, words=("new", "won")),
    "from": Sort(DATE),
    "to": Sort(DATE),
    "vip": Sort(BOOLEAN),
}
VALUES: dict[str, Any] = {
    "a": Decimal(6), "b": Decimal(4), "nothing": None, "price": Decimal("19.99"),
    "dollars": Decimal(1), "name": "Kern", "stage": "won", "from": date(2026, 1, 30),
    "to": date(2026, 3, 1), "vip": True,
}  # fmt: skip


def value(text: str) -> Any:
    node = parse(text)
    check(node, SORTS)
    return evaluate(node, VALUES.__getitem__)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) × 3 − 1", Decimal(8)),
        ("2 - 3 - 4", Decimal(-5)),
        ("-[a] ÷ [b]", Decimal("-1.5")),
        ("0,5 + 0.25", Decimal("0.75")),
        ("[price] * 2 > 39,98", False),
        ("[price] * 2 >= 39.98", True),
        ("[price] / [price]", Decimal(1)),
        ("[a] / ([b] - 4)", None),
        ("[a] + [nothing]", None),
        ("ifempty([nothing]; 3) + 1", Decimal(4)),
        ("wennleer([nothing]; 3) + 1", Decimal(4)),
        ("empty([nothing]) and not empty([a])", True),
        ("not [nothing] > 3", True),
        ('if([nothing] > 3; "more"; "less")', "less"),
        ('wenn([a] > 3 und [stage] = "won"; "ja"; "nein")', "ja"),
        ("if(no; 1)", None),
        ('"say ""hi"" to " & [name]', 'say "hi" to Kern'),
        ("round(2.345; 2)", Decimal("2.35")),
        ("runden(-2,5)", Decimal(-3)),
        ("min([a]; [b]; [nothing])", Decimal(4)),
        ("days([from]; [to])", Decimal(30)),
        ("[to] - [from]", Decimal(30)),
        ("[from] + 2", date(2026, 2, 1)),
        ("date(2026; 2; 30)", None),
        ("year([from]) * 100 + month([from])", Decimal(202601)),
        ("abs([b] - [a])", Decimal(2)),
        ('upper([name]) <> "KERN"', False),
        ("[from] + 99999999999", None),
        ("[a] / 7 * 7 = [a]", True),
        ("99999 * 99999", Decimal(9999800001)),
    ],
)
def test_it_works_out(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("1 +", 3, "missing"),
        ("1 2", 2, "operator"),
        ("if([a] > 1, 2; 3)", 10, "semicolons"),
        ("frobnicate(1)", 0, "frobnicate"),
        ("[a] + [nobody]", 6, "nobody"),
        ('[a] + "x"', 6, "number"),
        ("[price] + [dollars]", 8, "currencies"),
        ("[price] * [price]", 8, "multiplied"),
        ('[stage] = "lost"', 10, "lost"),
        ("[name] & [a]", 9, "text"),
        ("1 < 2 < 3", 6, "two"),
        ("[name] < [name]", 0, "number"),
        ("if([a]; 1; 2)", 3, "yes or no"),
        ("round(1; 2; 3)", 0, "parts"),
        ("“x”", 0, "read"),
        ("(" * 100 + "1" + ")" * 100, 0, "deeply"),
        ("-" * 1000 + "1", 0, "deeply"),
        ("not " * 400 + "yes", 0, "deeply"),
        ("1" * 3000, 2000, "long"),
        ('__import__("os")', 0, "__import__"),
        ("", 0, "missing"),
    ],
)
def test_it_refuses_and_says_where(text: str, at: int, says: str) -> None:
    with pytest.raises(FormulaError) as refused:
        value(text)
    assert says in str(refused.value)
    if says != "deeply":
        assert refused.value.at == at
    assert f"{refused.value.at + 1}" in str(refused.value.in_text(text)) or not text[at:]


def test_a_formula_too_long_to_walk_through_is_refused_where_it_is_typed() -> None:
    assert value("+".join(["1"] * 100)) == 100
    for text in ("+".join(["1"] * 900), "(" * 30 + "+".join(["1"] * 119) + ")" * 30 + "+1+1+1"):
        with pytest.raises(FormulaError, match="too long"):
            parse(text)
