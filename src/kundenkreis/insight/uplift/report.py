"""What goes to the statistics and what comes back: values, and how they are written as JSON.

The child process that works it out imports this; so nothing here needs a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from kundenkreis.insight.statistics import IncrementalRevenue, Relative, Verdict

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Arm:
    """Sums over the people of one variant: whole people and minor units of money."""

    people: int = 0
    buyers: int = 0
    revenue_people: int = 0
    revenue: int = 0
    revenue_squares: int = 0
    orders: int = 0


Arms = Mapping[str, Arm]  # by the variants' short names, as are all mappings below


def _arms(data: Json) -> Arms:
    return {name: Arm(**arm) for name, arm in data.items()}


@dataclass(frozen=True, slots=True)
class Given:
    """What the statistics are made of.

    `exposed`: people per variant, for the sample-ratio check; `labels`: per language the variants'
    names; `fixed`: the one look that was registered beforehand is due.
    """

    control: str
    weights: Mapping[str, int]
    exposed: Mapping[str, int]
    arms: Arms
    labels: Mapping[str, Mapping[str, str]]
    currency: str
    fixed: bool

    @classmethod
    def read(cls, data: Json) -> Given:
        return cls(**{**data, "arms": _arms(data["arms"])})


@dataclass(frozen=True, slots=True)
class FixedLook:
    """The interval of one look at a moment agreed beforehand; reports of old lack `relative`."""

    low: float | None
    high: float | None
    p: float | None
    relative: Relative | None = None

    @classmethod
    def read(cls, data: Json) -> FixedLook:
        relative = data.get("relative")
        return cls(**{**data, "relative": Relative(**relative) if relative else None})


@dataclass(frozen=True, slots=True)
class Row:
    """A variant in one outcome; the control group is compared with nothing."""

    name: str
    n: int
    mean: float | None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    relative: Relative | None = None
    fixed: FixedLook | None = None
    verdict: Verdict | None = None

    @classmethod
    def read(cls, data: Json) -> Row:
        relative, fixed, verdict = (data.get(name) for name in ("relative", "fixed", "verdict"))
        typed = {
            "relative": Relative(**relative) if relative else None,
            "fixed": FixedLook.read(fixed) if fixed else None,
            "verdict": Verdict(verdict) if verdict else None,
        }
        return cls(**{**data, **typed})


@dataclass(frozen=True, slots=True)
class OutcomeRows:
    """What is measured, for all variants."""

    name: str
    variants: tuple[Row, ...]

    @property
    def compared(self) -> Row | None:
        """The first variant that is compared with the control group."""
        return next((row for row in self.variants if row.effect is not None), None)


@dataclass(frozen=True, slots=True)
class Found:
    """What the statistics found. `outcomes`: purchases, then revenue; `warnings` per language."""

    outcomes: tuple[OutcomeRows, ...]
    sample_ratio_p: float | None
    verdict: Verdict
    warnings: Mapping[str, list[str]]
    earned: Mapping[str, IncrementalRevenue]
    detectable: float | None

    @classmethod
    def read(cls, data: Json) -> Found:
        return cls(
            outcomes=tuple(
                OutcomeRows(one["name"], tuple(Row.read(row) for row in one["variants"]))
                for one in data["outcomes"]
            ),
            sample_ratio_p=data["sample_ratio_p"],
            verdict=Verdict(data["verdict"]),
            warnings=data["warnings"],
            earned={name: IncrementalRevenue(**sum_) for name, sum_ in data["earned"].items()},
            detectable=data["detectable"],
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted before the statistics, which they need not know all of.

    `due_at`: when the registered look is to be taken; `mixed` people saw several variants,
    `other_currency` orders were paid in another one: both are left out.
    """

    arms: Arms
    fixed: bool = False
    due_at: datetime | None = None
    mixed: int = 0
    other_currency: int = 0

    @property
    def people(self) -> int:
        return sum(arm.people for arm in self.arms.values())

    @classmethod
    def read(cls, data: Json) -> Counted:
        due_at = data["due_at"]
        return cls(
            arms=_arms(data["arms"]),
            fixed=data["fixed"],
            due_at=datetime.fromisoformat(due_at) if due_at else None,
            mixed=data["mixed"],
            other_currency=data["other_currency"],
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report, kept as one flat JSON value."""

    found: Found
    counted: Counted

    def dump(self) -> dict[str, Any]:
        due_at = self.counted.due_at.isoformat() if self.counted.due_at else None
        return {**asdict(self.found), **asdict(self.counted), "due_at": due_at}

    @classmethod
    def read(cls, data: Json) -> Report:
        return cls(Found.read(data), Counted.read(data))
