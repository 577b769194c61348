"""What a definition depends on: which events, and what else may change its answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce

from kundenkreis.kernel.conditions import Compare, Duration, Moment, Node, walk
from kundenkreis.kernel.conditions.periods import since

# How far back a type is needed; None = for ever.
Windows = dict[str, frozenset[Duration | None]]


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be loaded to evaluate a tree, and what may change its answer.

    `events` maps types to windows; `properties` names the types whose properties matter, too;
    `population` that the answer depends on all other people, too.
    """

    events: Windows = field(default_factory=dict)
    properties: frozenset[str] = frozenset()
    profile: bool = False
    consents: frozenset[tuple[str, str]] = frozenset()
    segments: frozenset[int] = frozenset()
    population: bool = False

    def __or__(self, other: Needs) -> Needs:
        events = dict(self.events)
        for name, windows in other.events.items():
            events[name] = events.get(name, frozenset()) | windows
        return Needs(
            events,
            self.properties | other.properties,
            self.profile or other.profile,
            self.consents | other.consents,
            self.segments | other.segments,
            self.population or other.population,
        )

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
