"""Turn a cell into a number, without guessing."""

from __future__ import annotations

from math import isfinite, nan

from django.utils.translation import gettext as _

from kundenkreis.insight.analyse.errors import UnusableColumn

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
YES = frozenset({"true", "yes", "y", "t", "ja", "wahr"})
NO = frozenset({"false", "no", "n", "f", "nein", "falsch"})
LARGEST = 1e15
"""Beyond it floating-point numbers no longer tell whole units apart."""


def number(cell: str, column: str, line: int) -> float:
    """Read a number, or yes/no as 1/0; NaN for a missing value.

    Raises `UnusableColumn` with the line number for anything else, a decimal comma included:
    "1,234" may mean two very different numbers.
    """
    try:
        value = float(cell)
    except ValueError:
        return _word(cell, column, line)
    if isfinite(value) and abs(value) <= LARGEST and "_" not in cell:
        return value
    return _word(cell, column, line)


def _word(cell: str, column: str, line: int) -> float:
    word = cell.strip().lower()
    if word in MISSING:
        return nan
    if word in YES:
        return 1.0
    if word in NO:
        return 0.0
    raise UnusableColumn(
        _("“%(value)s” in column “%(column)s”, line %(line)d, is not a usable number.")
        % {"value": cell.strip()[:40], "column": column, "line": line},
        hint=_(
            "Write numbers like 1234.5, with a point and without units or separators of "
            "thousands; yes/no and true/false count as 1 and 0."
        ),
    )
