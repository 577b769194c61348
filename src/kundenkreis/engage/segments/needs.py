"""What a definition depends on: which events, and what else may change its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import reduce

from kundenkreis.kernel.conditions import Compare, Duration, Moment, Node, walk
from kundenkreis.kernel.conditions.periods import since

# How far back a type is needed; None = for ever.
Windows = dict[str, frozenset[Duration | None]]


class Detail(IntEnum):
    """How much of each event has to be read, from least to most."""

    TIMES = 0  # an index alone answers that
    COLUMNS = 1
    PROPERTIES = 2


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be loaded to evaluate a tree, and what may change its answer.

    `events` maps types to windows, `details` to how much of their events matters; `population` says that the answer depends on all other people, too.
    """

    events: Windows = field(default_factory=dict)
    details: Mapping[str, Detail] = field(default_factory=dict)
    profile: bool = False
    consents: frozenset[tuple[str, str]] = frozenset()
    segments: frozenset[int] = frozenset()
    population: bool = False

    def __or__(self, other: Needs) -> Needs:
        events = dict(self.events)
        for name, windows in other.events.items():
            events[name] = events.get(name, frozenset()) | windows
        most = {
            name: max(self.detail(name), other.detail(name))
            for name in self.details.keys() | other.details.keys()
        }
        return Needs(
            events,
            most,
            self.profile or other.profile,
            self.consents | other.consents,
            self.segments | other.segments,
            self.population or other.population,
        )

    def detail(self, event: str) -> Detail:
        return self.details.get(event, Detail.TIMES)

    def oldest(self, event: str, moment: Moment) -> datetime | None:
        """The earliest instant an event of that type can matter; None = for ever."""
        starts = [None if w is None else since(w).instant(moment) for w in self.events[event]]
        return None if None in starts else min(start for start in starts if start)


def needs_of(tree: Node) -> Needs:
    """The needs of a whole tree."""
    return merged(_own(node) for node in walk(tree))


def merged(needs: Iterable[Needs]) -> Needs:
    return reduce(Needs.__or__, needs, Needs())


def _own(node: Node) -> Needs:
    if isinstance(node, Compare):
        return Needs(profile=True)
    own = getattr(node, "needs", None)
    return own() if own is not None else Needs()
