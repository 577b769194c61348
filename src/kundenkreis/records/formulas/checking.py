"""What a formula gives: found once, when it is written, so that no record can be a surprise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kundenkreis.records.formulas.errors import FormulaError
from kundenkreis.records.formulas.functions import FUNCTIONS, Function
from kundenkreis.records.formulas.tree import (
    BOOLEAN,
    DATE,
    MONEY,
    NUMBER,
    TEXT,
    Call,
    Field,
    Literal,
    Node,
    Sort,
)

_LITERALS = {bool: BOOLEAN, str: TEXT}
_ORDERED = (NUMBER, MONEY, DATE)
SAID = {
    NUMBER: pgettext_lazy("sort of value", "a number"),
    MONEY: gettext_lazy("an amount of money"),
    TEXT: gettext_lazy("a text"),
    DATE: gettext_lazy("a date"),
    BOOLEAN: gettext_lazy("yes or no"),
}


def check(node: Node, fields: Mapping[str, Sort]) -> Sort:
    """What the formula gives, knowing what its fields hold. Raises `FormulaError`."""
    if isinstance(node, Literal):
        return Sort(_LITERALS.get(type(node.value), NUMBER))
    if isinstance(node, Field):
        found = fields.get(node.name)
        if found is None:
            raise FormulaError(
                node.at,
                _("There is no field “%(name)s” that a formula can use.") % {"name": node.name},
                _("Choose one of the list."),
            )
        return found
    sorts = [check(part, fields) for part in node.parts]
    if node.name in FUNCTIONS:
        return _function(node, sorts)
    return _OPERATORS[node.name](node, sorts)


def _function(node: Call, sorts: list[Sort]) -> Sort:
    function = FUNCTIONS[node.name]
    takes = [*function.takes, *function.takes[-1:] * (len(sorts) - len(function.takes))]
    for part, sort, wanted in zip(node.parts, sorts, takes, strict=False):
        if wanted not in ("same", "any") and sort.name not in wanted.split("|"):
            raise _unfit(part, sort, wanted.split("|")[0], _usage(function))
    alike = [n for n, wanted in enumerate(takes[: len(sorts)]) if wanted == "same"]
    if alike:
        common = _common(node, [sorts[n] for n in alike])
        if node.name in ("min", "max") and common.name not in _ORDERED:
            raise _unfit(node.parts[0], common, NUMBER, _usage(function))
        if function.gives == "same":
            return common
    return sorts[0] if function.gives == "first" else Sort(function.gives)


def _common(node: Call, sorts: Sequence[Sort]) -> Sort:
    """One sort for all; a number beside amounts counts as an amount of their currency."""
    names = {sort.name for sort in sorts}
    if names == {NUMBER, MONEY}:
        sorts = [sort for sort in sorts if sort.name == MONEY]
    elif len(names) > 1:
        first, other = (SAID[name] for name in list(dict.fromkeys(s.name for s in sorts))[:2])
        raise FormulaError(
            node.at,
            _("%(one)s and %(other)s do not go together here.")
            % {"one": _up(first), "other": other},
        )
    if len({sort.currency for sort in sorts}) > 1:
        raise FormulaError(
            node.at,
            _("These amounts have different currencies."),
            _("Without a rate of exchange they cannot be added or compared."),
        )
    return Sort(sorts[0].name, sorts[0].currency)


def _sum(node: Call, sorts: list[Sort]) -> Sort:
    names = [sort.name for sort in sorts]
    if names == [DATE, NUMBER]:
        return sorts[0]
    if names == [DATE, DATE] and node.name == "-":
        return Sort(NUMBER)
    for part, sort in zip(node.parts, sorts, strict=True):
        if sort.name not in (NUMBER, MONEY):
            hint = _("Texts are joined by &.") if sort.name == TEXT else ""
            raise _unfit(part, sort, NUMBER, hint)
    return _common(node, sorts)


def _product(node: Call, sorts: list[Sort]) -> Sort:
    for part, sort in zip(node.parts, sorts, strict=True):
        if sort.name not in (NUMBER, MONEY):
            raise _unfit(part, sort, NUMBER)
    first, second = sorts
    if first.name == second.name == MONEY:
        if node.name == "*":
            raise FormulaError(node.at, _("Two amounts of money cannot be multiplied."))
        _common(node, sorts)
        return Sort(NUMBER)
    if second.name == MONEY and node.name == "/":
        raise FormulaError(node.at, _("A number cannot be divided by an amount of money."))
    return first if first.name == MONEY else second


def _negative(node: Call, sorts: list[Sort]) -> Sort:
    if sorts[0].name not in (NUMBER, MONEY):
        raise _unfit(node.parts[0], sorts[0], NUMBER)
    return sorts[0]


def _joined(node: Call, sorts: list[Sort]) -> Sort:
    for part, sort in zip(node.parts, sorts, strict=True):
        if sort.name != TEXT:
            # How numbers and days are written depends on who reads them.
            raise _unfit(part, sort, TEXT)
    return Sort(TEXT)


def _logical(node: Call, sorts: list[Sort]) -> Sort:
    for part, sort in zip(node.parts, sorts, strict=True):
        if sort.name != BOOLEAN:
            raise _unfit(part, sort, BOOLEAN)
    return Sort(BOOLEAN)


def _comparison(node: Call, sorts: list[Sort]) -> Sort:
    common = _common(node, sorts)
    if node.name not in ("=", "<>") and common.name not in _ORDERED:
        raise _unfit(node.parts[0], common, NUMBER, _("Texts are only equal or not."))
    for sort, other in zip(sorts, reversed(node.parts), strict=True):
        if sort.words and isinstance(other, Literal) and other.value not in sort.words:
            offered = ", ".join(f'"{word}"' for word in sort.words[:12])
            raise FormulaError(
                other.at,
                _("The field can never be “%(value)s”.") % {"value": other.value},
                _("It is one of: %(words)s") % {"words": offered},
            )
    return Sort(BOOLEAN)


def _unfit(part: Node, sort: Sort, wanted: str, hint: str = "") -> FormulaError:
    words = {"wanted": SAID[wanted], "found": SAID[sort.name]}
    return FormulaError(
        part.at, _("Here %(wanted)s is needed, and this is %(found)s.") % words, hint
    )


def _usage(function: Function) -> str:
    return _("Write it so: %(example)s") % {"example": function.usage()}


def _up(text: object) -> str:
    said = str(text)
    return said[:1].upper() + said[1:]


_OPERATORS = {
    **dict.fromkeys(("+", "-"), _sum),
    **dict.fromkeys(("*", "/"), _product),
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">="), _comparison),
    **dict.fromkeys(("and", "or", "not"), _logical),
    "&": _joined,
    "neg": _negative,
}
