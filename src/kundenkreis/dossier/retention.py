"""What would be forgotten by which promise, and doing it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kundenkreis.dossier import places, words
from kundenkreis.dossier.processing import period
from kundenkreis.dossier.purposes import BUT
from kundenkreis.kernel import forgetting
from kundenkreis.kernel.access import Viewer
from kundenkreis.kernel.sides import Side

READ, RUN = "crm.retention.read", "crm.retention.change"


@dataclass(frozen=True, slots=True)
class Line:
    """One promise of one side: how long, from when on, what stays and why, what is over."""

    side: Side
    table: str
    keep: str
    since: str
    but: str
    count: int
    oldest: datetime | None

    @property
    def kept(self) -> str:
        """How long, in words."""
        return period(self.keep)

    @property
    def stays(self) -> str:
        """What stays though its time is over, in words."""
        return str(BUT.get(self.but, self.but))


def report(viewer: Viewer, at: datetime | None = None) -> list[Line]:
    """Every promise of both sides with what would be forgotten, the most first."""
    viewer.require(READ)
    return sorted(lines(at), key=lambda one: (-one.count, one.side, one.table))


def lines(at: datetime | None = None) -> list[Line]:
    """The same in the order of the tables, for whoever runs the product."""
    return [_line(side, over) for side in Side for over in forgetting.preview(side, at)]


def run() -> int:
    """Forget everything that is over on both sides, piece by piece; returns how many rows."""
    return sum(forgetting.forget(side) for side in Side)


def _line(side: Side, over: forgetting.Over) -> Line:
    uses = places.maps(side)[over.model].values()
    but = next((use.but for use in uses if use.since and use.but), "")
    keep = over.promise.keep
    return Line(
        side, words.table(over.model), f"{keep.count}{keep.unit}", over.promise.since, but,
        over.count, over.oldest,
    )  # fmt: skip
