"""What a chart shows, as a plain value both the browser (`kk-chart`) and the table beside it read."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from kundenkreis.kernel.money import CURRENCY
from kundenkreis.ui import formats


class Series(TypedDict):
    """One line or set of bars.

    `low` and `high` draw an interval around the values; `tone` is one of the tag colours.
    """

    name: str
    values: list[float | None]
    low: NotRequired[list[float | None]]
    high: NotRequired[list[float | None]]
    tone: NotRequired[str]


class Chart(TypedDict):
    """A chart: `format` is "number", "percent" (shares of one) or "money:EUR" (minor units)."""

    kind: Literal["bar", "stacked", "line", "area"]
    axis: str
    labels: list[str]
    series: list[Series]
    format: NotRequired[str]


def rows(chart: Chart) -> list[list[str]]:
    """The chart's figures for its table, formatted in the active language."""
    form = chart.get("format", "number")
    return [
        [label, *(_cell(series, index, form) for series in chart["series"])]
        for index, label in enumerate(chart["labels"])
    ]


def _cell(series: Series, index: int, form: str) -> str:
    value = series["values"][index]
    if value is None:
        return "–"
    low, high = series.get("low"), series.get("high")
    if low and high and low[index] is not None and high[index] is not None:
        return (
            f"{written(value, form)} ({written(low[index], form)} … {written(high[index], form)})"
        )
    return written(value, form)


def written(value: float | None, form: str) -> str:
    """One figure in the chart's format."""
    if value is None:
        return "–"
    if form.startswith("money"):
        return formats.money(round(value), form.partition(":")[2] or CURRENCY, whole=True)
    if form == "percent":
        return formats.percent(value, 1)
    return formats.number(value, 0 if float(value).is_integer() else 2)
