"""Sum a file's rows up per variant while reading, row by row or unit by unit."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from math import isnan, nan
from typing import TYPE_CHECKING, Protocol

from kundenkreis.insight.statistics import Moments

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK = 16_384
MIXED = -1


@dataclass
class Sums:
    """One outcome's people of one variant: those with an earlier value, those without, and how
    many have no value at all.
    """

    paired: Moments = field(default_factory=Moments.nobody)
    alone: Moments = field(default_factory=Moments.nobody)
    missing: int = 0


@dataclass
class Grouped:
    """What the rows add up to. `sums[variant][outcome]`; `people` counts everybody assigned."""

    people: list[int]
    sums: list[list[Sums]]
    mixed_units: int = 0
    is_prior_summed: bool = False


class Collector(Protocol):
    """Takes the rows of a file one after the other."""

    def add(self, variant: int, unit: str, prior: float, values: Sequence[float]) -> None:
        """Take one row; NaN is a missing value."""

    def finish(self) -> Grouped:
        """Hand over the sums."""


class RowCollector:
    """Every row is one person. Keeps at most `CHUNK` rows per variant in memory."""

    def __init__(self, outcomes: int, has_prior: bool) -> None:
        self._outcomes, self._has_prior = outcomes, has_prior
        self._grouped = Grouped([], [])
        self._waiting: list[list[array[float]]] = []

    def add(self, variant: int, unit: str, prior: float, values: Sequence[float]) -> None:
        while variant >= len(self._waiting):
            self._grouped.people.append(0)
            self._grouped.sums.append([Sums() for _ in range(self._outcomes)])
            self._waiting.append([array("d") for _ in range(self._outcomes + 1)])
        columns = self._waiting[variant]
        columns[0].append(prior)
        for column, value in zip(columns[1:], values, strict=True):
            column.append(value)
        if len(columns[0]) >= CHUNK:
            self._flush(variant)

    def finish(self) -> Grouped:
        for variant in range(len(self._waiting)):
            self._flush(variant)
        return self._grouped

    def _flush(self, variant: int) -> None:
        prior, *columns = self._waiting[variant]
        self._grouped.people[variant] += len(prior)
        for sums, column in zip(self._grouped.sums[variant], columns, strict=True):
            add_people(sums, column, prior if self._has_prior else None)
        self._waiting[variant] = [array("d") for _ in range(self._outcomes + 1)]


class UnitCollector:
    """Rows of one unit (a customer, say) are summed first; a unit in two variants is left out.

    Keeps one key and a few numbers per unit in memory. An earlier value that is the same in all
    rows of each unit is a fact about the unit and taken once: its sum would count the rows, which
    the experiment itself may have changed. Otherwise it is summed like the outcomes.
    """

    def __init__(self, outcomes: int, has_prior: bool) -> None:
        self._has_prior = has_prior
        self._index: dict[str, int] = {}
        self._variant = array("l")
        self._values = [array("d") for _ in range(outcomes)]
        self._prior, self._prior_sum = array("d"), array("d")
        self._prior_varies = False

    def add(self, variant: int, unit: str, prior: float, values: Sequence[float]) -> None:
        at = self._index.setdefault(unit, len(self._index))
        if at == len(self._variant):
            self._variant.append(variant)
            self._prior.append(prior)
            self._prior_sum.append(prior)
            for column, value in zip(self._values, values, strict=True):
                column.append(value)
            return
        if self._variant[at] != variant:
            self._variant[at] = MIXED
        if not (prior == self._prior[at] or (isnan(prior) and isnan(self._prior[at]))):
            self._prior_varies = True
        self._prior_sum[at] = plus(self._prior_sum[at], prior)
        for column, value in zip(self._values, values, strict=True):
            column[at] = plus(column[at], value)

    def finish(self) -> Grouped:
        import numpy as np

        variants = np.asarray(self._variant)
        prior = np.asarray(self._prior_sum if self._prior_varies else self._prior)
        grouped = Grouped([], [], int((variants == MIXED).sum()), self._prior_varies)
        for variant in range(int(variants.max(initial=-1)) + 1):
            mine = variants == variant
            row = [Sums() for _ in self._values]
            for sums, column in zip(row, self._values, strict=True):
                add_people(sums, np.asarray(column)[mine], prior[mine] if self._has_prior else None)
            grouped.people.append(int(mine.sum()))
            grouped.sums.append(row)
        return grouped


def add_people(sums: Sums, values: object, prior: object | None) -> None:
    """Add people's values to the running sums; those without a value are only counted."""
    import numpy as np

    y = np.asarray(values, dtype=np.float64)
    there = ~np.isnan(y)
    sums.missing += int((~there).sum())
    if prior is None:
        sums.alone += Moments.of(y[there])
        return
    x = np.asarray(prior, dtype=np.float64)
    known = there & ~np.isnan(x)
    sums.paired += Moments.of(y[known], x[known])
    sums.alone += Moments.of(y[there & ~known])


def plus(total: float, value: float) -> float:
    """Add two values of one unit; a missing one counts nothing."""
    if isnan(value):
        return total
    return value if isnan(total) else total + value


def combine(arms: Sequence[Sums], has_prior: bool) -> list[Moments]:
    """Join people with and without an earlier value.

    Who has none gets the average of all others, the same in every variant, so that nobody is left
    out and nobody is moved.
    """
    if not has_prior:
        return [sums.alone for sums in arms]
    everybody = Moments.nobody()
    for sums in arms:
        everybody += sums.paired
    average = everybody.prior.mean if everybody.prior else nan
    if isnan(average):
        return [sums.alone for sums in arms]
    return [sums.paired + sums.alone.with_flat_prior(average) for sums in arms]
