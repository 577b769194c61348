"""What every benchmark needs: sizes as options, figures with floor and goal, percentiles, the table."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HEADINGS = ("what", "figure", "floor", "ratio", "goal", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `floor` is what the same machine needs at least, measured just now."""

    what: str
    value: float | None
    unit: str = ""
    floor: float | None = None
    goal: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.value is not None and self.floor else None


def measured(
    what: str,
    value: float | None,
    unit: str = "",
    *,
    floor: float | None = None,
    at_most: float | None = None,
    at_least: float | None = None,
    times_floor: float | None = None,
) -> Figure:
    """A figure with its goals, all of which must hold; `times_floor` limits the ratio."""
    goals: list[tuple[str, bool]] = []
    known = value if value is not None else math.nan
    if at_most is not None:
        goals.append((f"≤ {number(at_most)} {unit}".strip(), known <= at_most))
    if at_least is not None:
        goals.append((f"≥ {number(at_least)} {unit}".strip(), known >= at_least))
    if times_floor is not None and floor:
        goals.append((f"≤ {number(times_floor)} × floor", known / floor <= times_floor))
    met = all(holds for _, holds in goals) if goals else None
    return Figure(what, value, unit, floor, ", ".join(words for words, _ in goals), met)


@dataclass(frozen=True, slots=True)
class Size:
    """A parameter of a benchmark: its default, and the one of a quick run."""

    full: float
    small: float
    help: str


def main(
    measure: Callable[[argparse.Namespace], Iterable[Figure]], doc: str | None, **sizes: Size
) -> int:
    """Run one benchmark from the command line; prints its table, `--json FILE` also writes it."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a quick run that proves nothing")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--postgresql", action="store_true", help="not on SQLite")
    for name, size in sizes.items():
        words = f"{size.help} (default {number(size.full)}, small {number(size.small)})"
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(size.full), help=words)
    options = parser.parse_args()
    for name, size in sizes.items():
        if getattr(options, name) is None:
            setattr(options, name, size.small if options.small else size.full)
    figures = list(measure(options))
    print(f"{table(figures)}\n{calibration()}", flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures]))
    return 0


def load(file: Path) -> list[Figure]:
    """Figures that another process wrote with `--json`."""
    return [Figure(**values) for values in json.loads(file.read_text())]


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` (0–1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def number(value: float | None) -> str:
    """Three digits that matter, thousands apart."""
    if value is None or math.isnan(value):
        return "–"
    if value and abs(value) < 100 and value != int(value):
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{min(digits, 4)}f}"
    return f"{value:,.0f}".replace(",", " ")


def table(figures: Sequence[Figure]) -> str:
    """The figures as a plain-text table."""
    rows = [HEADINGS, *(_row(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = ["  ".join(_cell(row, place, widths) for place in range(len(row))) for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _row(figure: Figure) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: "–"}[figure.met]
    floor = "–" if figure.floor is None else f"{number(figure.floor)} {figure.unit}".strip()
    value = f"{number(figure.value)} {figure.unit}".strip()
    ratio = "–" if figure.ratio is None else f"{number(figure.ratio)} ×"
    return (figure.what, value, floor, ratio, figure.goal or "–", met)


def _cell(row: Sequence[str], place: int, widths: Sequence[int]) -> str:
    right = HEADINGS[place] in ("figure", "floor", "ratio")
    return row[place].rjust(widths[place]) if right else row[place].ljust(widths[place])


def calibration() -> str:
    """How quiet the machine is: a loop's wall and CPU time are equal when nobody disturbs it."""
    wall, used, total = time.perf_counter(), time.process_time(), 0
    for number in range(2_000_000):
        total += number * number
    wall, used = time.perf_counter() - wall, time.process_time() - used
    words = "quiet" if wall < 1.2 * used else "BUSY, times say little, ratios more"
    return f"calibration loop {wall:.2f} s, of it CPU {used:.2f} s: {words}"


def say(text: str) -> None:
    """Progress, apart from the table."""
    print(text, file=sys.stderr, flush=True)
